// The commands that the server has not confirmed yet: pure, without socket, clock or storage.
//
// One command is under way at a time, the others wait behind it. More would be faster on long ways, but a server may
// refuse one for the moment (`busy`, `rate-limited`) and take the next, and the first, sent again, would then undo
// the second. So commands take effect in the order in which they were given, whatever happens; while one is under
// way, a newer one with the same `key` takes the place of one that wasn't sent yet, so a drag never queues up.

/** A command that wasn't done, by the server's word or before it was sent. */
export class CommandError extends Error {
  name = "CommandError";

  /** `code` is for programs, `message` for people; `details` holds what else the server said (`conflicts`, …). */
  constructor(code, message, details = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** Refusals that say nothing about the command: the same one may be taken in a moment. */
const momentary = new Set(["busy", "rate-limited", "outcome-unknown"]);

/** The server knows a command's id for 24 hours; one that may have been sent is given up before that. */
export const idLifetime = 23 * 3_600_000;

/** Levels of objects and arrays in a command's data; the server reads 512 in a line. */
const depthMax = 500;

/** Commands in the order in which they take effect. */
export class Outbox {
  /** Entries `{id, name, data, ifOffset?, key?, since, journal, sentAt}`; the first may be under way. */
  #entries = [];
  #isUnderWay = false;
  #failures = 0;
  #quietUntil = 0;

  /** The entries, oldest first. */
  get entries() {
    return [...this.#entries];
  }

  /** The entry that is under way, or null. */
  get underWay() {
    return this.#isUnderWay ? this.#entries[0] : null;
  }

  /** Adds a command and returns the entry that it replaces, or null. */
  add(entry) {
    const at = this.#entries.findIndex(
      (waiting) => entry.key !== undefined && waiting.key === entry.key && waiting.sentAt === null);
    const replaced = at < 0 ? null : this.#entries.splice(at, 1)[0];
    this.#entries.push(entry);
    return replaced;
  }

  /** Puts commands from a storage before those of this page. They may have been sent before. */
  restore(stored) {
    const known = new Set(this.#entries.map((entry) => entry.id));
    const entries = stored.filter((entry) => isEntry(entry) && !known.has(entry.id));
    entries.sort((a, b) => a.since - b.since || a.number - b.number);
    this.#entries.unshift(...entries.map((entry) => ({ ...entry, sentAt: entry.sentAt ?? entry.since })));
  }

  /** Binds commands without a journal to this one, and takes out and returns those for another. */
  bind(journal) {
    for (const entry of this.#entries) entry.journal ??= journal;
    return this.#takeWhere((entry) => entry.journal !== journal);
  }

  /** Takes out and returns those that may have been sent so long ago that the server may have forgotten their ids. */
  takeExpired(now) {
    return this.#takeWhere((entry) => entry.sentAt !== null && now - entry.sentAt > idLifetime);
  }

  /** The command to send now, from here on under way; null where there is none, or one is, or it is too early. */
  next(now) {
    if (this.#isUnderWay || this.#entries.length === 0 || now < this.#quietUntil) return null;
    this.#isUnderWay = true;
    const entry = this.#entries[0];
    entry.sentAt ??= now;
    return entry;
  }

  /** Milliseconds until `next` has something again after a momentary refusal; null where nothing waits for that. */
  wakesIn(now) {
    return this.#entries.length > 0 && !this.#isUnderWay && now < this.#quietUntil ? this.#quietUntil - now : null;
  }

  /** The command is done. Takes out and returns its entry, null for one that isn't here. */
  acknowledged(id) {
    this.#failures = 0;
    return this.#take(id);
  }

  /**
   * The server refused the command.
   *
   * Takes out and returns its entry; null where it stays and is sent again later, or isn't here.
   */
  refused(id, code, now, random) {
    const entry = this.#entries.find((entry) => entry.id === id);
    if (!entry) return null;
    if (code === "outcome-unknown") entry.isUncertain = true;
    // After a failed write the server only reads until it is restarted; what became of this command it knows then.
    const staysOpen = momentary.has(code) || (code === "read-only" && entry.isUncertain);
    if (!staysOpen) return this.#take(id);
    this.#isUnderWay = false;
    this.#quietUntil = now + Math.min(250 * 2 ** this.#failures++, 30_000) * (0.5 + random() / 2);
    return null;
  }

  /** The connection is gone: whether the command under way arrived, nobody knows. It is sent again, by the same id. */
  disconnected() {
    this.#isUnderWay = false;
    this.#quietUntil = 0;
  }

  #take(id) {
    return this.#takeWhere((entry) => entry.id === id)[0] ?? null;
  }

  #takeWhere(isTaken) {
    const taken = this.#entries.filter(isTaken);
    if (taken.includes(this.#entries[0])) this.#isUnderWay = false;
    this.#entries = this.#entries.filter((entry) => !taken.includes(entry));
    return taken;
  }
}

/** The line that sends a command. */
export function commandLine({ id, name, data, ifOffset }) {
  return JSON.stringify({ type: "command", id, name, data, ifOffset });
}

/**
 * A command's data as it will be read, independent of the caller's objects.
 *
 * Throws CommandError for what JSON can't say or the server doesn't read: the answer to a line that can't be read has
 * no id, and `null` where a page computed NaN would be stored without a word.
 */
export function checkedData(data) {
  if (typeof data !== "object" || data === null || Array.isArray(data)) {
    throw new CommandError("invalid", "a command's data is an object");
  }
  checkValue(data, "data", 1);
  return JSON.parse(JSON.stringify(data));
}

function checkValue(value, place, depth) {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new CommandError("invalid", `${place} is ${value}, which JSON has no number for`);
  }
  if (typeof value === "bigint" || typeof value === "function" || typeof value === "symbol") {
    throw new CommandError("invalid", `${place} is a ${typeof value}, which JSON has no word for`);
  }
  if (typeof value === "string") return checkText(value, place);
  if (typeof value !== "object" || value === null) return;
  if (depth > depthMax) throw new CommandError("invalid", `a command's data has at most ${depthMax} levels`);
  for (const [key, member] of Object.entries(value)) {
    checkText(key, `a name in ${place}`);
    checkValue(member, depth < 5 ? `${place}.${key}` : place, depth + 1);
  }
}

function checkText(text, place) {
  if (/\p{Surrogate}/u.test(text)) {
    throw new CommandError("invalid", `${place} has half a surrogate pair in it, which UTF-8 has no form for`);
  }
}

function isEntry(value) {
  return typeof value?.id === "string" && typeof value.name === "string" && typeof value.data === "object" &&
    typeof value.since === "number";
}
