import { dueIn, send, type Ended } from "./send";
import { waiting } from "./outbox";
import { NAME } from "./shapes";

interface BackgroundSync {
  sync?: { register(tag: string): Promise<void> };
}

/** Ask the browser to send when the network is back, even with every page closed. Not every browser can. */
export async function askBackground(): Promise<void> {
  const ready = (await navigator.serviceWorker?.getRegistration()) as (ServiceWorkerRegistration & BackgroundSync) | undefined;
  // Refused or unknown: the next opening of a page sends.
  await ready?.sync?.register(NAME).catch(() => undefined);
}

/**
 * Sends what waits: at the opening of a page, when the network comes back, when the page is looked at again if it is
 * time, and in growing intervals. `told` hears how each try ended.
 */
export function keepTrying(owner: () => number, told: (ended: Ended) => void, atOnce = true): void {
  let timer = 0;
  const plan = async () => {
    clearTimeout(timer);
    if (owner() && (await waiting(owner())).length) timer = window.setTimeout(() => void tryNow(), Math.max(1000, await dueIn()));
  };
  const tryNow = async () => {
    clearTimeout(timer);
    if (!owner() || !(await waiting(owner())).length) return;
    const ended = await send();
    told(ended);
    // To sign in is an act of a person: knocking again would change nothing.
    if (ended === "offline" || ended === "later") await plan();
  };
  addEventListener("online", () => void tryNow());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void plan();
  });
  void (atOnce && navigator.onLine ? tryNow() : plan());
}

/** Hear that the outbox changed, here or in another page. */
export function onChange(react: () => void): void {
  new BroadcastChannel(NAME).addEventListener("message", react);
}
