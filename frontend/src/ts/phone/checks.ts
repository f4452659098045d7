import type { Facts, KeptCarnet, Team } from "./shapes";
import { todayInParis } from "./carnet";

/** What is wrong with a field, in the words of the server: they come with the carnet. */
export interface Fault {
  field: string;
  sentence: string;
}

/** What was typed, before it is trusted. */
export interface Typed {
  facts: Facts;
  minutes: string;
  patients: string;
  unreadable: Set<string>;
}

const LONGEST = 24 * 60;
const MOST_PATIENTS = 500;

/** The rules that a phone can know by itself. The server stays the judge. */
export function faults(typed: Typed, team: Team, carnet: KeptCarnet): Fault[] {
  const { facts } = typed;
  const found: Fault[] = [];
  const say = (field: string, name: string, values: Record<string, string> = {}) =>
    found.push({ field, sentence: filled(carnet.sentences[name] ?? "", values) });

  const kind = team.kinds.find((one) => one.code === facts.kind);
  if (!kind) say("kind", "kind");
  else if (kind.blocked) found.push({ field: "kind", sentence: kind.blocked });

  if (typed.unreadable.has("minutes")) say("minutes", "minutes_unreadable");
  else if (typed.minutes === "") say("minutes", "minutes_missing");
  else if (!Number.isInteger(Number(typed.minutes))) say("minutes", "minutes_unreadable");
  else if (facts.minutes < 1) say("minutes", "minutes_short");
  else if (facts.minutes > LONGEST) say("minutes", "minutes_long");

  const strangers = facts.held_on ? team.people.filter((one) => facts.present.includes(one.id) && !wasIn(one, facts.held_on)) : [];
  if (!facts.present.length) say("present", "nobody");
  else if (strangers.length) {
    say("present", "stranger", { day: dayWords(facts.held_on), who: enumerate(strangers.map((one) => one.name)) });
  }

  const patients = Number(typed.patients || "0");
  if (typed.unreadable.has("patients") || !Number.isInteger(patients) || patients < 0 || patients > MOST_PATIENTS) {
    say("patients", "patients");
  }

  if (!facts.held_on) say("held_on", typed.unreadable.has("held_on") ? "day_unreadable" : "day_missing");
  else if (facts.held_on > todayInParis(carnet.ahead)) say("held_on", "future", { day: dayWords(facts.held_on) });
  else if (facts.held_on < team.since && !kind?.early) {
    say("held_on", "early", { day: dayWords(facts.held_on), since: dayWords(team.since) });
  }
  return found;
}

function wasIn(member: { from: string; to: string }, day: string): boolean {
  return member.from <= day && (!member.to || day < member.to);
}

function filled(sentence: string, values: Record<string, string>): string {
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
}

/** "Ada, Bea et Cléo". */
export function enumerate(words: string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} et ${words.at(-1)}`;
}

/** "1er octobre 2026". */
export function dayWords(day: string): string {
  const date = new Date(`${day}T12:00:00Z`);
  const words = new Intl.DateTimeFormat("fr-FR", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  return words.format(date).replace(/^1 /, "1er ");
}

/** "aujourd’hui", "hier", else "mardi 24 novembre". */
export function dayNear(day: string): string {
  const today = todayInParis();
  if (day === today) return "aujourd’hui";
  const yesterday = new Date(Date.parse(`${today}T12:00:00Z`) - 24 * 3600 * 1000).toISOString().slice(0, 10);
  if (day === yesterday) return "hier";
  const date = new Date(`${day}T12:00:00Z`);
  if (Number.isNaN(date.getTime())) return day;
  return new Intl.DateTimeFormat("fr-FR", { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" }).format(date);
}

/** "45 min", "1 h", "1 h 30". */
export function length(minutes: number): string {
  if (minutes < 60) return `${minutes}\u202fmin`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)}\u202fh${rest ? `\u202f${String(rest).padStart(2, "0")}` : ""}`;
}

export function counted(count: number, one: string, many: string): string {
  return `${count}\u00a0${count < 2 ? one : many}`;
}
