import { clock, onHtmx } from "./live";

/**
 * `<form data-autosave>` with a `.saved` paragraph: htmx saves, this says when, or that it could not.
 * What is typed stays on the page whatever happens; leaving with unsaved text asks first.
 */
export function autosave(): void {
  document.addEventListener("input", (event) => {
    const form = formOf(event.target);
    if (form) say(form, "changing", "Modifications en cours…");
  });
  onHtmx("beforeRequest", (detail) => {
    const form = savedBy(detail.elt);
    if (form) say(form, "saving", "Enregistrement…");
  });
  onHtmx("afterRequest", (detail) => {
    const form = savedBy(detail.elt);
    if (!form) return;
    if (detail.xhr?.status === 409) {
      say(form, "failed", "Quelqu’un a écrit ici entre-temps\u202f: enregistrez pour comparer les deux textes.");
    } else if (detail.successful) say(form, "saved", `Enregistré à ${clock(new Date())}`);
    else say(form, "failed", "Non enregistré\u202f: votre texte reste ici, un nouvel essai suivra.");
  });
  addEventListener("beforeunload", (event) => {
    if (document.querySelector('form[data-autosave] .saved:is([data-state="failed"], [data-state="saving"])')) {
      event.preventDefault();
    }
  });
}

function formOf(target: EventTarget | null | undefined): HTMLFormElement | null {
  return target instanceof Element ? target.closest<HTMLFormElement>("form[data-autosave]") : null;
}

/** The form that saves itself; a field of it that asks for something else (communes) saves nothing. */
function savedBy(target: EventTarget | null | undefined): HTMLFormElement | null {
  return target instanceof HTMLFormElement && target.matches("form[data-autosave]") ? target : null;
}

function say(form: HTMLFormElement, state: string, sentence: string): void {
  const place = form.querySelector<HTMLElement>(".saved");
  if (!place || (place.dataset.state === state && state === "changing")) return;
  place.dataset.state = state;
  place.textContent = sentence;
}
