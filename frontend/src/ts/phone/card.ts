import { announce } from "../live";
import { held, refresh, todayInParis } from "./carnet";
import { faults } from "./checks";
import { el } from "./dom";
import { fill, kindLabel, read, tell } from "./form";
import { askBackground, keepTrying, onChange } from "./keep-trying";
import { add, edit, one } from "./outbox";
import { send } from "./send";
import { ADDRESSES, type Facts, type Item, type KeptCarnet, type Team } from "./shapes";
import { view } from "./view";

/** Whose card this is, and for which team; the carnet is there or not. */
interface Frame {
  owner: number;
  team: number;
  team_name: string;
  known: Team | undefined;
  carnet: KeptCarnet | undefined;
  editing: Item | undefined;
  key: () => string;
  online: boolean;
  /** A thumb was already there: the card is being kept, or is done with. */
  busy: boolean;
  follow: () => Promise<void>;
}

/** The card of the server (`data-team`), or that of the page without network. */
export async function card(form: HTMLFormElement): Promise<void> {
  form.noValidate = true; // our sentences instead of the browser's, the same as the server's
  if (form.dataset.team) await onlineCard(form);
  else await offlineCard(form);
}

async function onlineCard(form: HTMLFormElement): Promise<void> {
  const owner = Number(form.dataset.owner);
  const team = Number(form.dataset.team);
  const field = form.elements.namedItem("client_key") as HTMLInputElement;
  const frame: Frame = {
    owner,
    team,
    team_name: form.dataset.teamName ?? "",
    known: undefined,
    carnet: undefined,
    editing: undefined,
    key: () => field.value,
    online: true,
    busy: false,
    follow: async () => undefined,
  };
  listen(form, frame);
  const { carnet } = await held();
  if (carnet?.owner !== owner) return;
  frame.carnet = carnet;
  frame.known = carnet.teams.find((one) => one.id === team);
}

async function offlineCard(form: HTMLFormElement): Promise<void> {
  let { owner, carnet, over } = await held();
  // With a network after all, the card can learn the teams now.
  if (!carnet) await refresh().catch(() => undefined);
  if (!carnet) ({ owner, carnet, over } = await held());
  const wanted = new URLSearchParams(location.hash.slice(1)).get("modifier") ?? "";
  const item = wanted ? await one(wanted) : undefined;
  const editing = item?.owner === owner ? item : undefined;
  const team = carnet?.teams.find((one) => one.id === (editing?.team ?? carnet.usual)) ?? carnet?.teams[0];
  if (!carnet || !team) {
    show(!carnet ? (over ? "over" : "unknown") : "no-team");
    return;
  }
  const key = editing?.key ?? crypto.randomUUID();
  const frame: Frame = {
    owner,
    team: team.id,
    team_name: team.name,
    known: team,
    carnet,
    editing,
    key: () => key,
    online: false,
    busy: false,
    follow: async () => undefined,
  };
  const put = (chosen: Team) => {
    Object.assign(frame, { team: chosen.id, team_name: chosen.name, known: chosen });
    fill(form, chosen, editing?.facts ?? proposal(chosen, carnet.ahead));
  };
  chooseTeam(form, carnet, frame, put);
  put(team);
  form.hidden = false;
  show(editing ? "editing" : "");
  listen(form, frame);
  addEventListener("hashchange", () => location.reload());
}

/** What is proposed was written the day the carnet came: unless a meeting was planned that day, it is for today. */
function proposal(team: Team, ahead: number): Facts {
  return team.origin === "planned" ? team.proposal : { ...team.proposal, held_on: todayInParis(ahead) };
}

/** The list of teams, when there are several and the declaration is new. */
function chooseTeam(form: HTMLFormElement, carnet: KeptCarnet, frame: Frame, put: (team: Team) => void): void {
  const select = form.querySelector<HTMLSelectElement>("#id_team");
  if (!select || carnet.teams.length < 2 || frame.editing) return;
  select.closest<HTMLElement>(".field")?.removeAttribute("hidden");
  select.replaceChildren(...carnet.teams.map((team) => new Option(team.name, String(team.id), false, team.id === frame.team)));
  select.addEventListener("change", () => {
    const chosen = carnet.teams.find((team) => String(team.id) === select.value);
    if (chosen) put(chosen);
  });
}

/** One of the sentences of the page that wait for their moment. */
function show(name: string): void {
  document.querySelectorAll<HTMLElement>("[data-when]").forEach((one) => (one.hidden = one.dataset.when !== name));
}

function listen(form: HTMLFormElement, frame: Frame): void {
  let native = false;
  frame.follow = followed(form, frame);
  form.addEventListener("submit", async (event) => {
    if (native) return;
    event.preventDefault();
    if (frame.busy) return;
    frame.busy = true;
    const pressed = event.submitter as HTMLButtonElement | null;
    try {
      await take(form, frame, pressed?.name === "another");
    } catch {
      // Storage refused (private window, full disk): the server takes the form itself, as without scripts.
      native = true;
      form.requestSubmit(pressed);
    }
  });
}

/** Check, keep, send; the card is free again when something is left to mend. */
async function take(form: HTMLFormElement, frame: Frame, another: boolean): Promise<void> {
  const typed = read(form);
  const found = frame.known && frame.carnet ? faults(typed, frame.known, frame.carnet) : [];
  tell(form, found);
  if (found.length) {
    frame.busy = false;
    return;
  }
  const key = frame.key();
  const { owner, team, team_name } = frame;
  const label = kindLabel(form);
  if (frame.editing) await edit(key, typed.facts, label);
  else await add({ key, owner, team, team_name, facts: typed.facts, kind_label: label }, another);
  await frame.follow();
}

/** What becomes of the declaration, in place of the card. */
function followed(form: HTMLFormElement, frame: Frame): () => Promise<void> {
  const place = el("section", { class: "stack", "aria-live": "polite" });
  let leaving = false;
  const draw = async () => {
    const item = await one(frame.key());
    const { answer } = item ?? {};
    if (leaving) return;
    if (item?.state === "sent" && frame.online && answer?.url) {
      leaving = true;
      location.assign(answer.url);
    } else if (answer?.outcome === "refused" && place.isConnected && form.querySelector(`#id_${answer.field || "none"}`)) {
      // A refusal that has its field: the card again, with the sentence beside it.
      place.replaceWith(form);
      tell(form, [answer]);
      frame.busy = false;
    } else place.replaceChildren(item ? view(item, tryNow) : gone(), after(frame));
  };
  const tryNow = async () => {
    await draw();
    // Flight mode: ask first, the page may be closed at once. Else this page sends by itself, and knows where to go then.
    if (!navigator.onLine) void askBackground();
    const ended = await send(frame.online ? frame.key() : "");
    if (ended === "offline" || ended === "later") void askBackground();
    await draw();
  };
  let listening = false;
  return async () => {
    if (!listening) {
      listening = true;
      onChange(() => void draw());
      keepTrying(
        () => frame.owner,
        () => void draw(),
        false, // the card itself sends first
      );
    }
    form.replaceWith(place);
    announce("Gardée sur ce téléphone.");
    await tryNow();
  };
}

function gone(): HTMLElement {
  return el("p", {}, "Cette déclaration n’est plus sur ce téléphone.");
}

function after(frame: Frame): HTMLElement {
  return el(
    "div",
    { class: "buttons" },
    el("a", { class: "btn ghost", href: ADDRESSES.outbox }, "Ce qui reste à envoyer"),
    el("a", { class: "btn link", href: frame.online ? ADDRESSES.declare : ADDRESSES.offline }, "Déclarer une autre action"),
  );
}
