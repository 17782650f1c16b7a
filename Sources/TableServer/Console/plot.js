// A small plot of one or two rows of numbers over the last minutes.

import { blank, followSize } from "./canvas-size.js";
import { drawnOncePerFrame, element, fill } from "./dom.js";

/** A figure with a title, the newest value, and a line for each of `names`. */
export class Plot {
  element;
  #canvas = element("canvas", { role: "img" });
  #value = element("output", {});
  #title;
  #format;
  #names;
  #points = [];
  #theme;
  #span;
  #draw = drawnOncePerFrame(() => this.#paint());

  /** `format(number)` gives the text of a value; `span` is in milliseconds. */
  constructor(title, { names = [""], format, theme, span }) {
    [this.#title, this.#names, this.#format, this.#theme, this.#span] = [title, names, format, theme, span];
    this.element = element("figure", { class: "plot" }, element("figcaption", {}, title, this.#value), this.#canvas);
    this.#canvas.setAttribute("aria-label", title);
    followSize(this.#canvas, () => this.#draw());
  }

  /** A value for each name at a time (milliseconds); null is a hole. */
  add(time, values) {
    this.#points.push({ time, values });
    while (this.#points[0].time < time - this.#span) this.#points.shift();
    const texts = values.map((value, at) => `${this.#names[at]} ${value === null ? "–" : this.#format(value)}`.trim());
    // Each in the colour of its line.
    fill(this.#value, ...texts.flatMap((text, at) => [at > 0 && " · ", element("span", { class: at > 0 && "second" }, text)]));
    this.#canvas.setAttribute("aria-label", `${this.#title}: ${texts.join(" · ")}`);
    this.#draw();
  }

  setTheme(theme) {
    this.#theme = theme;
    this.#draw();
  }

  #paint() {
    const { context, width, height } = blank(this.#canvas);
    if (this.#points.length === 0) return;
    const most = Math.max(1e-9, ...this.#points.flatMap(({ values }) => values.filter((value) => value !== null)));
    const end = this.#points.at(-1).time;
    const place = (time, value) => [width - 2 - ((end - time) / this.#span) * (width - 4), height - 3 - (value / most) * (height - 16)];
    context.strokeStyle = this.#theme.line;
    context.strokeRect(0.5, 0.5, width - 1, height - 1);
    context.fillStyle = this.#theme.faint;
    context.font = "10px system-ui, sans-serif";
    context.fillText(this.#format(most), 4, 11);
    this.#names.forEach((_, at) => this.#line(context, at, place));
  }

  #line(context, at, place) {
    context.strokeStyle = at === 0 ? this.#theme.accent : this.#theme.faint;
    context.lineWidth = 1.5;
    context.beginPath();
    let isDown = false;
    for (const { time, values } of this.#points) {
      if (values[at] === null) {
        isDown = false;
        continue;
      }
      const [x, y] = place(time, values[at]);
      if (isDown) context.lineTo(x, y);
      else {
        context.moveTo(x, y);
        // A value without neighbours would be a line of no length.
        context.fillStyle = context.strokeStyle;
        context.fillRect(x - 1, y - 1, 2, 2);
      }
      isDown = true;
    }
    context.stroke();
  }
}
