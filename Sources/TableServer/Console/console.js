// The console: puts the table's client, its history and the panels together.

import { Table } from "./client/spelltable.js";
import { Audit } from "./audit.js";
import { rowsOf } from "./audit-filter.js";
import { BackupView } from "./backup-view.js";
import { tell } from "./dialogs.js";
import { byId, element, fill } from "./dom.js";
import { listenToKeys } from "./keys.js";
import { Library } from "./library.js";
import { kinds } from "./sentences.js";
import { ServerView } from "./server-view.js";
import { showInitiative, showSelection, showState } from "./side.js";
import { TableView } from "./table-view.js";
import { onThemeChange, readTheme } from "./theme.js";
import { TimeControls } from "./time-controls.js";
import { TimeMachine } from "./time-machine.js";
import { WaysBack } from "./ways-back.js";

/** The server's address: this page stands at `console` below it. */
const base = new URL("./", location.href.replace(/\/$/, "")).href;
const panels = ["table", "audit", "library", "server"];

const table = new Table(base);
const machine = new TimeMachine({ base });
const waysBack = new WaysBack(table);
let selection = null;
let theme = readTheme(kinds);

const view = new TableView(byId("board"), { base, theme, picked: select });
const time = new TimeControls({
  machine, theme, shown, historyChanged, problem: (text) => tell(text, { isError: true }), restore: (offset) => waysBack.restore(offset),
});
const audit = new Audit({
  machine,
  act: {
    show: (offset) => {
      openPanel("table");
      time.go(offset);
    },
    undo: (offset) => waysBack.undo(offset),
  },
});
const library = new Library({
  table, machine, base,
  act: {
    undo: (offset) => waysBack.undo(offset),
    redo: () => waysBack.redo(),
    bringBack: (offset, pointer, name) => waysBack.restore(offset, { paths: [pointer], title: `Bring “${name}” back?` }),
  },
});
const server = new ServerView({ base, theme });
new BackupView({ base, undo: (offset) => waysBack.undo(offset) });

// The stream

table.on("event", ({ event, document }) => machine.append(event, document));
table.on("change", ({ document, reason }) => {
  if (reason === "events") return historyChanged();
  machine.reset(table.offset, document);
  time.begin();
  historyChanged();
});
table.on("state", ({ state, retryAt, close }) => {
  const texts = { live: "Live", "catching-up": "Catching up", away: "Away", closed: "Closed" };
  byId("light").dataset.state = state;
  byId("light-text").textContent = texts[state];
  const why = close?.reason ? ` (${close.reason})` : "";
  byId("light").title = retryAt ? `The server is away${why}; it is tried again by itself` : texts[state];
});
table.on("problem", ({ message, isHealing }) => tell(isHealing ? `${message}; the table is fetched anew` : message, { isError: !isHealing }));
byId("light").addEventListener("click", () => table.retry());

// What is shown

function shown(document, offset, isLive) {
  view.show(document);
  showState(document);
  showInitiative(document, { selected: selection?.key, select });
  byId("table").classList.toggle("past", !isLive);
  byId("past-note").hidden = isLive;
  byId("board").dataset.offset = offset;
}

function historyChanged() {
  time.changed();
  audit.changed();
  library.changed();
  showWhoTouched();
}

/** Selects a thing on the table, or nothing. */
function select(thing) {
  selection = thing && { key: thing.key, name: thing.name };
  view.select(selection?.key ?? null);
  if (time.document) showInitiative(time.document, { selected: selection?.key, select });
  showWhoTouched();
}

function showWhoTouched() {
  const touched = selection ? audit.touching(selection.key) : [];
  time.timeline.mark(touched.map(({ offset }) => offset));
  showSelection(selection, rowsOf(touched, true), {
    show: (offset) => time.go(offset), close: () => select(null),
    all: () => {
      audit.showPart(selection.key, selection.name);
      openPanel("audit");
    },
  });
}

// Panels

function openPanel(name) {
  for (const panel of panels) {
    byId(panel).hidden = panel !== name;
    byId(`tab-${panel}`).setAttribute("aria-selected", String(panel === name));
    byId(`tab-${panel}`).tabIndex = panel === name ? 0 : -1;
  }
  if (location.hash !== `#${name}`) history.replaceState(null, "", `#${name}`);
  server.setShown(name === "server");
  audit.changed();
  library.changed();
}

for (const [at, panel] of panels.entries()) {
  byId(`tab-${panel}`).addEventListener("click", () => openPanel(panel));
  byId(`tab-${panel}`).addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.stopPropagation();
    const next = panels.at((at + step) % panels.length);
    openPanel(next);
    byId(`tab-${next}`).focus();
  });
}

function search() {
  openPanel("audit");
  byId("audit-text").focus();
}

listenToKeys([
  [["ArrowLeft"], "an event back", () => time.step(-1)],
  [["ArrowRight"], "an event forward", () => time.step(1)],
  [["Shift+ArrowLeft"], "ten events back", () => time.step(-10)],
  [["Shift+ArrowRight"], "ten events forward", () => time.step(10)],
  [["Home"], "the beginning", () => time.go(machine.first - 1)],
  [["End", "l"], "live", () => time.goLive()],
  [[" "], "play, pause", () => time.play()],
  [["+", "="], "closer", () => view.zoomBy(1.25)],
  [["-"], "further away", () => view.zoomBy(0.8)],
  [["0"], "all of the table", () => view.fit()],
  [["r"], "restore to here", () => byId("time-restore").click()],
  [["u"], "take the newest change back", () => waysBack.undo()],
  [["/"], "search in the audit", search],
  ...panels.map((panel, at) => [[String(at + 1)], byId(`tab-${panel}`).textContent.trim(), () => openPanel(panel)]),
  [["Escape"], "select nothing", () => select(null)],
  [["?"], "these keys", () => byId("keys").showModal()],
]);
byId("show-keys").addEventListener("click", () => byId("keys").showModal());
byId("keys-close").addEventListener("click", () => byId("keys").close());

fill(byId("legend"), ...Object.entries(kinds).map(([kind, name]) => element("li", {}, element("span", { class: "dot", "data-kind": kind }), name)));

onThemeChange(() => {
  theme = readTheme(kinds);
  for (const part of [view, time, server]) part.setTheme(theme);
});

openPanel(panels.includes(location.hash.slice(1)) ? location.hash.slice(1) : "table");

/** For a look from the browser's own console, and for tests. */
globalThis.spelltable = { table, machine, time, view };
