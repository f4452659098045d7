/** `<button type="button" class="step" data-step="1" data-fill="#id">` adds to a number; shown where scripts run. */
export function steppers(): void {
  document.querySelectorAll<HTMLElement>(".step[data-fill]").forEach((step) => (step.hidden = false));
  document.addEventListener("click", (event) => {
    const step = (event.target as Element).closest<HTMLElement>(".step[data-fill]");
    const field = step && document.querySelector<HTMLInputElement>(step.dataset.fill ?? "");
    if (!step || !field) return;
    const wanted = Number(field.value || "0") + Number(step.dataset.step);
    field.value = String(Math.min(Number(field.max || Infinity), Math.max(Number(field.min || "0"), wanted)));
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
