// The service worker. It keeps an empty shell (styles, scripts, two pages without anybody's name) and shows it when the
// network is away. It never keeps a page of somebody, and has no business in the patients' files.
import { send } from "./ts/phone/send";
import { NAME } from "./ts/phone/shapes";

interface Shell {
  version: string;
  offline: string;
  outbox: string;
  declare: string;
  files: string[];
}

interface Waiting extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface Asked extends Waiting {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}

interface Worker {
  SHELL: Shell;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  addEventListener(name: "install" | "activate", react: (event: Waiting) => void): void;
  addEventListener(name: "sync", react: (event: Waiting & { tag: string }) => void): void;
  addEventListener(name: "fetch", react: (event: Asked) => void): void;
}

const worker = self as unknown as Worker;
const { SHELL: shell } = worker;
const CACHE = `equipage-coque-${shell.version}`;
const PAGES = [shell.offline, shell.outbox];
const CLOSED = "/dossiers-patients/";
/** A network that is there and does not answer is no network, for who wants to declare between two visits. */
const PATIENCE = 8000;

worker.addEventListener("install", (event) => {
  event.waitUntil(fillCache().then(() => worker.skipWaiting()));
});

async function fillCache(): Promise<void> {
  const cache = await caches.open(CACHE);
  // Without cookies: the shell is the same for everybody. The pages come fresh, the hashed files as they are.
  await cache.addAll([
    ...PAGES.map((page) => new Request(page, { credentials: "omit", cache: "reload" })),
    ...shell.files.map((file) => new Request(file, { credentials: "omit" })),
  ]);
}

worker.addEventListener("activate", (event) => {
  event.waitUntil(takeOver());
});

async function takeOver(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
  await worker.clients.claim();
}

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin || address.pathname.startsWith(CLOSED)) return;
  if (request.mode === "navigate") event.respondWith(page(event, address.pathname));
  else if (shell.files.includes(address.pathname)) event.respondWith(fromShell(address.pathname, request));
});

async function page(event: Asked, path: string): Promise<Response> {
  if (PAGES.includes(path)) return fromShell(path, event.request);
  const network = fetch(event.request);
  try {
    if (!path.startsWith(shell.declare)) return await network;
    return await Promise.race([network, tooLong()]);
  } catch {
    network.catch(() => undefined);
    return fromShell(shell.offline, event.request);
  }
}

function tooLong(): Promise<never> {
  return new Promise((_, failed) => setTimeout(() => failed(new Error("slow")), PATIENCE));
}

async function fromShell(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) ?? (await fetch(request));
}

worker.addEventListener("sync", (event) => {
  if (event.tag === NAME) event.waitUntil(sendOrFail());
});

/** The browser tries again later when the promise fails. */
async function sendOrFail(): Promise<void> {
  const ended = await send();
  if (ended === "offline" || ended === "later") throw new Error(ended);
}
