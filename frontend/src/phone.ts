// On the pages of somebody signed in: this phone becomes theirs, what was declared without a network leaves.
import { install, register } from "./ts/phone/install";
import { session } from "./ts/phone/session";
import { undo } from "./ts/phone/undo";

const mine = document.querySelector<HTMLMetaElement>('meta[name="phone"]');
undo();
install();
if (mine && "indexedDB" in window && "locks" in navigator) {
  register();
  // Storage refused (private window): pages work as before, without what waits.
  session(Number(mine.content), mine.dataset.professional === "oui").catch(() => undefined);
}
