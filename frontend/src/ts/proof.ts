/** The screen that shows the code of a meeting stays lit while people read it, where the browser can. */
export function stayAwake(): void {
  if (!document.querySelector("[data-awake]") || !("wakeLock" in navigator)) return;
  const ask = () => {
    // Refused when the battery is low, for instance: the screen then goes dark as usual.
    if (document.visibilityState === "visible") navigator.wakeLock.request("screen").catch(() => undefined);
  };
  document.addEventListener("visibilitychange", ask);
  ask();
}

/** `<input type="file" data-most-bytes="…" data-too-heavy="…">` says that a file is too heavy before it is sent. */
export function weighFiles(): void {
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement) || !field.dataset.mostBytes) return;
    const most = Number(field.dataset.mostBytes);
    const heavy = Array.from(field.files ?? []).some((file) => file.size > most);
    field.setCustomValidity(heavy ? (field.dataset.tooHeavy ?? "") : "");
    if (heavy) field.reportValidity();
  });
}
