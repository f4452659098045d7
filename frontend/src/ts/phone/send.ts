import { ADDRESSES, NAME, type Answer, type Item } from "./shapes";
import { asJson, held, refresh, SignIn } from "./carnet";
import { mayHaveLeft, settle, tellOthers, waiting } from "./outbox";
import { keep, kept } from "./store";

/**
 * How a sending ended. "sent": nothing waits any more; "offline": no answer; "signin": the site asks to sign in;
 * "other": somebody else is signed in here; "later": the site answered, not for all of them.
 */
export type Ended = "sent" | "offline" | "signin" | "other" | "later";

const BATCH = 20;
const PATIENCE = 20_000;
const FIRST_WAIT = 5_000;
const LONGEST_WAIT = 15 * 60_000;

interface Pace {
  failures: number;
  next: number;
}

/**
 * Send all that waits, one sender at a time whatever the number of pages; then note when to try again. `watching` is
 * the key that this page follows: it goes to the page of that action, where the server says the rest.
 */
export async function send(watching = ""): Promise<Ended> {
  const ended = await navigator.locks.request(NAME, () => sendAll(watching));
  const pace = (await kept<Pace>("pace")) ?? { failures: 0, next: 0 };
  if (ended === "offline" || ended === "later") {
    const failures = Math.min(pace.failures + 1, 20);
    await keep("pace", { failures, next: Date.now() + wait(failures) });
  } else if (pace.failures) await keep("pace", { failures: 0, next: 0 });
  tellOthers();
  return ended;
}

/** The wait doubles at each failure, up to a quarter of an hour; a little chance keeps phones from knocking together. */
export function wait(failures: number, chance = Math.random()): number {
  return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (failures - 1)) * (0.75 + chance / 2);
}

/** When the next automatic try is due, in milliseconds from now (0: at once). */
export async function dueIn(): Promise<number> {
  const pace = await kept<Pace>("pace");
  return pace ? Math.max(0, pace.next - Date.now()) : 0;
}

async function sendAll(watching: string): Promise<Ended> {
  const { owner } = await held();
  if (!owner) return "sent";
  // Flight mode is certain: nothing leaves, and what never left can be deleted without asking anybody.
  if (!navigator.onLine) return (await waiting(owner)).length ? "offline" : "sent";
  const skipped = new Set<string>();
  let size = BATCH;
  try {
    for (;;) {
      const items = (await waiting(owner)).filter((item) => !skipped.has(item.key)).slice(0, size);
      if (!items.length) return skipped.size ? "later" : "sent";
      await mayHaveLeft(items.map((item) => item.key));
      const answer = await post(owner, items, watching);
      if (answer === "other") return "other";
      if (answer === "trouble") {
        // One that the server cannot digest must not hold back the others.
        if (size === 1) items.forEach((item) => skipped.add(item.key));
        size = 1;
        continue;
      }
      for (const one of answer) await settle(one);
      const told = new Set(answer.map((one) => one.key));
      items.filter((item) => !told.has(item.key)).forEach((item) => skipped.add(item.key));
    }
  } catch (problem) {
    if (problem instanceof SignIn) return "signin";
    return "offline";
  }
}

async function post(owner: number, items: Item[], watching: string): Promise<Answer[] | "other" | "trouble"> {
  const first = await knock(owner, items, watching, cookieToken() || (await refresh()).csrf);
  // A token that has turned since the page was made: ask for the present one, once.
  const answer = first.status === 403 ? await knock(owner, items, watching, (await refresh()).csrf) : first;
  if (answer.status === 403) throw new SignIn();
  if (answer.status === 409) return "other";
  if (answer.type !== "opaqueredirect" && answer.status >= 400) return "trouble";
  const { answers } = await asJson<{ answers: Answer[] }>(answer);
  return answers;
}

function knock(owner: number, items: Item[], watching: string, token: string): Promise<Response> {
  const parcels = items.map(({ key, revision, team, facts, deleted, another, seen }) => ({
    key,
    revision,
    team,
    facts,
    deleted,
    another,
    seen,
  }));
  return fetch(ADDRESSES.send, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify({ owner, clock: new Date().toISOString(), watching, items: parcels }),
    redirect: "manual",
    cache: "no-store",
    signal: AbortSignal.timeout(PATIENCE),
  });
}

/** The token of the pages, where there is a page; the service worker has no cookie to read. */
function cookieToken(): string {
  if (typeof document === "undefined") return "";
  return /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
}
