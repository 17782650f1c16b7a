// A table on a SpellTable server: its document, always up to date, and commands that don't get lost.
//
//     const table = new Table("http://localhost:8010");
//     table.on("change", ({ document }) => draw(document.live));
//     await table.send("viewer.blank");
//
// docs/client.md walks through it; docs/sync-protocol.md is what is spoken.

import { Connection, defaultTimes } from "./connection.js";
import { DocumentDigest } from "./document-digest.js";
import { deepFreeze, valueAt } from "./json-patch.js";
import { CommandError, Outbox, checkedData, commandLine } from "./outbox.js";
import { Replica, ReplicaError } from "./replica.js";
import { MemoryStorage } from "./storage.js";

export { PatchError, applyPatch, pointerTo, valueAt } from "./json-patch.js";
export { DocumentDigest, canonicalForm, sha256 } from "./document-digest.js";
export { CommandError } from "./outbox.js";
export { DatabaseStorage, MemoryStorage, WebStorage } from "./storage.js";

const protocol = "spelltable.events.v1";

/** Hashing a large document goes in slices of so many milliseconds, so that a page keeps drawing. */
const digestSlice = 8;

const systemClock = {
  now: () => Date.now(),
  setTimeout: (action, delay) => globalThis.setTimeout(action, delay),
  clearTimeout: (timer) => globalThis.clearTimeout(timer),
};

/** A copy of a server's table. docs/client.md, "Reference". */
export class Table {
  #replica = new Replica();
  #outbox = new Outbox();
  #digest = new DocumentDigest();
  #connection;
  #storage;
  #clock;
  #random;
  #newId;
  #times;
  #handlers = new Map();
  #state = "away";
  #lastClose = null;
  /** The promises of commands by id: `{resolve, reject}`, several where one command took another's place. */
  #promises = new Map();
  /** Commands that are done, but whose event hasn't been applied yet: `{offset, settle}`. */
  #unseen = [];
  #batch = null;
  #commandNumber = 0;
  #outboxTimer = null;
  #saveTimer = null;
  #savedAt = -Infinity;
  #savedDocument = null;
  #lastStorage = Promise.resolve();
  #digestTimer = null;
  #verifiedOffset = null;
  /** Snapshots asked for since the document was last found right. */
  #heals = 0;
  #ignored = [];

