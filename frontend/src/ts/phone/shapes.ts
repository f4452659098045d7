// What a phone keeps and what it exchanges with the server. Ids and counts, short names of colleagues, never a patient.

/** What is said of an action. Days are "2026-11-25", hours "14:30" or "". */
export interface Facts {
  kind: string;
  held_on: string;
  minutes: number;
  present: number[];
  patients: number;
  theme: string;
  title: string;
  starts_at: string;
}

export interface Kind {
  code: string;
  label: string;
  blocked: string;
  /** It comes before the recognition of the team: its day may be earlier. */
  early: boolean;
  voices: number;
}

/** A member and the days of the membership; `to` is the first day that no longer holds, "" when it is open. */
export interface Member {
  id: number;
  name: string;
  gone: boolean;
  from: string;
  to: string;
}

export interface Team {
  id: number;
  name: string;
  since: string;
  kinds: Kind[];
  people: Member[];
  themes: string[];
  proposal: Facts;
  origin: "planned" | "again" | "";
}

/** What the card needs without a network (carnet): bound to one person, forgotten after `days` without contact. */
export interface Carnet {
  owner: number;
  days: number;
  now: string;
  csrf: string;
  usual: number;
  teams: Team[];
  sentences: Record<string, string>;
}

/** The carnet as kept: when it came by the clock of the phone, and how far that clock was from the server's (ms). */
export interface KeptCarnet extends Carnet {
  fetched: number;
  ahead: number;
}

/** Another version of the action, as the server tells it. */
export interface Existing {
  label: string;
  facts: Facts;
  people: string;
  by: string;
}

export interface Answer {
  key: string;
  revision: number;
  outcome: "done" | "question" | "refused" | "conflict" | "gone";
  sentence: string;
  amounts: string;
  awaited: string;
  field: string;
  url: string;
  /** The revision that the server has now: 0 when it has none. */
  server: number;
  /** May the version of this phone still be kept? */
  open: boolean;
  existing: Existing | null;
}

/**
 * A declaration on the phone. `tried`: this revision may have reached the server, even if nothing came back. `seen`: the
 * highest other revision that the server may have as far as this phone knows; more there means a hand elsewhere.
 */
export interface Item {
  key: string;
  owner: number;
  team: number;
  revision: number;
  facts: Facts;
  deleted: boolean;
  another: boolean;
  seen: number;
  state: "waiting" | "sent" | "look";
  tried: boolean;
  made: number;
  touched: number;
  team_name: string;
  kind_label: string;
  answer: Answer | null;
}

/** Where the server answers; a test compares them with its own addresses. */
export const ADDRESSES = {
  send: "/actions/envois/",
  carnet: "/actions/carnet/",
  outbox: "/actions/a-envoyer/",
  offline: "/actions/hors-ligne/",
  declare: "/actions/declarer/",
  worker: "/sw.js",
};

/** The name of the background task, of the lock, and of the channel between pages. */
export const NAME = "equipage-envois";
