// Questions before something is changed, and short messages after.

import { button, byId, element, fill } from "./dom.js";

/** Asks with a title, any content, and the answer's text; resolves to whether it was given. */
export function ask(title, content, answer) {
  const dialog = byId("dialog");
  return new Promise((resolve) => {
    let isYes = false;
    const yes = button(answer, () => {
      isYes = true;
      dialog.close();
    }, { class: "primary", id: "dialog-yes" });
    fill(
      dialog, element("h2", { id: "dialog-title" }, title), element("div", { class: "dialog-content" }, content),
      element("p", { class: "actions" }, yes, button("Cancel", () => dialog.close(), { id: "dialog-no" })),
    );
    dialog.addEventListener("close", () => resolve(isYes), { once: true });
    dialog.showModal();
    yes.focus();
  });
}

/** Asks for a text; resolves to it, or null where none was given. */
export async function askForText(title, label, value, answer) {
  const input = element("input", { type: "text", id: "dialog-text", value, autocomplete: "off" });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") byId("dialog-yes").click();
  });
  const asked = ask(title, element("label", {}, label, input), answer);
  input.focus();
  input.select();
  const text = (await asked) ? input.value.trim() : "";
  return text === "" ? null : text;
}

/** Says something for some seconds; an `action` is `[text, handler]`. */
export function tell(text, { isError = false, action = null } = {}) {
  const note = element(
    "p", { class: isError ? "note error" : "note", role: isError ? "alert" : "status" }, text,
    action && button(action[0], () => {
      note.remove();
      action[1]();
    }),
  );
  byId("notes").append(note);
  setTimeout(() => note.remove(), isError || action ? 12_000 : 5_000);
}
