// The table on a canvas: follows the document that it is given, can be panned and zoomed, and says what was clicked.

import { followSize } from "./canvas-size.js";
import { drawnOncePerFrame } from "./dom.js";
import { Images } from "./images.js";
import { layoutOf, thingAt } from "./scene-layout.js";
import { paint } from "./scene-painter.js";

const zoomMax = 12;

/** A canvas with the table on it. */
export class TableView {
  #canvas;
  #document = null;
  #layout = null;
  #theme;
  #images;
  #selected = null;
  #pointers = new Map();
  #moved = 0;
  /** Times the size at which all fits, and the cell in the middle; null is the middle of it all. */
  #zoom = 1;
  #middle = null;
  #draw = drawnOncePerFrame(() => this.#paint());
  #picked;

  /** `picked(thing)` is told what was clicked, null for nothing. */
  constructor(canvas, { base, theme, picked }) {
    this.#canvas = canvas;
    this.#theme = theme;
    this.#picked = picked;
    this.#images = new Images(base, () => this.#changed());
    followSize(canvas, () => this.#draw());
    this.#listen();
  }

  /** Shows a document. */
  show(document) {
    if (document === this.#document) return;
    this.#document = document;
    this.#changed();
  }

  /** Marks the thing with a key, or nothing. */
  select(key) {
    this.#selected = key;
    this.#draw();
  }

  setTheme(theme) {
    this.#theme = theme;
    this.#draw();
  }

  /** All of it again. */
  fit() {
    this.#zoom = 1;
    this.#middle = null;
    this.#draw();
  }

  /** By a factor, about a place on the canvas (CSS pixels) or its middle. */
  zoomBy(factor, at = { x: this.#canvas.clientWidth / 2, y: this.#canvas.clientHeight / 2 }) {
    const before = this.#cellAt(at);
    this.#zoom = Math.min(zoomMax, Math.max(0.5, this.#zoom * factor));
    const after = this.#cellAt(at);
    this.#panBy(before.x - after.x, before.y - after.y);
  }

  /** The place of a cell on the canvas, in CSS pixels: for tests that look at pixels. */
  pointOf(x, y) {
    const { scale, left, top } = this.#view();
    const ratio = devicePixelRatio || 1;
    return { x: ((x - left) * scale) / ratio, y: ((y - top) * scale) / ratio };
  }

  /** What is drawn, in cells. */
  get layout() {
    return this.#layout;
  }

  #changed() {
    if (!this.#document) return;
    this.#layout = layoutOf(this.#document, (blob, mediaType) => this.#images.size(blob, mediaType));
    this.#draw();
  }

  #paint() {
    if (!this.#layout || this.#canvas.width === 0) return;
    paint(this.#canvas.getContext("2d"), this.#layout, {
      view: this.#view(), imageOf: (blob) => this.#images.image(blob), selected: this.#selected, theme: this.#theme,
    });
  }

  #view() {
    const { width, height } = this.#canvas;
    const bounds = this.#layout?.bounds ?? { left: 0, top: 0, width: 1, height: 1 };
    const scale = this.#zoom * Math.min(width / (bounds.width + 1), height / (bounds.height + 1));
    const middle = this.#middle ?? { x: bounds.left + bounds.width / 2, y: bounds.top + bounds.height / 2 };
    return { scale, left: middle.x - width / 2 / scale, top: middle.y - height / 2 / scale };
  }

  #cellAt({ x, y }) {
    const { scale, left, top } = this.#view();
    const ratio = devicePixelRatio || 1;
    return { x: (x * ratio) / scale + left, y: (y * ratio) / scale + top };
  }

  #panBy(dx, dy) {
    const { scale, left, top } = this.#view();
    this.#middle = { x: left + this.#canvas.width / 2 / scale + dx, y: top + this.#canvas.height / 2 / scale + dy };
    this.#draw();
  }

  #listen() {
    const canvas = this.#canvas;
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      if (this.#pointers.size === 0) this.#moved = 0;
      this.#pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    });
    canvas.addEventListener("pointermove", (event) => this.#pointerMoved(event));
    for (const name of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(name, (event) => {
        const wasAlone = this.#pointers.size === 1;
        if (this.#pointers.delete(event.pointerId) && wasAlone && this.#moved < 5 && name === "pointerup") this.#pick(event);
      });
    }
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoomBy(Math.exp(-event.deltaY / 400), { x: event.offsetX, y: event.offsetY });
    }, { passive: false });
    canvas.addEventListener("dblclick", () => this.fit());
  }

  #pointerMoved(event) {
    const last = this.#pointers.get(event.pointerId);
    if (!last) return;
    const now = { x: event.offsetX, y: event.offsetY };
    const [dx, dy] = [now.x - last.x, now.y - last.y];
    this.#moved += Math.hypot(dx, dy);
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.#pointers.set(event.pointerId, now);
    if (other) {
      const stretch = Math.hypot(now.x - other.x, now.y - other.y) / Math.max(1, Math.hypot(last.x - other.x, last.y - other.y));
      this.zoomBy(stretch, { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
    } else if (this.#moved >= 5) {
      const ratio = devicePixelRatio || 1;
      const { scale } = this.#view();
      this.#panBy((-dx * ratio) / scale, (-dy * ratio) / scale);
    }
  }

  #pick(event) {
    if (!this.#layout) return;
    const { x, y } = this.#cellAt({ x: event.offsetX, y: event.offsetY });
    this.#picked(thingAt(this.#layout, x, y));
  }
}
