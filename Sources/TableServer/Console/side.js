// Beside the table: who is next, what the screens show, and what is known of the thing that was clicked.

import { button, byId, element, fill } from "./dom.js";
import { initiativeOf } from "./scene-layout.js";
import { actorText, clockText, dateText, numberText } from "./texts.js";

let shownOrder;
let shownSelected;

/** The initiative order; a click selects the token. What is shown already is left alone, and with it the focus. */
export function showInitiative(document, { selected, select }) {
  if (document.live?.initiativeOrder === shownOrder && selected === shownSelected) return;
  [shownOrder, shownSelected] = [document.live?.initiativeOrder, selected];
  const entries = initiativeOf(document);
  fill(byId("initiative"), ...entries.map((entry) => {
    const key = `live/initiativeOrder/${entry.id ?? entry.name}`;
    const health = typeof entry.hp === "number" ? `${numberText(entry.hp)}${typeof entry.initialHP === "number" ? `/${numberText(entry.initialHP)}` : ""}` : "";
    const classes = [entry.isPlayer ? "player" : "monster", entry.isCurrentTurn && "turn", entry.isKilled && "killed"].filter(Boolean);
    return element("li", {}, element(
      "button",
      { type: "button", class: classes.join(" "), "aria-pressed": String(key === selected), "aria-current": entry.isCurrentTurn ? "true" : false, onclick: () => select({ key, name: String(entry.name) }) },
      element("span", { class: "count" }, numberText(entry.initiative ?? 0)), element("span", { class: "name" }, String(entry.name ?? "?")), element("span", { class: "facts" }, health),
    ));
  }));
  byId("initiative-empty").hidden = entries.length > 0;
}

/** Scene, what the screens show, and the music. */
export function showState(document) {
  const { viewer, live, audio } = document;
  const music = audio?.music;
  const states = [
    viewer?.blank && "screens blank", viewer?.rotated && "screens turned",
    viewer?.nightMode?.enabled && `night, ${Math.round(viewer.nightMode.brightness * 100)} %`,
    music && `${music.playing ? "♪" : "paused:"} ${music.sound.split("/").at(-1)}`,
  ].filter(Boolean);
  byId("scene-name").textContent = live?.name ?? "Nothing is on the table";
  fill(byId("scene-state"), ...states.map((text) => element("span", { class: "chip" }, text)));
  byId("blank").hidden = viewer?.blank !== true;
}

/** Who last touched the selected thing; `rows` are the events that did (`rowsOf`), newest first. */
export function showSelection(selection, rows, { show, all, close }) {
  const card = byId("selection");
  card.hidden = !selection;
  if (!selection) return;
  fill(
    card,
    element("h3", {}, selection.name),
    element("p", { class: "facts" }, rows.length === 0 ? "Nothing in the history that is loaded touched it." : `Last touched by ${actorText(rows[0].newest.actor)}`),
    element("ol", { class: "touched" }, ...rows.slice(0, 6).map(({ newest: record, count }) =>
      element("li", {}, button(`${clockText(record.time)} ${record.sentence}${count > 1 ? ` ×${count}` : ""}`, () => show(record.offset), { title: `${dateText(record.time)}, event ${record.offset}, ${record.actor}` })),
    )),
    element("p", { class: "actions" }, rows.length > 0 && button("All in the audit", all, { id: "selection-all" }), button("Close", close)),
  );
}
