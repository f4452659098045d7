import { el } from "./dom";
import { announce } from "../live";
import type { Fault, Typed } from "./checks";
import type { Facts, Team } from "./shapes";

/** Read the card as typed, whatever it holds. */
export function read(form: HTMLFormElement): Typed {
  const data = new FormData(form);
  const text = (name: string) => String(data.get(name) ?? "").trim();
  const unreadable = new Set(
    [...form.querySelectorAll<HTMLInputElement>("input")].filter((one) => one.validity.badInput).map((one) => one.name),
  );
  return {
    minutes: text("minutes"),
    patients: text("patients"),
    unreadable,
    facts: {
      kind: text("kind"),
      held_on: text("held_on"),
      minutes: Number(text("minutes")),
      present: data.getAll("present").map(Number),
      patients: Number(text("patients")),
      theme: text("theme"),
      title: text("title"),
      starts_at: text("starts_at").slice(0, 5),
    },
  };
}

/** The words of the chosen kind, as the card shows them. */
export function kindLabel(form: HTMLFormElement): string {
  return form.querySelector("input[name=kind]:checked")?.closest("label")?.textContent?.trim() ?? "";
}

/** Put the choices of a team and some facts into the card that knows no team yet. */
export function fill(form: HTMLFormElement, team: Team, facts: Facts): void {
  const open = team.kinds.filter((kind) => !kind.blocked);
  options(form, "kind", "radio", open.map((kind) => [kind.code, kind.label]));
  options(form, "present", "checkbox", team.people.map((one) => [String(one.id), one.gone ? `${one.name} (parti)` : one.name]));
  const blocked = team.kinds.filter((kind) => kind.blocked);
  const place = form.querySelector<HTMLElement>("[data-blocked]");
  if (place) {
    place.hidden = !blocked.length;
    const lines = blocked.map((kind) => el("li", {}, el("strong", {}, kind.label), `\u202f: ${kind.blocked}`));
    place.querySelector("ul")?.replaceChildren(...lines);
  }
  const themes = form.querySelector<HTMLSelectElement>("select[name=theme]");
  themes?.replaceChildren(new Option("Sans thème", ""), ...team.themes.map((theme) => new Option(theme, theme)));
  write(form, facts);
}

function options(form: HTMLFormElement, name: string, type: string, pairs: [string, string][]): void {
  const lines = pairs.map(([value, label], rank) => {
    const id = `id_${name}_${rank}`;
    return el("div", {}, el("label", { for: id }, el("input", { type, name, value, id }), ` ${label}`));
  });
  form.querySelector(`#id_${name}`)?.replaceChildren(...lines);
}

function write(form: HTMLFormElement, facts: Facts): void {
  const simple: Record<string, string> = {
    held_on: facts.held_on,
    minutes: String(facts.minutes),
    patients: String(facts.patients),
    theme: facts.theme,
    title: facts.title,
    starts_at: facts.starts_at,
  };
  for (const [name, value] of Object.entries(simple)) {
    const field = form.elements.namedItem(name);
    if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement)) continue;
    field.value = value;
    // The chips show which is chosen.
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  form.querySelectorAll<HTMLInputElement>("input[name=kind]").forEach((one) => (one.checked = one.value === facts.kind));
  form
    .querySelectorAll<HTMLInputElement>("input[name=present]")
    .forEach((one) => (one.checked = facts.present.includes(Number(one.value))));
}

/** Say what is wrong beside each field, as the server would; the first one takes the focus. */
export function tell(form: HTMLFormElement, found: Fault[]): void {
  form.querySelectorAll(".errorlist, .error-summary").forEach((line) => line.remove());
  form.querySelectorAll("[aria-invalid]").forEach((one) => one.removeAttribute("aria-invalid"));
  for (const { field, sentence } of found) {
    const widget = form.querySelector<HTMLElement>(`#id_${field}`);
    const place = widget?.closest(".field");
    const list = el("ul", { class: "errorlist", id: `id_${field}_error` }, el("li", {}, sentence));
    if (!widget || !place) {
      form.prepend(list);
      continue;
    }
    widget.closest("details")?.setAttribute("open", "");
    const inputs = widget.matches("input, select") ? [widget] : [...widget.querySelectorAll<HTMLElement>("input")];
    inputs.forEach((one) => one.setAttribute("aria-invalid", "true"));
    describe(widget.matches("input, select") ? widget : (place as HTMLElement), list.id);
    place.querySelector("label, legend")?.after(list);
  }
  if (!found.length) return;
  announce(found.length === 1 ? "Il reste un point à corriger." : `Il reste ${found.length} points à corriger.`);
  form.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
}

function describe(place: HTMLElement, id: string): void {
  const words = new Set((place.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  place.setAttribute("aria-describedby", [...words.add(id)].join(" "));
}
