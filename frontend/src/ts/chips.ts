/** `<button type="button" class="chip" data-fill="#id" data-value="45">` writes into a field and shows which is chosen. */
export function chips(): void {
  for (const chip of document.querySelectorAll<HTMLElement>(".chip[data-fill]")) {
    chip.hidden = false;
    const field = document.querySelector<HTMLInputElement>(chip.dataset.fill ?? "");
    chip.setAttribute("aria-pressed", String(field?.value === chip.dataset.value));
  }
  document.addEventListener("click", (event) => {
    const chip = (event.target as Element).closest<HTMLElement>(".chip[data-fill]");
    if (!chip) return;
    const field = document.querySelector<HTMLInputElement>(chip.dataset.fill ?? "");
    if (!field) return;
    field.value = chip.dataset.value ?? "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
    show(field);
  });
  document.addEventListener("input", (event) => show(event.target as HTMLInputElement));
}

function show(field: HTMLInputElement): void {
  if (!field.id) return;
  document
    .querySelectorAll<HTMLElement>(`.chip[data-fill="#${CSS.escape(field.id)}"]`)
    .forEach((chip) => chip.setAttribute("aria-pressed", String(chip.dataset.value === field.value)));
}
