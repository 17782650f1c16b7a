// The events as a list: filtered, each opening to what was meant and what changed.

import { choices, filtered, rowsOf } from "./audit-filter.js";
import { button, byId, drawnOncePerFrame, element, fill, options } from "./dom.js";
import { changedLeaves, changedParts } from "./parts.js";
import { kinds } from "./sentences.js";
import { actorText, clockText, countText, dateText, numberText, valueText } from "./texts.js";

const rowHeight = 46;
/** Rows that are made beyond those that can be seen, so that scrolling shows no holes. */
const spareRows = 12;

/** The list in the page's panel "Audit". */
export class Audit {
  #machine;
  #act;
  #rows = [];
  #key = null;
  #opened = null;
  #draw = drawnOncePerFrame(() => this.#paint());
  #isStale = true;

  /** `act` has `show(offset)` (the table as it was then), `undo(offset)`. */
  constructor({ machine, act }) {
    this.#machine = machine;
    this.#act = act;
    for (const id of ["audit-kind", "audit-actor", "audit-scene", "audit-since", "audit-until", "audit-fold"]) {
      byId(id).addEventListener("change", () => this.#refilter());
    }
    byId("audit-text").addEventListener("input", () => this.#refilter());
    byId("audit-clear").addEventListener("click", () => this.clear());
    byId("audit-list").addEventListener("scroll", this.#draw);
    byId("audit-list").addEventListener("keydown", (event) => this.#keyed(event));
    new ResizeObserver(this.#draw).observe(byId("audit-list"));
  }

  /** The machine has other events than before. */
  changed() {
    this.#isStale = true;
    this.#draw();
  }

  /** Only what touched one part, which is called by a name; null for all. */
  showPart(key, name) {
    this.#key = key;
    byId("audit-part").textContent = key ? `Only what touched ${name}` : "";
    byId("audit-part").hidden = !key;
    this.#refilter();
  }

  /** No filter. */
  clear() {
    for (const id of ["audit-kind", "audit-actor", "audit-scene", "audit-since", "audit-until", "audit-text"]) byId(id).value = "";
    this.showPart(null);
  }

  /** The records that touched a part, newest first. */
  touching(key) {
    return filtered(this.#machine.records, { kind: "", actor: "", scene: "", text: "", since: null, until: null, key });
  }

  #refilter() {
    byId("audit-list").scrollTop = 0;
    this.changed();
  }

  #filter() {
    const time = (id) => (byId(id).value === "" ? null : new Date(byId(id).value).getTime());
    return {
      kind: byId("audit-kind").value, actor: byId("audit-actor").value, scene: byId("audit-scene").value,
      text: byId("audit-text").value, since: time("audit-since"), until: time("audit-until"), key: this.#key,
    };
  }

  #paint() {
    if (byId("audit").hidden) return;
    if (this.#isStale) this.#recount();
    const list = byId("audit-list");
    const first = Math.max(0, Math.floor(list.scrollTop / rowHeight) - spareRows);
    const last = Math.min(this.#rows.length, Math.ceil((list.scrollTop + list.clientHeight) / rowHeight) + spareRows);
    const above = element("div", { class: "spacer" });
    above.style.height = `${first * rowHeight}px`;
    const below = element("div", { class: "spacer" });
    below.style.height = `${(this.#rows.length - last) * rowHeight}px`;
    const focused = document.activeElement?.dataset?.offset;
    fill(list, above, this.#rows.slice(first, last).map((row) => this.#row(row)), below);
    if (focused !== undefined) list.querySelector(`[data-offset="${focused}"]`)?.focus({ preventScroll: true });
  }

  #recount() {
    this.#isStale = false;
    const { records } = this.#machine;
    const { kinds: present, actors, scenes } = choices(records);
    options(byId("audit-kind"), [["", "Everything"], ...present.map((kind) => [kind, kinds[kind]])]);
    options(byId("audit-actor"), [["", "Anybody"], ...actors.map((actor) => [actor, actor])]);
    options(byId("audit-scene"), [["", "Any scene"], ...scenes.map((scene) => [scene, scene])]);
    const found = filtered(records, this.#filter());
    this.#rows = rowsOf(found, byId("audit-fold").checked);
    const older = this.#machine.isComplete ? "" : "; older ones are loaded under Time";
    byId("audit-count").textContent = `${numberText(found.length)} of ${countText(records.length, "event")}${older}`;
  }

  #row(row) {
    const { newest, count } = row;
    const isOpen = this.#opened === newest.offset;
    return element(
      "button",
      {
        type: "button", class: "event", role: "option", "aria-selected": String(isOpen), "data-offset": newest.offset,
        "data-kind": newest.kind, onclick: () => this.open(row),
      },
      element("span", { class: "dot", "data-kind": newest.kind }),
      element("span", { class: "what" }, newest.sentence, count > 1 && element("span", { class: "count" }, ` ×${count}`)),
      element("span", { class: "who" }, actorText(newest.actor)),
      element("time", { datetime: newest.event.time }, `${dateText(newest.time)} ${clockText(newest.time)}`),
    );
  }

  #keyed(event) {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    event.stopPropagation();
    const down = event.key === "ArrowDown";
    const at = document.activeElement?.classList.contains("event") ? document.activeElement : null;
    const next = at ? (down ? at.nextElementSibling : at.previousElementSibling) : byId("audit-list").querySelector(".event");
    if (next?.classList.contains("event")) next.focus();
  }

  /** Shows what a row of events meant and changed. */
  open({ newest, oldest, count }) {
    this.#opened = newest.offset;
    for (const row of byId("audit-list").querySelectorAll(".event")) {
      row.setAttribute("aria-selected", String(row.dataset.offset === String(newest.offset)));
    }
    const [before, after] = [this.#machine.documentAt(oldest.offset - 1), this.#machine.documentAt(newest.offset)];
    const { event } = newest;
    fill(
      byId("audit-detail"),
      element("h3", {}, newest.sentence),
      element("p", { class: "facts" }, `${count > 1 ? `Events ${oldest.offset} to ${newest.offset}` : `Event ${newest.offset}`}, ${event.type}, by ${event.actor ?? "nobody"}, ${dateText(newest.time)} ${clockText(newest.time)}`),
      element(
        "p", { class: "actions" },
        button("Show the table then", () => this.#act.show(newest.offset)),
        button("… and just before", () => this.#act.show(oldest.offset - 1)),
        count === 1 && button("Take this back…", () => this.#act.undo(newest.offset)),
      ),
      meant(event),
      element("h4", {}, "What changed"),
      changesTable(changedParts(before, after)),
      element("details", {}, element("summary", {}, "The event as it stands in the journal"), element("pre", { tabindex: "0" }, JSON.stringify(event, null, 2))),
    );
    byId("audit-detail").hidden = false;
  }
}

/** A table of what became of each part; `heads` say what its two columns of values are. */
export function changesTable(parts, { heads = ["Before", "After"], limit = 200 } = {}) {
  const rows = parts.flatMap(({ kind, name, before, after }) => {
    const title = `${name}`;
    if (before === undefined || after === undefined || kind === "live") {
      return [[title, before === undefined ? "" : summary(before), after === undefined ? "" : summary(after)]];
    }
    return changedLeaves(before, after).map((leaf) => [`${title} · ${leaf.path || "value"}`, valueText(leaf.before), valueText(leaf.after)]);
  });
  return element(
    "div", { class: "scroll" },
    element(
      "table", { class: "changes" },
      element("thead", {}, element("tr", {}, ...["", ...heads].map((text) => element("th", { scope: "col" }, text)))),
      element(
        "tbody", {},
        ...rows.slice(0, limit).map(([name, before, after]) =>
          element("tr", {}, element("th", { scope: "row" }, name), element("td", { class: "before" }, before || "–"), element("td", { class: "after" }, after || "–")),
        ),
      ),
    ),
    rows.length > limit && element("p", {}, `and ${countText(rows.length - limit, "more change")}`),
    rows.length === 0 && element("p", {}, "Nothing differs."),
  );
}

function meant(event) {
  // By `request` and `answer` the server knows a command that comes twice.
  const entries = Object.entries(event.data ?? {}).filter(([name]) => name !== "request" && name !== "answer");
  if (entries.length === 0) return null;
  return element(
    "div", {},
    element("h4", {}, "What was meant"),
    element("dl", { class: "meant" }, ...entries.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, valueText(value, 300))])),
  );
}

/** A whole thing in one cell: its name, or the beginning of its JSON. */
function summary(value) {
  if (value === null) return "nothing";
  if (typeof value !== "object") return valueText(value);
  return valueText(value.name ?? value.label ?? value, 60);
}
