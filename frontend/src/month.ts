/**
 * The people of a month, to look at or clear once their list is open, by keyboard: j and k move, p pays, l opens the
 * reason to wait, u takes the decision back, ? shows the help. Keys typed in a field are never taken, and a button
 * switches them all off (WCAG 2.1.4).
 * Each key presses what is on the page: without this file the same buttons do the same.
 */
import { announce } from "./ts/live";

const OFF = "month-keys-off";
const FIELDS = "input, textarea, select, [contenteditable]";

const lists = [...document.querySelectorAll<HTMLElement>("[data-exceptions]")];
const help = document.querySelector<HTMLDetailsElement>("[data-keys-help]");
if (lists.length && help) keys(lists, help);

function keys(lists: HTMLElement[], help: HTMLDetailsElement): void {
  const cards = lists.flatMap((list) => [...list.querySelectorAll<HTMLElement>("[data-exception]")]);
  let current = cards.findIndex((card) => `#${card.id}` === location.hash);
  help.hidden = false;
  onOff(help.querySelector<HTMLButtonElement>("[data-keys-switch]"));
  cards[current]?.focus();

  for (const list of lists)
    list.addEventListener("focusin", (event) => {
      const found = cards.findIndex((card) => card.contains(event.target as Node));
      if (found >= 0) current = found;
    });

  const move = (step: number): void => {
    const shown = cards.filter((card) => card.getClientRects().length); // not those of a list that is folded
    const here = shown.indexOf(cards[current]!);
    const next = shown[here < 0 ? 0 : here + step];
    if (!next) {
      announce(step > 0 ? "C’était la dernière personne." : "C’était la première personne.");
      return;
    }
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  };
  const press = (key: string, card: HTMLElement | undefined): boolean => {
    const button = card?.querySelector<HTMLButtonElement>(`button[data-key="${key}"]`);
    button?.click();
    return Boolean(button);
  };
  const acts: Record<string, () => void> = {
    j: () => move(1),
    k: () => move(-1),
    p: () => press("p", cards[current]) || announce("Rien à payer ici\u202f: choisissez d’abord une personne."),
    l: () => wait(cards[current]),
    u: () =>
      press("u", cards[current]) ||
      press("u", cards.find((card) => "last" in card.dataset)) ||
      announce("Aucune décision à annuler ici."),
    "?": () => {
      help.open = !help.open;
      if (help.open) help.querySelector("summary")?.focus();
    },
  };
  document.addEventListener("keydown", (event) => {
    const target = event.target as Element;
    if (event.key === "Escape") return leave(target);
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (target.closest(FIELDS) || localStorage.getItem(OFF)) return;
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/** Opens the reason and goes into it. */
function wait(card: HTMLElement | undefined): void {
  const more = card?.querySelector<HTMLDetailsElement>('details[data-key="l"]');
  if (!more) {
    announce("Choisissez d’abord une personne.");
    return;
  }
  more.open = true;
  more.querySelector<HTMLInputElement>('input[name="reason"]')?.focus();
}

/** Leaves the reason without deciding; what was typed stays. */
function leave(target: Element): void {
  const more = target.closest<HTMLDetailsElement>('details[data-key="l"]');
  if (!more) return;
  more.open = false;
  more.closest<HTMLElement>("[data-exception]")?.focus();
}

function onOff(button: HTMLButtonElement | null): void {
  const show = (): void => {
    const off = Boolean(localStorage.getItem(OFF));
    button?.setAttribute("aria-pressed", String(!off));
  };
  button?.addEventListener("click", () => {
    if (localStorage.getItem(OFF)) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
    show();
    announce(localStorage.getItem(OFF) ? "Les raccourcis sont éteints." : "Les raccourcis sont actifs.");
  });
  show();
}
