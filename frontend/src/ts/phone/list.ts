import { held, refresh } from "./carnet";
import { button, el, notice } from "./dom";
import { askBackground, keepTrying, onChange } from "./keep-trying";
import { forgetOthers, of, ofOthers } from "./outbox";
import { send, type Ended } from "./send";
import { ADDRESSES } from "./shapes";
import { view } from "./view";
import { counted } from "./checks";

const SIGN_IN = `/compte/connexion/?next=${ADDRESSES.outbox}`;

/** The page « À envoyer »: what this phone holds, how it stands, and one button. Works without a network. */
export async function list(place: HTMLElement): Promise<void> {
  const how = el("div", { role: "status" });
  const others = el("div");
  const rows = el("div", { class: "stack" });
  place.replaceChildren(how, others, rows);
  let owner = (await held()).owner;

  const tell = async (ended: Ended) => {
    if (ended === "other") {
      // Somebody else is signed in: the phone is theirs now, what belongs to the first person stays sealed.
      await refresh().catch(() => undefined);
      owner = (await held()).owner;
    }
    how.replaceChildren(...sentence(ended));
    await draw();
  };
  const draw = async () => {
    const items = (await of(owner)).reverse();
    const sendNow = button("Envoyer maintenant", "", tryNow);
    const waiting = items.some((item) => item.state === "waiting");
    rows.replaceChildren(
      ...(waiting ? [el("div", { class: "buttons" }, sendNow)] : []),
      ...items.map((item) => view(item, tryNow)),
      ...(items.length ? [] : [nothing()]),
    );
    others.replaceChildren(...(await ofOtherPeople(owner, draw)));
  };
  const tryNow = async () => {
    await draw();
    const ended = await send();
    if (ended === "offline" || ended === "later") void askBackground();
    await tell(ended);
  };
  onChange(() => void draw());
  await draw();
  keepTrying(
    () => owner,
    (ended) => void tell(ended),
  );
}

function nothing(): HTMLElement {
  return el(
    "div",
    { class: "empty" },
    el("h2", {}, "Rien n’attend"),
    el("p", {}, "Ce qui est déclaré sans réseau sera ici, jusqu’à ce que ce soit envoyé."),
    el("a", { class: "btn ghost", href: ADDRESSES.declare }, "Déclarer une action"),
  );
}

function sentence(ended: Ended): HTMLElement[] {
  switch (ended) {
    case "offline":
      return [notice("wait", el("p", {}, "Pas de réseau pour l’instant\u202f: tout est gardé ici et partira seul."))];
    case "later":
      return [notice("wait", el("p", {}, "Le site n’a pas tout pris\u202f: un nouvel essai suivra, rien n’est perdu."))];
    case "signin":
      return [
        notice(
          "wait",
          el("p", {}, "Le site demande de vous reconnecter. Vos déclarations restent ici et partiront ensuite."),
          el("p", {}, el("a", { class: "btn", href: SIGN_IN }, "Me connecter")),
        ),
      ];
    case "other":
      return [notice("info", el("p", {}, "Une autre personne est connectée sur ce téléphone."))];
    case "sent":
      return [];
  }
}

/** What another person left on this phone: how many, never what. */
export async function ofOtherPeople(owner: number, again: () => unknown): Promise<HTMLElement[]> {
  const count = owner ? await ofOthers(owner) : 0;
  if (!count) return [];
  const erase = button("Effacer", "ghost small", async () => {
    await forgetOthers(owner);
    await again();
  });
  const words = counted(count, "déclaration d’une autre personne n’est pas partie", "déclarations d’une autre personne ne sont pas parties");
  const fate = "de ce téléphone. Partira quand cette personne se reconnectera ici\u202f; sinon, oubli après sept jours.";
  return [notice("info", el("p", {}, `${words} ${fate}`), el("p", {}, erase))];
}
