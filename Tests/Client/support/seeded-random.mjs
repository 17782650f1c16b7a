// Random documents and choices that a printed seed brings back.

import { canonicalForm, pointerTo } from "../../../Tools/client/spelltable.js";

export class SeededRandom {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** 0 ≤ x < 1 (mulberry32). */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  below(count) {
    return Math.floor(this.next() * count);
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  name() {
    return this.pick(["a", "b", "x/y", "m~n", "", "é", "😀", "\ue000", "__proto__", "10", "9", "constructor", "a b"]);
  }

  number() {
    return this.pick([0, 1, -1, 0.1, 1e21, 1e-7, 123456789012345680000, 5e-324, this.next(), this.below(1e6) / 8]);
  }

  scalar() {
    return this.pick([null, true, false, this.number(), this.name(), `text ${this.below(1000)}`, "\u0000\u2028\"\\\n"]);
  }

  value(depth) {
    const kind = depth > 0 ? this.below(3) : 0;
    if (kind === 0) return this.scalar();
    const count = this.below(4);
    if (kind === 1) return Array.from({ length: count }, () => this.value(depth - 1));
    return Object.fromEntries(Array.from({ length: count }, () => [this.name(), this.value(depth - 1)]));
  }

  object(depth) {
    return Object.fromEntries(Array.from({ length: 1 + this.below(5) }, () => [this.name(), this.value(depth - 1)]));
  }

  /** Every place in a document, as tokens. */
  static places(value, prefix = []) {
    if (typeof value !== "object" || value === null) return [prefix];
    return [prefix, ...Object.keys(value).flatMap((key) => SeededRandom.places(value[key], [...prefix, key]))];
  }

  /** One operation that fits the document; of the kinds that a journal has. */
  operation(document) {
    const places = SeededRandom.places(document);
    const inner = places.filter((place) => place.length > 0);
    const kind = inner.length === 0 ? "add" : this.pick(["add", "add", "remove", "replace", "move"]);
    if (kind === "add") return { op: "add", path: this.#newPlace(document, places), value: this.value(2) };
    const path = pointerTo(...this.pick(inner));
    if (kind === "remove") return { op: kind, path };
    if (kind === "replace") return { op: kind, path, value: this.value(2) };
    const from = this.pick(inner);
    const to = inner.filter((place) => canonicalForm(place.slice(0, -1)) === canonicalForm(from.slice(0, -1)));
    return { op: "move", from: pointerTo(...from), path: pointerTo(...this.pick(to)) };
  }

  #newPlace(document, places) {
    const containers = places.filter((place) => {
      const value = place.reduce((inside, key) => inside[key], document);
      return typeof value === "object" && value !== null;
    });
    const place = this.pick(containers);
    const container = place.reduce((inside, key) => inside[key], document);
    const last = Array.isArray(container) ? this.pick(["-", this.below(container.length + 1)]) : this.name();
    return pointerTo(...place, last);
  }
}
