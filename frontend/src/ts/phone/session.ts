import { refreshIfOld } from "./carnet";
import { counted } from "./checks";
import { ask, el, notice } from "./dom";
import { keepTrying } from "./keep-trying";
import { ofOtherPeople } from "./list";
import { tidy, unsettled } from "./outbox";
import { send, type Ended } from "./send";
import { ADDRESSES } from "./shapes";
import { keep, kept, wipe } from "./store";

/** On every page of somebody signed in: the phone is theirs, what waits leaves, and signing out leaves nothing. */
export async function session(owner: number, professional: boolean): Promise<void> {
  leaveNothing(owner);
  const before = await kept<number>("owner");
  if (before && before !== owner) {
    // The teams of the other person are forgotten at once; what they could not send stays sealed.
    await keep("carnet", undefined);
    await keep("over", undefined);
    await keep("pace", undefined);
  }
  if (before !== owner) await keep("owner", owner);
  await tidy(owner);
  const said: Element[] = [];
  const draw = async (ended?: Ended) => {
    const lines = [...(await ofOtherPeople(owner, draw)), ...(await left(owner, ended))];
    said.splice(0).forEach((line) => line.remove());
    said.push(...lines);
    document.querySelector(".messages")?.append(...lines);
  };
  await draw();
  keepTrying(
    () => owner,
    (ended) => void draw(ended),
  );
  // What the card will need without a network; its failure costs nothing now.
  if (professional) await refreshIfOld(owner).catch(() => undefined);
}

/** A line when something has not left, or waits for a choice. Not on a page that has just sent it. */
async function left(owner: number, ended?: Ended): Promise<HTMLElement[]> {
  const items = await unsettled(owner);
  const look = items.filter((item) => item.state === "look").length;
  const count = look || (ended && ended !== "sent" ? items.length : 0);
  if (!count) return [];
  const words = look
    ? counted(count, "déclaration est à regarder", "déclarations sont à regarder")
    : counted(count, "déclaration n’est pas encore partie", "déclarations ne sont pas encore parties");
  return [notice("wait", el("p", {}, `${words}. `, el("a", { href: ADDRESSES.outbox }, "Ce qui reste à envoyer")))];
}

/** Signing out erases what the phone keeps; when something has not left, the person decides. */
function leaveNothing(owner: number): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sign-out]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      // Storage refused: there is nothing to erase, and nobody is kept from leaving.
      leave(form, owner).catch(() => form.submit());
    });
  }
}

async function leave(form: HTMLFormElement, owner: number): Promise<void> {
  for (;;) {
    const count = (await unsettled(owner)).length;
    if (!count) break;
    const choice = await ask(
      counted(count, "déclaration n’est pas partie", "déclarations ne sont pas parties"),
      "En vous déconnectant, ce téléphone oublie tout. Envoyez-les d’abord, ou effacez-les.",
      [
        ["send", "Envoyer d’abord", ""],
        ["erase", "Effacer et me déconnecter", "danger"],
        ["stay", "Rester connecté", "ghost"],
      ],
    );
    if (choice === "erase") break;
    if (choice !== "send") return;
    await send();
    if ((await unsettled(owner)).length) {
      // Without a network, or with a question to answer: the list shows what is left.
      location.assign(ADDRESSES.outbox);
      return;
    }
  }
  await wipe();
  form.submit();
}
