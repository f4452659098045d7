import { announce } from "./live";

/** `<button data-copy="#id">` copies the value of that field. Shown only where the browser can copy. */
export function copyLinks(): void {
  if (!navigator.clipboard) return;
  document.querySelectorAll<HTMLButtonElement>("button[data-copy]").forEach((button) => (button.hidden = false));
  document.addEventListener("click", async (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("button[data-copy]");
    if (!button) return;
    const source = document.querySelector<HTMLInputElement>(button.dataset.copy ?? "");
    if (!source) return;
    await navigator.clipboard.writeText(source.value);
    const label = button.textContent;
    button.textContent = "Copié";
    announce("Le lien est copié.");
    setTimeout(() => (button.textContent = label), 2500);
  });
}
