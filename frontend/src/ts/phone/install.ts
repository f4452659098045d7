import { ADDRESSES } from "./shapes";

interface InstallPrompt extends Event {
  prompt(): Promise<void>;
}

/** `<button data-install hidden>`: shown only when the browser offers to install, and nowhere else. */
export function install(): void {
  const button = document.querySelector<HTMLButtonElement>("button[data-install]");
  if (!button) return;
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    button.hidden = false;
    button.addEventListener("click", () => void (event as InstallPrompt).prompt(), { once: true });
  });
  addEventListener("appinstalled", () => (button.hidden = true));
}

/** The service worker, which keeps the empty shell of the card and nothing of anybody. */
export function register(): void {
  // Its failure (http, old browser) only takes away what works without a network.
  navigator.serviceWorker?.register(ADDRESSES.worker).catch(() => undefined);
}
