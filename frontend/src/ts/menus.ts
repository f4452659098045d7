/** A menu made of <details> closes on Escape, on a click elsewhere, and when the focus leaves it. */
export function menus(): void {
  const open = () => document.querySelectorAll<HTMLDetailsElement>("details.account[open]");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    open().forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    });
  });
  const leave = (event: Event) =>
    open().forEach((menu) => {
      if (!menu.contains(event.target as Node)) menu.open = false;
    });
  document.addEventListener("click", leave);
  document.addEventListener("focusin", leave);
}
