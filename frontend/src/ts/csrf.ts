import { onHtmx } from "./live";

/** Sends Django's token with every htmx request that writes. */
export function csrf(): void {
  onHtmx("configRequest", (detail) => {
    const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content;
    if (token && detail.headers && detail.verb !== "get") detail.headers["X-CSRFToken"] = token;
  });
}
