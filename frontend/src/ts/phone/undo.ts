/** `<form data-countdown="10">`: its button counts the seconds down, then the offer goes. Without scripts it stays. */
export function undo(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-countdown]")) {
    const label = form.querySelector<HTMLElement>("[data-seconds]");
    if (label) label.hidden = false;
    let left = Number(form.dataset.countdown);
    const tick = () => {
      if (form.dataset.sent) return; // on its way: nothing moves any more
      if (left <= 0) {
        const focused = form.contains(document.activeElement);
        form.remove();
        if (focused) document.querySelector<HTMLElement>("main")?.focus();
        return;
      }
      if (label) label.textContent = `\u00a0(${left}\u202fs)`;
      left -= 1;
      setTimeout(tick, 1000);
    };
    tick();
  }
}
