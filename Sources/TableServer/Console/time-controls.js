// The moment that is looked at: live, or one of the past, by timeline, buttons, keys and playing.

import { byId, drawnOncePerFrame } from "./dom.js";
import { Player } from "./player.js";
import { Timeline } from "./timeline.js";
import { actorText, clockText, countText, dateText, numberText } from "./texts.js";

/** Events that are fetched without being asked for, from the newest back. */
const loadedAtOnce = 2000;
const loadedFreely = 20_000;

/**
 * What stands under the table.
 *
 * Told are `shown(document, offset, isLive)` whenever another moment is to be seen, `historyChanged()` when older events have come,
 * `restore(offset)` when that is wanted, and `problem(text)`.
 */
export class TimeControls {
  #machine;
  #timeline;
  #player;
  #shown;
  #problem;
  #historyChanged;
  /** The event that is looked at; null follows what happens. */
  #offset = null;
  /** The fetch that is under way: of two at once, one would be in vain. */
  #loading = null;
  #generation = 0;
  #update = drawnOncePerFrame(() => this.#show());

  constructor({ machine, theme, shown, restore, problem, historyChanged }) {
    this.#machine = machine;
    this.#shown = shown;
    this.#problem = problem;
    this.#historyChanged = historyChanged;
    this.#timeline = new Timeline(byId("timeline"), { machine, theme, chosen: (offset) => this.go(offset, { isDrag: true }) });
    this.#player = new Player({ step: () => this.#playStep(), changed: (isPlaying) => this.#playingChanged(isPlaying) });
    const onclick = { first: () => this.go(machine.first - 1), back: () => this.step(-1), play: () => this.play(), forward: () => this.step(1), live: () => this.goLive() };
    for (const [id, handler] of Object.entries(onclick)) byId(`time-${id}`).addEventListener("click", handler);
    byId("time-speed").addEventListener("change", ({ target }) => (this.#player.speed = Number(target.value)));
    byId("time-restore").addEventListener("click", () => restore(this.offset));
    byId("time-earlier").addEventListener("click", () => this.loadEarlier());
  }

  /** The event that is looked at. */
  get offset() {
    return this.#offset ?? this.#machine.last;
  }

  get isLive() {
    return this.#offset === null;
  }

  get timeline() {
    return this.#timeline;
  }

  /** The document that is looked at. */
  get document() {
    return this.#machine.documentAt(this.offset);
  }

  /** Shows the table after an event; the nearest where it isn't here. */
  go(offset, { isDrag = false } = {}) {
    this.#player.stop();
    this.#go(offset, isDrag);
  }

  goLive() {
    this.#player.stop();
    this.#offset = null;
    this.#update();
  }

  step(count) {
    this.go(this.offset + count);
  }

  /** Plays on from here, or from the beginning of what is here if nothing follows. */
  play() {
    if (!this.#player.isPlaying && this.offset >= this.#machine.last) this.#go(this.#machine.first - 1, false);
    this.#player.toggle();
  }

  /** The machine has another newest event, or other older ones. */
  changed() {
    this.#timeline.changed();
    this.#update();
  }

  /** The machine begins anew: back to what happens now, and its history is fetched. */
  async begin() {
    this.#generation += 1;
    const generation = this.#generation;
    this.goLive();
    while (generation === this.#generation && !this.#machine.isComplete && this.#machine.records.length < loadedFreely) {
      if (!(await this.loadEarlier())) return;
    }
  }

  /** Fetches some more of the past; says whether that went well. */
  loadEarlier() {
    this.#loading ??= this.#load().finally(() => (this.#loading = null));
    return this.#loading;
  }

  async #load() {
    try {
      await this.#machine.loadEarlier(loadedAtOnce);
      this.#historyChanged();
      return true;
    } catch (error) {
      this.#problem(`The past can't be read: ${error.message}`);
      return false;
    }
  }

  setTheme(theme) {
    this.#timeline.setTheme(theme);
  }

  #go(offset, isDrag) {
    const nearest = Math.min(Math.max(offset, this.#machine.first - 1), this.#machine.last);
    // Dragged to the right end, the table goes on with what happens.
    this.#offset = isDrag && nearest === this.#machine.last ? null : nearest;
    this.#update();
  }

  #playStep() {
    const record = this.#machine.record(this.offset + 1);
    if (!record || this.isLive) return null;
    this.#go(record.offset, false);
    const next = this.#machine.record(record.offset + 1);
    return next ? { time: record.time, next: next.time } : null;
  }

  #playingChanged(isPlaying) {
    byId("time-play").textContent = isPlaying ? "Pause" : "Play";
    byId("time-play").setAttribute("aria-pressed", String(isPlaying));
  }

  #show() {
    const begun = performance.now();
    const { offset, document } = this;
    if (document === undefined) return;
    this.#timeline.show(offset);
    const record = this.#machine.record(offset);
    byId("time-now").textContent = record
      ? `Event ${numberText(offset)} · ${dateText(record.time)} ${clockText(record.time)} · ${actorText(record.actor)}: ${record.sentence}`
      : offset < 0 ? "Before the first event" : `Event ${numberText(offset)}`;
    byId("time-restore").disabled = this.isLive || offset >= this.#machine.last;
    byId("time-live").setAttribute("aria-pressed", String(this.isLive));
    byId("time-earlier").hidden = this.#machine.isComplete;
    byId("time-count").textContent = `${countText(this.#machine.records.length, "event")}${this.#machine.isComplete ? "" : " of more"}`;
    this.#shown(document, offset, this.isLive);
    performance.measure("show moment", { start: begun });
  }
}
