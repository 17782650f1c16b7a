// The table's document at any moment, at once.
//
// A document shares everything untouched with the one before it, so that a checkpoint every few events costs little more than the
// events themselves, and a step to any moment applies a few patches only. History is fetched backwards, a chunk at a time; each
// chunk begins with the server's document there.

import { applyPatch, isEqual } from "./client/json-patch.js";
import { changedParts } from "./parts.js";
import { kindOf, sentenceOf } from "./sentences.js";

const checkpointInterval = 32;

/** While history is read, the page is let draw after so many milliseconds. */
const slice = 8;

/** What came isn't the history of this table. */
export class HistoryError extends Error {
  name = "HistoryError";
}

/** Events with their documents, from `first` to the newest. */
export class TimeMachine {
  /**
   * `{event, offset, time, kind, sentence, actor, scene, keys, gone}` of each event, oldest first and without gaps; `keys` are the
   * parts that it touched (parts.js), `gone` those of them that it took away.
   */
  records = [];
  /** The offset of `records[0]`, or of the next event while there is none. */
  first = 0;
  /** Whether nothing older is to be had. */
  isComplete = false;
  /** The checkpoints: index into `records` → the document before that event. */
  #checkpoints = new Map();
  /** The document that was asked for last, so that a step forward is one patch. */
  #cursor = null;
  /** Counts the beginnings, so that what was fetched for an earlier one isn't taken for this one's. */
  #generation = 0;
  #newest;
  #fetch;
  #base;

  /** `base` is the server's address, ending in a slash; `fetch` is the browser's, or a test's. */
  constructor({ base, fetch = globalThis.fetch.bind(globalThis) }) {
    this.#base = base;
    this.#fetch = fetch;
  }

  /** The newest event, or the one before `first`. */
  get last() {
    return this.first + this.records.length - 1;
  }

  /** Begins anew with a document and the offset of its newest event. */
  reset(offset, document) {
    this.records = [];
    this.first = offset + 1;
    this.isComplete = offset < 0;
    this.#newest = document;
    this.#checkpoints = new Map([[0, document]]);
    this.#cursor = null;
    this.#generation += 1;
  }

  /** An event that just happened, with the document after it. */
  append(event, document) {
    if (event.offset !== this.last + 1) throw new HistoryError(`after event ${this.last} came event ${event.offset}`);
    if (this.records.length % checkpointInterval === 0) this.#checkpoints.set(this.records.length, this.#newest);
    this.records.push(recordOf(event, this.#newest, document));
    this.#newest = document;
  }

  /** The record of an event, or undefined where it isn't here. */
  record(offset) {
    return this.records[offset - this.first];
  }

  /** The document after an event; `first - 1` is the one before the first. Undefined where that isn't here. */
  documentAt(offset) {
    if (offset < this.first - 1 || offset > this.last) return undefined;
    if (offset === this.last) return this.#newest;
    const index = offset + 1 - this.first;
    let at = index - (index % checkpointInterval);
    while (!this.#checkpoints.has(at)) at -= 1;
    let document = this.#checkpoints.get(at);
    if (this.#cursor && this.#cursor.index <= index && this.#cursor.index > at) {
      at = this.#cursor.index;
      document = this.#cursor.document;
    }
    for (; at < index; at += 1) document = applyPatch(document, this.records[at].event.patch);
    this.#cursor = { index, document };
    return document;
  }

  /**
   * Fetches up to `count` events before `first`; says how many came (none where the machine has begun anew meanwhile).
   *
   * Throws HistoryError where they don't lead to what is here, and what fetch throws; nothing has changed then.
   */
  async loadEarlier(count) {
    if (this.isComplete) return 0;
    const [generation, end, target] = [this.#generation, this.first, this.documentAt(this.first - 1)];
    const oldest = (await this.#lines("events?limit=1"))[0]?.offset ?? end;
    const from = Math.max(oldest, end - count);
    let chunk = null;
    if (from < end) {
      const document = await this.#json(`snapshot?at=${from - 1}`);
      const events = await this.#lines(`events?after=${from - 1}&limit=${end - from}`);
      if (this.#generation === generation) chunk = await read(events, document, from, end, target);
    }
    if (this.#generation !== generation) return 0;
    if (chunk) this.#prepend(chunk);
    this.isComplete = from <= oldest;
    return end - from;
  }

  #prepend({ records, checkpoints }) {
    for (const [index, document] of this.#checkpoints) checkpoints.set(index + records.length, document);
    this.#checkpoints = checkpoints;
    this.#cursor = null;
    // What was appended while the chunk came stands in `this.records` already.
    this.records = records.concat(this.records);
    this.first -= records.length;
  }

  async #json(path) {
    return (await this.#answer(path)).json();
  }

  async #lines(path) {
    const text = await (await this.#answer(path)).text();
    return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
  }

  async #answer(path) {
    const answer = await this.#fetch(this.#base + path);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }
}

/** Records and checkpoints of the events from `from` up to `end`, which begin with `document` and have to lead to `target`. */
async function read(events, document, from, end, target) {
  if (events.length !== end - from) throw new HistoryError(`${end - from} events were asked for, ${events.length} came`);
  const [records, checkpoints] = [[], new Map()];
  let pauseAt = performance.now() + slice;
  let before = document;
  for (const [index, event] of events.entries()) {
    if (event.offset !== from + index) throw new HistoryError(`event ${event.offset} came in the place of ${from + index}`);
    if (index % checkpointInterval === 0) checkpoints.set(index, before);
    const after = applyPatch(before, event.patch);
    records.push(recordOf(event, before, after));
    before = after;
    if (performance.now() > pauseAt) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      pauseAt = performance.now() + slice;
    }
  }
  if (!isEqual(before, target)) throw new HistoryError(`the events up to ${end - 1} don't lead to the document there`);
  return { records, checkpoints };
}

function recordOf(event, before, after) {
  const parts = changedParts(before, after);
  return {
    event, offset: event.offset, time: Date.parse(event.time), kind: kindOf(event, parts), sentence: sentenceOf(event, parts),
    actor: event.actor ?? "", scene: sceneOf(event, parts, after), keys: parts.map(({ key }) => key),
    gone: parts.filter((part) => part.after === undefined).map(({ key }) => key),
  };
}

/** The name of the scene that an event is about: of the one on the table, or of the saved one that it changed. */
function sceneOf(event, parts, after) {
  if (event.type.startsWith("scene.")) return parts.find(({ kind }) => kind === "scenes")?.name ?? "";
  if (/^(live|viewer)\./.test(event.type)) return String(after.live?.name ?? "");
  return "";
}
