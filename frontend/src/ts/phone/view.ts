import { button, el } from "./dom";
import { counted, dayNear, length } from "./checks";
import { ADDRESSES, type Facts, type Item } from "./shapes";
import { forget, insist, renew, withdraw } from "./outbox";

/** The address of the card that corrects one declaration, with or without a network. */
export function editAddress(key: string): string {
  return `${ADDRESSES.offline}#modifier=${key}`;
}

const STATES: Record<Item["state"], [label: string, tone: string]> = {
  waiting: ["En attente", "wait"],
  sent: ["Envoyée", "ok"],
  look: ["À regarder", "stop"],
};

/** One declaration of this phone: its state, what it says, what can be done. `again` is called after each choice. */
export function view(item: Item, again: () => unknown): HTMLElement {
  const [label, tone] = STATES[item.state];
  return el(
    "article",
    { class: "card sending", "data-key": item.key, "data-state": item.state },
    el("p", {}, el("span", { class: `badge ${tone}` }, item.deleted ? "Retrait en attente" : label)),
    el("h2", {}, `${item.kind_label}, ${dayNear(item.facts.held_on)}`),
    el("p", { class: "muted" }, [item.team_name, ...summary(item.facts)].join(" · ")),
    ...story(item),
    choices(item, again),
  );
}

function summary(facts: Facts): string[] {
  return [
    length(facts.minutes),
    counted(facts.present.length, "personne", "personnes"),
    ...(facts.patients ? [counted(facts.patients, "patient", "patients")] : []),
    ...[facts.starts_at, facts.theme, facts.title].filter(Boolean),
  ];
}

function story(item: Item): HTMLElement[] {
  const { answer } = item;
  if (item.state === "waiting" || !answer) {
    const sentence = item.deleted
      ? "Elle ne compte plus ici\u202f: le site en sera prévenu dès que le réseau revient."
      : "Gardée sur ce téléphone\u202f: elle partira seule dès que le réseau revient.";
    return [el("p", {}, sentence)];
  }
  const said = [answer.sentence, answer.amounts, answer.awaited].filter(Boolean).map((sentence) => el("p", {}, sentence));
  return answer.existing ? [...said, versions(item)] : said;
}

/** Both versions, side by side in words. */
function versions(item: Item): HTMLElement {
  const theirs = item.answer?.existing;
  const line = (name: string, ...words: string[]) => el("div", {}, el("dt", {}, name), el("dd", {}, words.filter(Boolean).join(" · ")));
  return el(
    "dl",
    { class: "facts" },
    line("La vôtre", item.kind_label, dayNear(item.facts.held_on), ...summary(item.facts)),
    theirs
      ? line("Celle du site", theirs.label, dayNear(theirs.facts.held_on), ...summary(theirs.facts), theirs.people, theirs.by)
      : false,
  );
}

function choices(item: Item, again: () => unknown): HTMLElement {
  const { key, answer } = item;
  const act = (label: string, look: string, how: () => Promise<void>) =>
    button(label, `${look} small`, async () => {
      await how();
      await again();
    });
  const link = (label: string, href: string) => el("a", { class: "btn ghost small", href }, label);
  const open = answer?.url ? link(item.state === "sent" ? "Ouvrir" : "Ouvrir l’autre", answer.url) : false;
  const correct = link("Corriger", editAddress(key));
  const drop = act(item.state === "look" ? "Abandonner la mienne" : "Supprimer", "link", () => withdraw(key));
  const same = act("C’est la même", "ghost", async () => {
    await forget(key);
    // There one tap says « j’y étais ».
    if (answer?.outcome === "question" && answer.url) location.assign(answer.url);
  });
  const made: (HTMLElement | false)[] = [];
  if (item.state === "waiting") made.push(...(item.deleted ? [] : [correct, drop]));
  else if (item.state === "sent") made.push(open, correct);
  else if (answer?.outcome === "question") made.push(act("C’est une autre, la déclarer", "ghost", () => insist(key)), same, open, drop);
  else if (answer?.outcome === "conflict" && answer.open) {
    made.push(act("Garder la mienne", "ghost", () => insist(key)), same, open, act("Abandonner la mienne", "link", () => forget(key)));
  } else if (answer?.outcome === "conflict") made.push(open, act("Abandonner la mienne", "link", () => forget(key)));
  else if (answer?.outcome === "gone") {
    made.push(act("La déclarer à nouveau", "ghost", () => renew(item)), act("Supprimer", "link", () => forget(key)));
  } else made.push(correct, drop);
  return el("div", { class: "buttons" }, ...made);
}
