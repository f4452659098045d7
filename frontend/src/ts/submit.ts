import { announce } from "./live";

/** A form leaves once. The button keeps its name and value; a page that comes back from the cache is usable again. */
export function submitOnce(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    const button = event.submitter;
    button?.classList.add("busy");
    button?.setAttribute("aria-busy", "true");
    announce("Envoi en cours…");
    // A download answers without leaving the page: after a while the form may be sent again.
    setTimeout(() => release(form), 8000);
  });
  addEventListener("pageshow", () => document.querySelectorAll<HTMLFormElement>("form[data-sent]").forEach(release));
}

function release(form: HTMLFormElement): void {
  delete form.dataset.sent;
  form.querySelectorAll(".busy").forEach((button) => {
    button.classList.remove("busy");
    button.removeAttribute("aria-busy");
  });
}
