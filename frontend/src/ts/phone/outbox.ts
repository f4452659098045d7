import { got, transact } from "./store";
import { NAME, type Answer, type Facts, type Item } from "./shapes";

/** Days that a declaration already sent stays in the list, and that those of another person wait for their return. */
const KEEP_DAYS = 7;
const DAY = 24 * 3600 * 1000;

/** Tells the other pages and the list that something changed. */
export function tellOthers(): void {
  const channel = new BroadcastChannel(NAME);
  channel.postMessage("changed");
  channel.close();
}

export interface Made {
  key: string;
  owner: number;
  team: number;
  facts: Facts;
  team_name: string;
  kind_label: string;
}

/**
 * Put a declaration in the outbox. The same key with the same facts is one declaration, however many thumbs; with other
 * facts it is a correction.
 */
export async function add(made: Made, another = false): Promise<void> {
  const now = Date.now();
  await transact("readwrite", async (outbox) => {
    const known = await got(outbox.get(made.key) as IDBRequest<Item | undefined>);
    if (known && known.another === another && JSON.stringify(known.facts) === JSON.stringify(made.facts)) return;
    if (known) outbox.put(anew(known, { facts: made.facts, kind_label: made.kind_label, another }));
    else {
      const fresh = { revision: 1, deleted: false, seen: 0, state: "waiting", tried: false, answer: null } as const;
      outbox.put({ ...made, ...fresh, another, made: now, touched: now } satisfies Item);
    }
  });
  tellOthers();
}

/** Change a declaration inside one transaction; `undefined` forgets it. */
export async function change(key: string, how: (item: Item) => Item | undefined): Promise<void> {
  await transact("readwrite", async (outbox) => {
    const item = await got(outbox.get(key) as IDBRequest<Item | undefined>);
    if (!item) return;
    const changed = how(item);
    if (changed) outbox.put(changed);
    else outbox.delete(key);
  });
  tellOthers();
}

/** The next version: above all those that the server may have. */
function anew(item: Item, more: Partial<Item>): Item {
  const seen = Math.max(item.seen, item.answer?.server ?? 0, item.tried ? item.revision : 0);
  const revision = Math.max(item.revision, seen) + 1;
  return { ...item, ...more, seen, revision, tried: false, state: "waiting", answer: null, touched: Date.now() };
}

/** A correction: a new version, which waits again. */
export function edit(key: string, facts: Facts, kind_label: string): Promise<void> {
  return change(key, (item) => anew(item, { facts, kind_label }));
}

/** Withdraw: at once when it never left this phone, else the server is told. */
export function withdraw(key: string): Promise<void> {
  return change(key, (item) => (item.tried || item.seen ? anew(item, { deleted: true }) : undefined));
}

/** Forget it here, whatever the server has: it is the same as another, or no longer of interest. */
export function forget(key: string): Promise<void> {
  return change(key, () => undefined);
}

/** « C'est une autre » or « garder la mienne » : sent again, knowing what the server has. */
export function insist(key: string): Promise<void> {
  return change(key, (item) => anew(item, { another: true }));
}

/** Declare again what was withdrawn meanwhile: another declaration, with a key of its own. */
export async function renew(item: Item): Promise<void> {
  const { owner, team, facts, team_name, kind_label } = item;
  await add({ key: crypto.randomUUID(), owner, team, facts, team_name, kind_label });
  await forget(item.key);
}

/** What the server answered to the version that was sent. A version edited meanwhile keeps waiting. */
export function settle(answer: Answer): Promise<void> {
  return change(answer.key, (item) => {
    if (item.revision !== answer.revision) return { ...item, seen: Math.max(item.seen, answer.server) };
    if (item.deleted && (answer.outcome === "done" || answer.outcome === "gone")) return undefined;
    return { ...item, state: answer.outcome === "done" ? "sent" : "look", answer, touched: Date.now() };
  });
}

/** Note before sending that these may reach the server, whatever comes back. */
export async function mayHaveLeft(keys: string[]): Promise<void> {
  await transact("readwrite", async (outbox) => {
    for (const key of keys) {
      const item = await got(outbox.get(key) as IDBRequest<Item | undefined>);
      if (item && !item.tried) outbox.put({ ...item, tried: true });
    }
  });
}

/** One declaration, or undefined. */
export function one(key: string): Promise<Item | undefined> {
  return transact("readonly", (outbox) => got(outbox.get(key) as IDBRequest<Item | undefined>));
}

function all(): Promise<Item[]> {
  return transact("readonly", (outbox) => got(outbox.getAll() as IDBRequest<Item[]>));
}

/** The declarations of one person, the oldest first. */
export async function of(owner: number): Promise<Item[]> {
  const items = await all();
  return items.filter((item) => item.owner === owner).sort((a, b) => a.made - b.made || a.key.localeCompare(b.key));
}

/** Those that must still leave. */
export async function waiting(owner: number): Promise<Item[]> {
  return (await of(owner)).filter((item) => item.state === "waiting");
}

/** Those that have not ended well yet: waiting, or to look at. */
export async function unsettled(owner: number): Promise<Item[]> {
  return (await of(owner)).filter((item) => item.state !== "sent");
}

/** How many declarations of other people have not left this phone. Their content is never shown. */
export async function ofOthers(owner: number): Promise<number> {
  return (await all()).filter((item) => item.owner !== owner && item.state !== "sent").length;
}

/** Forget what other people left, at their request or at that of who holds the phone now. */
export async function forgetOthers(owner: number): Promise<void> {
  await sweep((item) => item.owner !== owner);
}

/** Daily tidying: what was sent long ago, and what another person left and never came back for. */
export async function tidy(owner: number, days = KEEP_DAYS): Promise<void> {
  const limit = Date.now() - days * DAY;
  await sweep((item) => item.touched < limit && (item.state === "sent" || item.owner !== owner));
}

async function sweep(gone: (item: Item) => boolean): Promise<void> {
  await transact("readwrite", async (outbox) => {
    const items = await got(outbox.getAll() as IDBRequest<Item[]>);
    items.filter(gone).forEach((item) => outbox.delete(item.key));
  });
}
