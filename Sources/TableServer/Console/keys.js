// The keyboard: one table of what each key does, which is also what "?" shows.

import { byId, element, fill } from "./dom.js";

/** Listens; `bindings` are `[keys, text, handler]`, with keys as `KeyboardEvent.key` has them, "Shift+" before. */
export function listenToKeys(bindings) {
  const handlers = new Map(bindings.flatMap(([keys, , handler]) => keys.map((key) => [key, handler])));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || byId("dialog").open || byId("keys").open) return;
    if (isTyped(event)) return;
    const handler = handlers.get(event.shiftKey && event.key.length > 1 ? `Shift+${event.key}` : event.key);
    if (!handler) return;
    event.preventDefault();
    handler();
  });
  fill(byId("keys-list"), ...bindings.flatMap(([keys, text]) => [
    element("dt", {}, ...keys.map((key) => element("kbd", {}, names[key] ?? key))), element("dd", {}, text),
  ]));
}

const names = { " ": "Space", ArrowLeft: "←", ArrowRight: "→", "Shift+ArrowLeft": "Shift ←", "Shift+ArrowRight": "Shift →" };

/** Whether a key belongs to what has the focus: a field, or Space and the arrows to what they work in. */
function isTyped({ key, target }) {
  if (key === "Escape") return false;
  if (target.matches("input:not([type=checkbox]), textarea, select, audio")) return true;
  return key === " " && target.matches("button, summary, input, a");
}
