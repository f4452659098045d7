/** Says a sentence to screen readers, politely. The region is in the base page. */
export function announce(sentence: string): void {
  const region = document.getElementById("live");
  if (!region) return;
  region.textContent = "";
  // A reader only speaks a change: the empty text must reach it first.
  requestAnimationFrame(() => (region.textContent = sentence));
}

/** « 9 h 05 », with the narrow spaces of French typography. */
export function clock(moment: Date): string {
  return `${moment.getHours()}\u202fh\u202f${String(moment.getMinutes()).padStart(2, "0")}`;
}

/** The details of an htmx event, typed as far as this project reads them. */
export interface HtmxDetail {
  elt?: HTMLElement;
  target?: HTMLElement;
  successful?: boolean;
  headers?: Record<string, string>;
  verb?: string;
  value?: string;
  xhr?: XMLHttpRequest;
}

/** Listens to an htmx event on the whole page. */
export function onHtmx(name: string, react: (detail: HtmxDetail, event: Event) => void): void {
  document.addEventListener(`htmx:${name}`, (event) => react((event as CustomEvent<HtmxDetail>).detail, event));
}