  /** Begins to connect at once; all `options` may be left out. Throws TypeError for what is no http(s) or ws(s) URL. */
  constructor(address, options = {}) {
    const { clock = systemClock, random = Math.random, WebSocket = globalThis.WebSocket } = options;
    this.#clock = clock;
    this.#random = random;
    this.#newId = options.newId ?? randomId;
    this.#storage = options.storage ?? new MemoryStorage();
    this.#times = { save: 10_000, ...defaultTimes, ...options.times };
    const endpoint = webSocketAddress(address);
    if (!WebSocket) throw new TypeError("there is no WebSocket here: give one as the option `WebSocket`");
    this.#connection = new Connection({
      WebSocket, protocol, clock, random, times: this.#times,
      address: () => endpoint + this.#replica.query(),
      received: (text) => this.#received(text),
      closed: (close) => this.#closed(close),
      quiet: () => this.#ping(),
    });
    this.#listenToPage();
    this.#start();
  }

  /** The whole document as it is now, frozen; undefined before the first one has come. */
  get document() {
    return this.#replica.document;
  }

  /** The newest event in `document`; -1 is the table before its first event. */
  get offset() {
    return this.#replica.offset;
  }

  /** The uuid of the journal that `offset` counts in, null before a server has said it. */
  get journal() {
    return this.#replica.journal;
  }

  /** `"live"`, `"catching-up"`, `"away"` or `"closed"`. */
  get state() {
    return this.#state;
  }

  /** The commands that the server hasn't confirmed yet, oldest first, as they would be shown. */
  get unsaved() {
    return this.#outbox.entries.map(({ id, name, data, key, since }) => ({ id, name, data, key, since }));
  }

  /** What stands at a JSON Pointer in the document, or undefined. */
  at(pointer) {
    return valueAt(this.document, pointer);
  }

  /** Calls `handler` for every event of that name from now on; the returned function ends that. */
  on(name, handler) {
    if (!this.#handlers.has(name)) this.#handlers.set(name, new Set());
    // A function of its own for each call, so that the same handler given twice is two.
    const entry = (event) => handler(event);
    this.#handlers.get(name).add(entry);
    return () => this.#handlers.get(name).delete(entry);
  }

  /** Calls `handler(value, previous)` now and whenever what stands at a JSON Pointer has changed. */
  watch(pointer, handler) {
    let last = this.at(pointer);
    const end = this.on("change", () => {
      const [value, previous] = [this.at(pointer), last];
      last = value;
      if (value !== previous) handler(value, previous);
    });
    if (last !== undefined) handler(last, undefined);
    return end;
  }

  /**
   * Sends a command, now or when the server is there again, and as often as it takes.
   *
   * Resolves to `{id, offset, answer}` when it is on the server's disk and in `document`; rejects with CommandError.
   */
  async send(name, data = {}, { ifOffset, key } = {}) {
    if (this.#state === "closed") throw new CommandError("closed", "this table was closed");
    const entry = {
      id: this.#newId(), name, data: deepFreeze(checkedData(data)), ifOffset, key, since: this.#clock.now(),
      number: this.#commandNumber++, journal: this.#replica.journal, sentAt: null,
    };
    const outcome = new Promise((resolve, reject) => this.#promises.set(entry.id, [{ resolve, reject }]));
    const replaced = this.#outbox.add(entry);
    if (replaced) this.#follow(replaced.id, entry.id);
    this.#store((storage) => storage.saveCommand(entry));
    this.#emitUnsaved();
    this.#sendNext();
    return outcome;
  }

  /** Shows an effect without state to the others, if the server is there; says whether it was sent. */
  effect(message) {
    return this.#isGreeted() && this.#connection.send(JSON.stringify({ type: "effect", id: this.#newId(), message }));
  }

  /** Connects at once if the table is away. The page's own `online` and `visibilitychange` do that anyway. */
  retry() {
    this.#connection.wake();
  }

  /** Leaves. Resolves when the storage has all; commands not saved yet stay in it and are rejected with `closed`. */
  async close() {
    if (this.#state === "closed") return this.#lastStorage;
    this.#connection.stop();
    for (const timer of [this.#outboxTimer, this.#digestTimer]) this.#clock.clearTimeout(timer);
    this.#saveReplica();
    for (const ignore of this.#ignored) ignore();
    this.#setState("closed");
    const error = new CommandError("closed", "the table was closed before the server confirmed this");
    for (const id of this.#promises.keys()) this.#settle(id, ({ reject }) => reject(error));
    for (const { settle } of this.#unseen.splice(0)) settle();
    return this.#lastStorage;
  }

  // Starting

  async #start() {
    try {
      const { replica, commands } = await this.#storage.load();
      if (replica) this.#replica.restore(replica);
      this.#outbox.restore(commands);
    } catch (error) {
      this.#problem("storage", `what was stored can't be read: ${error.message}`, { error });
    }
    if (this.#state === "closed") return;
    if (this.document !== undefined) {
      this.#savedDocument = this.document;
      this.#emit("change", { document: this.document, previous: undefined, events: [], patch: null, reason: "stored" });
    }
    if (this.#outbox.entries.length > 0) this.#emitUnsaved();
    this.#connection.start();
  }

  #listenToPage() {
    const listen = (target, name, handler) => {
      target.addEventListener(name, handler);
      this.#ignored.push(() => target.removeEventListener(name, handler));
    };
    if (typeof globalThis.addEventListener !== "function" || !globalThis.document) return;
    listen(globalThis, "online", () => this.#connection.wake());
    listen(globalThis, "pagehide", () => this.#saveReplica());
    listen(globalThis.document, "visibilitychange", () => {
      if (globalThis.document.visibilityState === "visible") this.#connection.wake();
      else this.#saveReplica();
    });
  }

  // What the server says

  #received(text) {
    try {
      for (const line of text.split("\n")) {
        // A handler may have closed the table meanwhile.
        if (line !== "" && this.#state !== "closed") this.#take(JSON.parse(line));
      }
    } catch (error) {
      if (!(error instanceof ReplicaError) && !(error instanceof SyntaxError)) throw error;
      this.#flushBatch();
      this.#heal("stream", error.message);
    }
    this.#flushBatch();
    this.#sendNext();
  }

  #take(line) {
    if (typeof line?.type !== "string") throw new ReplicaError("the server sent a line without a type");
    if (line.type.includes(".")) return this.#takeEvent(line);
    this.#flushBatch();
    switch (line.type) {
      case "hello": return this.#greeted(line);
      case "snapshot": return this.#takeSnapshot(line);
      case "live": return this.#becameLive(line);
      case "behind": return this.#fellBehind();
      case "pong": return this.#told(line);
      case "ack": return this.#acknowledged(line);
      case "error": return this.#refused(line);
      case "effect": return this.#emit("effect", line.message);
      default: // A newer server's line that this client doesn't know says nothing about the document.
    }
  }

  #takeEvent(event) {
    const previous = this.document;
    this.#replica.apply(event);
    this.#batch ??= { previous, events: [] };
    this.#batch.events.push(event);
    this.#emit("event", { event, document: this.document });
  }

  #flushBatch() {
    if (!this.#batch) return;
    const { previous, events } = this.#batch;
    this.#batch = null;
    const patch = events.flatMap((event) => event.patch);
    this.#emit("change", { document: this.document, previous, events, patch, reason: "events" });
    this.#changed();
  }

  #greeted(hello) {
    this.#replica.greet(hello);
    // A server that was put back to an older state may never come to the offset of a command that it has forgotten.
    for (const done of this.#unseen) done.offset = Math.min(done.offset, hello.offset);
    this.#setState("catching-up", { reason: hello.reason });
    for (const entry of this.#outbox.bind(hello.journal)) {
      const message = "this was meant for another table than the one that is there now";
      this.#giveUp(entry, new CommandError("other-journal", message));
    }
  }

  #takeSnapshot(snapshot) {
    const previous = this.document;
    this.#replica.replace(snapshot);
    this.#emit("change", { document: this.document, previous, events: [], patch: null, reason: "snapshot" });
    this.#changed();
  }

  #becameLive(live) {
    this.#connection.caughtUp();
    this.#told(live);
    this.#setState("live");
  }

  #fellBehind() {
    this.#connection.fellBehind();
    this.#setState("catching-up", { reason: "behind" });
  }

  #told(line) {
    this.#replica.told(line);
    if (typeof line.digest === "string" && line.offset === this.offset) this.#verify(line.digest);
  }

  #changed() {
    this.#showDone(this.offset);
    this.#saveSoon();
  }

  #closed(close) {
    this.#flushBatch();
    this.#lastClose = close;
    this.#stopVerifying();
    // 1009: a message was too large, and that was the command which is under way. Sent again it would be so again.
    const tooLarge = close.code === 1009 ? this.#outbox.underWay : null;
    this.#outbox.disconnected();
    if (tooLarge) {
      this.#outbox.acknowledged(tooLarge.id);
      this.#giveUp(tooLarge, new CommandError("too-large", "this is larger than the server's largest message"));
    }
    // Who knows how long it is away, and whether the page is still there then.
    this.#saveReplica();
    this.#setState("away");
  }

  #ping() {
    const digest = this.#verifiedOffset !== this.offset && this.#digestTimer === null;
    this.#connection.send(JSON.stringify({ type: "ping", digest }));
  }

  #isGreeted() {
    return this.#state === "live" || this.#state === "catching-up";
  }

  // Commands

  #sendNext() {
    if (!this.#isGreeted()) return;
    const now = this.#clock.now();
    for (const entry of this.#outbox.takeExpired(now)) {
      const message = "whether this was done can't be told any more: look before you repeat it";
      this.#giveUp(entry, new CommandError("expired", message));
    }
    const entry = this.#outbox.next(now);
    if (entry) this.#connection.send(commandLine(entry));
    const wait = this.#outbox.wakesIn(now);
    if (wait === null || this.#outboxTimer !== null) return;
    this.#outboxTimer = this.#clock.setTimeout(() => {
      this.#outboxTimer = null;
      this.#sendNext();
    }, wait);
  }

  #acknowledged({ id, offset, answer }) {
    const entry = this.#outbox.acknowledged(id);
    if (!entry) return;
    this.#store((storage) => storage.removeCommand(id));
    this.#emitUnsaved();
    const settle = () => this.#settle(id, ({ resolve }) => resolve({ id, offset, answer }));
    this.#unseen.push({ offset, settle });
    this.#showDone(this.offset);
  }

  #refused({ id, code, message, type, ...details }) {
    // A line that couldn't be read is answered without its id. Effects have one, and pings are always right.
    const unread = ["syntax", "invalid", "unknown-type", "not-text"].includes(code);
    const subject = id ?? (unread ? this.#outbox.underWay?.id : undefined);
    const isKnown = this.#outbox.entries.some((entry) => entry.id === subject);
    const entry = this.#outbox.refused(subject, code, this.#clock.now(), this.#random);
    if (entry) return this.#giveUp(entry, new CommandError(code, message, details));
    if (!isKnown) this.#problem(code, message, details);
  }

  /** A command won't be done. Its entry is out of the outbox already. */
  #giveUp(entry, error) {
    const { id, name, data } = entry;
    this.#store((storage) => storage.removeCommand(id));
    this.#emitUnsaved();
    this.#emit("refused", { id, name, data, error });
    this.#settle(id, ({ reject }) => reject(error));
  }

  /** Those who wait for one command wait for the one that took its place. */
  #follow(replacedId, id) {
    this.#promises.get(id).push(...(this.#promises.get(replacedId) ?? []));
    this.#promises.delete(replacedId);
    this.#store((storage) => storage.removeCommand(replacedId));
  }

  #settle(id, action) {
    for (const promise of this.#promises.get(id) ?? []) action(promise);
    this.#promises.delete(id);
  }

  /** Tells those whose commands are done up to an offset, now that the document shows it. */
  #showDone(offset) {
    const seen = this.#unseen.filter((done) => done.offset <= offset);
    this.#unseen = this.#unseen.filter((done) => done.offset > offset);
    for (const { settle } of seen) settle();
  }

  // The digest

  /** Compares the present document's digest with the server's, a slice at a time. */
  #verify(expected) {
    this.#stopVerifying();
    const offset = this.offset;
    const steps = this.#digest.steps(this.document);
    const proceed = () => {
      this.#digestTimer = null;
      const end = this.#clock.now() + digestSlice;
      let step = steps.next();
      while (!step.done && this.#clock.now() < end) step = steps.next();
      if (step.done) return this.#compared(offset, step.value, expected);
      this.#digestTimer = this.#clock.setTimeout(proceed, 0);
    };
    this.#digestTimer = this.#clock.setTimeout(proceed, 0);
  }

  #stopVerifying() {
    if (this.#digestTimer !== null) this.#clock.clearTimeout(this.#digestTimer);
    this.#digestTimer = null;
  }

  #compared(offset, actual, expected) {
    this.#verifiedOffset = offset;
    if (actual === expected) {
      this.#heals = 0;
      return this.#emit("verified", { offset, digest: actual });
    }
    const message = `the document at ${offset} has the digest ${actual}, the server's has ${expected}`;
    // A document straight from the server can't be made better by asking for it again.
    if (this.#heals > 0) return this.#problem("digest", message, { offset, actual, expected });
    this.#heal("digest", message, { offset, actual, expected });
  }

  /** This copy is no longer the server's: asks for the whole document. */
  #heal(code, message, details = {}) {
    this.#replica.forgetPosition();
    this.#heals += 1;
    this.#problem(code, message, { ...details, isHealing: true });
    this.#connection.restart(message, { isFailure: this.#heals > 1 });
  }

  // The storage

  #saveSoon() {
    if (this.#saveTimer !== null) return;
    const wait = Math.max(0, this.#savedAt + this.#times.save - this.#clock.now());
    this.#saveTimer = this.#clock.setTimeout(() => this.#saveReplica(), wait);
  }

  /** A position that is some seconds old costs the events of those seconds, so it isn't written with each event. */
  #saveReplica() {
    if (this.#saveTimer !== null) this.#clock.clearTimeout(this.#saveTimer);
    this.#saveTimer = null;
    const record = this.#replica.record();
    if (!record || record.document === this.#savedDocument) return;
    this.#savedAt = this.#clock.now();
    this.#savedDocument = record.document;
    this.#store((storage) => storage.saveReplica(record));
  }

  /** One after the other, and never in the table's way: what can't be stored is a problem of the next page only. */
  #store(action) {
    const perform = () => action(this.#storage);
    this.#lastStorage = this.#lastStorage.then(perform).catch((error) => {
      this.#problem("storage", `can't be stored: ${error.message}`, { error });
    });
  }

  // Telling

  #setState(state, { reason } = {}) {
    this.#state = state;
    const close = state === "away" ? this.#lastClose : null;
    this.#emit("state", { state, reason, retryAt: this.#connection.retryAt, close });
  }

  #emitUnsaved() {
    if (this.#handlers.get("unsaved")?.size) this.#emit("unsaved", this.unsaved);
  }

  #problem(code, message, details = {}) {
    this.#emit("problem", { code, message, ...details });
  }

  /** A handler that fails is its page's trouble: the others are called, and the document goes on. */
  #emit(name, event) {
    for (const handler of this.#handlers.get(name) ?? []) {
      try {
        handler(event);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}

/** `http://host:8010` or `https://host/api/` as the address of the WebSocket below it. */
function webSocketAddress(address) {
  const url = new URL(address, globalThis.location?.href);
  const schemes = { "http:": "ws:", "https:": "wss:", "ws:": "ws:", "wss:": "wss:" };
  const scheme = schemes[url.protocol];
  if (!scheme) throw new TypeError(`a table's address begins with http:// or https://, not ${url.protocol}`);
  return `${scheme}//${url.host}${url.pathname.replace(/\/(ws)?$/, "")}/ws`;
}

/** A random UUID; crypto.randomUUID exists in secure contexts only. */
function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
