import { tidy } from "./outbox";
import { ADDRESSES, type Carnet, type KeptCarnet } from "./shapes";
import { keep, kept } from "./store";

const DAY = 24 * 3600 * 1000;
/** The shortest time between two refreshes: a visit of ten pages asks once. */
const FRESH = 10 * 60 * 1000;

/** The site asks to sign in: an answer that is no data of ours. */
export class SignIn extends Error {}

/** The answer as JSON. Raises SignIn when the session is over (or a captive portal answers), Error otherwise. */
export async function asJson<T>(answer: Response): Promise<T> {
  // « manual » redirections come back opaque: the sign-in page is never followed, nor kept.
  if (answer.type === "opaqueredirect") throw new SignIn();
  if (!answer.ok) throw new Error(String(answer.status));
  if (!answer.headers.get("Content-Type")?.startsWith("application/json")) throw new SignIn();
  return (await answer.json()) as T;
}

/** Ask the server for the carnet and keep it, without its token. */
export async function refresh(): Promise<Carnet> {
  const answer = await fetch(ADDRESSES.carnet, { redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(20_000) });
  const carnet = await asJson<Carnet>(answer);
  const fetched = Date.now();
  const stored: KeptCarnet = { ...carnet, csrf: "", fetched, ahead: fetched - Date.parse(carnet.now) };
  await keep("owner", carnet.owner);
  await keep("carnet", stored);
  await keep("over", undefined);
  await tidy(carnet.owner, carnet.days);
  return carnet;
}

/** Is a carnet too old, or the clock of the phone turned back behind it? */
export function isOver(carnet: KeptCarnet, now = Date.now()): boolean {
  return now - carnet.fetched > carnet.days * DAY || carnet.fetched - now > DAY;
}

/** The carnet of this phone; an old one is forgotten on sight, and `over` says so. */
export async function held(): Promise<{ owner: number; carnet: KeptCarnet | undefined; over: boolean }> {
  const owner = (await kept<number>("owner")) ?? 0;
  const carnet = await kept<KeptCarnet>("carnet");
  if (!carnet || carnet.owner !== owner) return { owner, carnet: undefined, over: (await kept<boolean>("over")) ?? false };
  if (!isOver(carnet)) return { owner, carnet, over: false };
  await keep("carnet", undefined);
  await keep("over", true);
  return { owner, carnet: undefined, over: true };
}

/** Refresh when the last one is not of this person, or not of these last minutes. */
export async function refreshIfOld(owner: number): Promise<void> {
  const carnet = await kept<KeptCarnet>("carnet");
  if (carnet?.owner === owner && Math.abs(Date.now() - carnet.fetched) < FRESH) return;
  await refresh();
}

/** The day it is in Paris, by a phone whose clock was once compared with the server's. */
export function todayInParis(ahead = 0): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Paris" }).format(new Date(Date.now() - ahead));
}
