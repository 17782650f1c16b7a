// A table's document as this client has it, with the position that it stands at: pure, without socket, clock or storage.
//
// Document and position only ever change together, so whoever keeps one of a replica's `record()`s can resume from it.

import { PatchError, applyPatch, deepFreeze } from "./json-patch.js";

/** What came doesn't continue what is here; only a new snapshot helps. */
export class ReplicaError extends Error {
  name = "ReplicaError";
}

/** Document and position, brought up to date by the lines of `spelltable.events.v1`. */
export class Replica {
  /** The table's document; undefined until there is one. */
  document;
  /** The newest event in `document`; -1 is the table before its first event. */
  offset = -1;
  /** The uuid of the journal that `offset` counts in; null until a server has said it. */
  journal = null;
  /** The chain digest that the server told last, as `{offset, digits}`; null where it told none. */
  #chain = null;
  /** The journal of the snapshot that the server has announced. */
  #announced = null;

  /** Takes over what `record()` gave earlier; throws ReplicaError where it is none. */
  restore(record) {
    const isRecord =
      record?.version === 1 && typeof record.journal === "string" && Number.isSafeInteger(record.offset) &&
      isObject(record.document) && (record.chain === null || typeof record.chain?.digits === "string");
    if (!isRecord) throw new ReplicaError("what was stored is no document with a position");
    this.journal = record.journal;
    this.offset = record.offset;
    this.#chain = record.chain;
    this.document = deepFreeze(record.document);
  }

  /** Document and position for a storage; null until there is a document. */
  record() {
    if (this.document === undefined || this.journal === null) return null;
    return { version: 1, journal: this.journal, offset: this.offset, chain: this.#chain, document: this.document };
  }

  /** The query of `/ws` that resumes here. */
  query() {
    if (this.document === undefined || this.journal === null) return "";
    const query = new URLSearchParams({ journal: this.journal, after: String(this.offset) });
    if (this.#chain) query.set("chain", `${this.#chain.offset}:${this.#chain.digits}`);
    return `?${query}`;
  }

  /** The next connection begins with a snapshot; the document stays until it comes. */
  forgetPosition() {
    this.journal = null;
    this.#chain = null;
  }

  /** The first line of a connection. */
  greet(hello) {
    this.#announced = hello.journal;
    // Until the snapshot is here, this document has no position in the server's journal: a connection that ends before must
    // not resume by the new journal and the old offset.
    if (hello.resumed !== true) return this.forgetPosition();
    if (hello.journal !== this.journal) {
      throw new ReplicaError(`the server resumes journal ${hello.journal}, this is ${this.journal}`);
    }
  }

  /** The server's whole document takes the place of what was here. */
  replace(snapshot) {
    if (!isObject(snapshot.document)) throw new ReplicaError("a snapshot has no document");
    if (this.#announced === null) throw new ReplicaError("a snapshot came before the server said of which journal");
    this.journal = this.#announced;
    this.document = deepFreeze(snapshot.document);
    this.offset = snapshot.offset;
  }

  /** Applies an event. Where it doesn't follow or doesn't fit, ReplicaError, and nothing has changed. */
  apply(event) {
    if (this.journal === null || event.offset !== this.offset + 1) {
      throw new ReplicaError(`after event ${this.offset} came event ${event.offset}`);
    }
    try {
      this.document = applyPatch(this.document, event.patch);
    } catch (error) {
      if (!(error instanceof PatchError)) throw error;
      throw new ReplicaError(`event ${event.offset} doesn't fit this document: ${error.message}`);
    }
    this.offset = event.offset;
    deepFreeze(event);
  }

  /** The server said how far it has sent, and the chain digest there (in a `live` or `pong` line). */
  told({ offset, chain }) {
    if (offset > this.offset) throw new ReplicaError(`the server has sent all up to ${offset}, here is ${this.offset}`);
    if (typeof chain === "string") this.#chain = { offset, digits: chain };
  }
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
