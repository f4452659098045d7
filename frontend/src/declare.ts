// The card of a declaration, with or without a network, and the list of what is still to be sent.
import { card } from "./ts/phone/card";
import { list } from "./ts/phone/list";
import { register } from "./ts/phone/install";
import { steppers } from "./ts/phone/stepper";

steppers();
const form = document.querySelector<HTMLFormElement>("form[data-card]");
const outbox = document.querySelector<HTMLElement>("[data-outbox]");
if ("indexedDB" in window && "locks" in navigator) {
  if (form) void card(form);
  if (outbox) void list(outbox);
  register();
}
