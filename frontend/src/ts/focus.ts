import { announce, onHtmx } from "./live";

/** After a refused form the first wrong field has the focus; after a swap it goes where the server asked. */
export function focus(): void {
  onHtmx("afterSettle", (detail) => {
    const place = detail.target;
    const wanted = place?.querySelector<HTMLElement>("[data-focus], [aria-invalid='true'], .error-summary");
    if (wanted) {
      if (!wanted.matches("a, button, input, select, textarea")) wanted.tabIndex = -1;
      wanted.focus();
    }
    const sentence = place?.querySelector<HTMLElement>("[data-announce]")?.dataset.announce;
    if (sentence) announce(sentence);
  });
  // The server may also speak by the header HX-Trigger: {"announce": "…"}.
  document.addEventListener("announce", (event) => {
    const said = (event as CustomEvent<{ value?: string }>).detail?.value;
    if (said) announce(said);
  });
  onHtmx("sendError", () => announce("Le réseau ne répond pas. Rien n’est perdu\u202f: réessayez dans un instant."));
  onHtmx("responseError", () => announce("La page n’a pas pu répondre. Réessayez, ou rechargez la page."));
  document.querySelector<HTMLElement>(".error-summary")?.focus();
}
