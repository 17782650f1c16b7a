// The timeline under the table: how much happened when, coloured by kind, and the moment that is looked at.

import { blank, followSize } from "./canvas-size.js";
import { drawnOncePerFrame } from "./dom.js";
import { kinds } from "./sentences.js";
import { sessionsOf } from "./sessions.js";
import { clockText, dateText, spanText } from "./texts.js";
import { TimelineScale } from "./timeline-scale.js";

const barPixels = 4;
const headPixels = 18;
const kindNames = Object.keys(kinds);

/** A canvas that plots the events of a time machine, and on which a moment is chosen by dragging. */
export class Timeline {
  #canvas;
  #machine;
  #theme;
  #chosen;
  #offset = -1;
  #scale = null;
  #bars = null;
  #marks = new Set();
  #draw = drawnOncePerFrame(() => this.#paint());

  /** `chosen(offset)` is told each moment that the pointer is on while it is down. */
  constructor(canvas, { machine, theme, chosen }) {
    this.#canvas = canvas;
    this.#machine = machine;
    this.#theme = theme;
    this.#chosen = chosen;
    followSize(canvas, () => this.changed());
    this.#listen();
  }

  /** The machine has other events than before. */
  changed() {
    this.#scale = null;
    this.#draw();
  }

  /** Marks the moment that is looked at. */
  show(offset) {
    this.#offset = offset;
    this.#canvas.setAttribute("aria-valuemin", this.#machine.first - 1);
    this.#canvas.setAttribute("aria-valuemax", this.#machine.last);
    this.#canvas.setAttribute("aria-valuenow", offset);
    const record = this.#machine.record(offset);
    this.#canvas.setAttribute("aria-valuetext", record ? `event ${offset}, ${dateText(record.time)} ${clockText(record.time)}` : `event ${offset}`);
    this.#draw();
  }

  /** Points at some events: those that touched what is selected. */
  mark(offsets) {
    this.#marks = new Set(offsets);
    this.#draw();
  }

  setTheme(theme) {
    this.#theme = theme;
    this.#draw();
  }

  /** The pixel (CSS) of an event, for tests that drag there. */
  xOf(offset) {
    this.#measure();
    return this.#scale.xOf(offset - this.#machine.first);
  }

  #measure() {
    if (this.#scale) return;
    const times = this.#machine.records.map(({ time }) => time);
    this.#scale = new TimelineScale(times, sessionsOf(times), this.#canvas.clientWidth);
    this.#bars = this.#countedBars();
  }

  /** Per bar of some pixels, how many events of each kind; and the time that a bar stands for. */
  #countedBars() {
    const bars = new Map();
    for (const span of this.#scale.spans) {
      const minutes = Math.max(1 / 60, ((span.end - span.start) / 60_000) * Math.min(1, barPixels / span.width));
      for (let index = span.first; index <= span.last; index += 1) {
        const at = Math.min(Math.floor((this.#scale.xOf(index) - span.left) / barPixels), Math.ceil(span.width / barPixels) - 1);
        const x = span.left + Math.max(0, at) * barPixels;
        if (!bars.has(x)) bars.set(x, { counts: new Map(), total: 0, perMinute: 0, minutes });
        const bar = bars.get(x);
        const { kind } = this.#machine.records[index];
        bar.counts.set(kind, (bar.counts.get(kind) ?? 0) + 1);
        bar.total += 1;
        bar.perMinute = bar.total / minutes;
      }
    }
    return bars;
  }

  #paint() {
    const { context, width, height } = blank(this.#canvas);
    if (width === 0 || this.#machine.records.length === 0) return;
    this.#measure();
    this.#paintSpans(context, height);
    this.#paintBars(context, height);
    this.#paintMarks(context, height);
    this.#paintMoment(context, width, height);
  }

  #paintSpans(context, height) {
    context.font = "11px system-ui, sans-serif";
    context.textBaseline = "middle";
    context.textAlign = "left";
    for (const { left, width, start, end } of this.#scale.spans) {
      context.fillStyle = this.#theme.floor;
      context.fillRect(left, headPixels, width, height - headPixels);
      const room = width - (start === this.#scale.spans.at(-1).start ? 90 : 0);
      const texts = [`${dateText(start)} · ${clockText(start).slice(0, 5)} · ${spanText((end - start) / 1000)}`, dateText(start), dateText(start).slice(5)];
      const text = texts.find((candidate) => context.measureText(candidate).width <= room);
      context.fillStyle = this.#theme.faint;
      if (text) context.fillText(text, left, headPixels / 2);
    }
  }

  /** A bar's height is the square root of its events per minute, so that a quiet minute beside a busy one can still be seen. */
  #paintBars(context, height) {
    const room = height - headPixels - 2;
    const most = Math.max(...[...this.#bars.values()].map(({ perMinute }) => perMinute));
    for (const [x, { counts, total, perMinute }] of this.#bars) {
      const tall = Math.max(3, Math.sqrt(perMinute / most) * room);
      let y = height;
      for (const kind of kindNames) {
        if (!counts.has(kind)) continue;
        const part = (counts.get(kind) / total) * tall;
        y -= part;
        context.fillStyle = this.#theme.kinds[kind];
        context.fillRect(x, y, barPixels - 1, part);
      }
    }
    context.textAlign = "right";
    context.fillStyle = this.#theme.faint;
    context.fillText(`up to ${Math.round(most)}/min`, this.#canvas.clientWidth - 8, headPixels / 2);
  }

  #paintMarks(context) {
    context.fillStyle = this.#theme.selection;
    for (const offset of this.#marks) {
      const index = offset - this.#machine.first;
      if (index < 0 || index >= this.#machine.records.length) continue;
      const x = this.#scale.xOf(index);
      context.beginPath();
      context.moveTo(x - 4, headPixels - 5);
      context.lineTo(x + 4, headPixels - 5);
      context.lineTo(x, headPixels + 2);
      context.fill();
    }
  }

  #paintMoment(context, width, height) {
    const index = this.#offset - this.#machine.first;
    const x = index < 0 ? 0 : Math.min(width - 1, this.#scale.xOf(Math.min(index, this.#machine.records.length - 1)));
    context.fillStyle = this.#theme.accent;
    context.fillRect(x - 1, headPixels - 4, 2, height);
    context.beginPath();
    context.arc(x, headPixels - 4, 5, 0, 2 * Math.PI);
    context.fill();
  }

  #listen() {
    const canvas = this.#canvas;
    const choose = (event) => {
      if (this.#machine.records.length === 0) return;
      this.#measure();
      this.#chosen(this.#machine.first + this.#scale.indexAt(event.offsetX));
    };
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      choose(event);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (canvas.hasPointerCapture(event.pointerId)) choose(event);
    });
  }
}
