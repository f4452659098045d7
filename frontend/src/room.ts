/**
 * The room of a meeting: `<button data-go="before|after">` inside an autosaved form saves it and shows another point
 * without loading a page; `data-url` and `<a data-after-saves>` leave once everything typed is kept.
 * Ctrl + Enter goes on, Ctrl + Shift + Enter goes back. Without this file the same buttons save and load the page.
 */
const WAIT = 100;
const PATIENCE = 8000;

room();

function room(): void {
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const link = target?.closest<HTMLAnchorElement>("a[data-after-saves]");
    if (link) {
      event.preventDefault();
      void leave(link.href);
      return;
    }
    const button = target?.closest<HTMLButtonElement>("[data-go]");
    const form = button?.closest("form");
    if (!button || !form || !("htmx" in window)) return;
    event.preventDefault();
    if (button.dataset.url) {
      void leave(button.dataset.url);
      return;
    }
    save(form);
    show(button.value);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.ctrlKey) return;
    const point = (event.target as Element).closest(".point");
    const button = point?.querySelector<HTMLButtonElement>(`[data-go="${event.shiftKey ? "before" : "after"}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
}

function show(id: string): void {
  location.hash = id;
  document.getElementById(id)?.focus({ preventScroll: true });
}

/** Asks htmx to send a form now, when something in it is not sent yet. */
function save(form: HTMLFormElement): void {
  if (stateOf(form) === "changing" || stateOf(form) === "failed") form.dispatchEvent(new Event("save"));
}

function stateOf(form: HTMLFormElement): string {
  return form.querySelector<HTMLElement>(".saved")?.dataset.state ?? "";
}

/** Goes to an address once every form is kept; stays beside the one that could not be. */
async function leave(address: string): Promise<void> {
  const forms = [...document.querySelectorAll<HTMLFormElement>("form[data-autosave]")];
  forms.forEach(save);
  const limit = Date.now() + PATIENCE;
  const waiting = () => forms.filter((form) => ["changing", "saving"].includes(stateOf(form)));
  while (waiting().length && Date.now() < limit) await new Promise((done) => setTimeout(done, WAIT));
  const lost = forms.find((form) => ["changing", "saving", "failed"].includes(stateOf(form)));
  if (!lost) {
    location.assign(address);
    return;
  }
  const point = lost.closest<HTMLElement>(".point");
  if (point) show(point.id);
  lost.querySelector<HTMLElement>(".saved")?.scrollIntoView({ block: "center" });
}
