// Proposes communes below a field on pages that do not load htmx: the same address, the same list.
const WAIT = 200;

export function communes(): void {
  if ("htmx" in window) return;
  for (const field of document.querySelectorAll<HTMLInputElement>("input[list][hx-get]")) watch(field);
}

function watch(field: HTMLInputElement): void {
  let timer = 0;
  let asked: AbortController | undefined;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(async () => {
      asked?.abort();
      asked = new AbortController();
      const address = new URL(field.getAttribute("hx-get") ?? "", location.href);
      address.searchParams.set(field.name, field.value);
      try {
        const answer = await fetch(address, { headers: { "HX-Request": "true" }, signal: asked.signal });
        if (answer.ok && field.list) field.list.innerHTML = await answer.text();
      } catch {
        // No network, or a newer question: the field still takes what is typed.
      }
    }, WAIT);
  });
}
