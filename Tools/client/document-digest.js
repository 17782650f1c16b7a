// The digest of a table's document (docs/state-document.md, "Digest"), and what it is made of: the canonical form of
// RFC 8785 and SHA-256.
//
// SHA-256 is our own, though browsers have one: crypto.subtle exists only in secure contexts, and a table in the living
// room is http://192.168.1.20:8010, which is none. It is also asynchronous, where this has to be cut into small steps.

const encoder = new TextEncoder();

/** A JSON value in the one form that RFC 8785 allows. */
export function canonicalForm(value) {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalForm).join(",")}]`;
  // JavaScript compares strings by their UTF-16 units, as the RFC wants it.
  const members = Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonicalForm(value[key])}`);
  return `{${members.join(",")}}`;
}

/**
 * Computes digests of documents of which each shares most with the one before.
 *
 * The hash of an entry is kept with the entry's object, so only what is new is hashed. That is right as long as objects
 * aren't changed in place, which json-patch.js sees to.
 */
export class DocumentDigest {
  #hashes = new WeakMap();

  /** The digest as 64 hexadecimal digits. */
  of(document) {
    const steps = this.steps(document);
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
    }
  }

  /** The same in steps of one entry, for a page that mustn't stand still while a large document is hashed. */
  *steps(document) {
    const lines = [];
    for (const [name, value] of Object.entries(document)) {
      const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
      for (const [key, entry] of entries) {
        lines.push(`/${escaped(name)}/${escaped(key)} ${this.#hash(entry)}\n`);
        yield;
      }
      if (entries.length === 0) lines.push(`/${escaped(name)} ${this.#hash(value)}\n`);
    }
    return sha256(lines.sort(compareByBytes).join(""));
  }

  #hash(value) {
    if (typeof value !== "object" || value === null) return sha256(canonicalForm(value));
    let hash = this.#hashes.get(value);
    if (hash === undefined) {
      hash = sha256(canonicalForm(value));
      this.#hashes.set(value, hash);
    }
    return hash;
  }
}

function escaped(name) {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** The order of two strings' UTF-8: that of their code points, where UTF-16 has surrogates before U+E000. */
export function compareByBytes(a, b) {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (x !== y) return surrogatesLast(x) - surrogatesLast(y);
  }
  return a.length - b.length;
}

function surrogatesLast(unit) {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}

/** FIPS 180-4, section 4.2.2: the first 32 bits of the fractions of the first 64 primes' cube roots. */
const roundConstants = fractions(64, (prime) => Math.cbrt(prime));
/** Section 5.3.3: the same of the first eight primes' square roots. */
const initialState = fractions(8, (prime) => Math.sqrt(prime));

function fractions(count, root) {
  const primes = [];
  for (let candidate = 2; primes.length < count; candidate++) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  }
  return Int32Array.from(primes, (prime) => ((root(prime) % 1) * 2 ** 32) | 0);
}

/** SHA-256 of a string's UTF-8 (FIPS 180-4) as 64 hexadecimal digits. */
export function sha256(text) {
  const bytes = padded(encoder.encode(text));
  const view = new DataView(bytes.buffer);
  const state = Int32Array.from(initialState);
  const schedule = new Int32Array(64);
  for (let at = 0; at < bytes.length; at += 64) {
    expand(schedule, view, at);
    compress(state, schedule);
  }
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

/** The message with a one bit, zeros, and its length in bits (section 5.1.1). */
function padded(message) {
  const bytes = new Uint8Array(Math.ceil((message.length + 9) / 64) * 64);
  bytes.set(message);
  bytes[message.length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setUint32(bytes.length - 8, Math.floor(message.length / 2 ** 29));
  view.setUint32(bytes.length - 4, message.length << 3);
  return bytes;
}

function rotate(word, count) {
  return (word >>> count) | (word << (32 - count));
}

function expand(schedule, view, start) {
  for (let t = 0; t < 16; t++) schedule[t] = view.getInt32(start + 4 * t);
  for (let t = 16; t < 64; t++) {
    const w15 = schedule[t - 15];
    const w2 = schedule[t - 2];
    const s0 = rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >>> 3);
    const s1 = rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >>> 10);
    schedule[t] = schedule[t - 16] + s0 + schedule[t - 7] + s1;
  }
}

function compress(state, schedule) {
  let [a, b, c, d, e, f, g, h] = state;
  for (let t = 0; t < 64; t++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const first = (h + s1 + ((e & f) ^ (~e & g)) + roundConstants[t] + schedule[t]) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const second = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}
