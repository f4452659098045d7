type Child = Node | string | null | false | undefined;
type Attributes = Record<string, string | boolean | ((event: Event) => void)>;

/** An element, its attributes and children. Text is always text: what a person typed never becomes markup. */
export function el(tag: string, attributes: Attributes = {}, ...children: Child[]): HTMLElement {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (typeof value === "string") made.setAttribute(name, value);
    else if (value) made.setAttribute(name, "");
  }
  made.append(...children.filter((child): child is Node | string => Boolean(child)));
  return made;
}

/** A button that does something on this page. */
export function button(label: string, look: string, act: () => unknown): HTMLElement {
  return el("button", { type: "button", class: `btn ${look}`, click: () => void act() }, label);
}

/** A line of the page that says how things stand: same look as the messages of the server. */
export function notice(tone: string, ...children: Child[]): HTMLElement {
  return el("div", { class: `alert ${tone}` }, el("div", {}, ...children));
}

/** A question in a dialog of the browser (focus kept inside, Escape closes): the name of the answer, "" when closed. */
export function ask(title: string, sentence: string, answers: [name: string, label: string, look: string][]): Promise<string> {
  return new Promise((done) => {
    const dialog = el("dialog", { class: "ask", "aria-labelledby": "ask-title" }) as HTMLDialogElement;
    const buttons = answers.map(([name, label, look]) => button(label, look, () => dialog.close(name)));
    dialog.append(el("h2", { id: "ask-title" }, title), el("p", {}, sentence), el("div", { class: "buttons" }, ...buttons));
    dialog.addEventListener("close", () => {
      dialog.remove();
      done(dialog.returnValue);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
