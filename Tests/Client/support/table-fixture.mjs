// A Table whose server, time and randomness are the test's.

import { DocumentDigest, Table } from "../../../Tools/client/spelltable.js";
import { fakeWebSocket } from "./fake-socket.mjs";
import { ManualClock } from "./manual-clock.mjs";

export const journal = "5b1d9c3e-0000-4000-8000-000000000001";

export const startDocument = { live: null, viewer: { blank: false }, scenes: {} };

/** Promises that are ready have been taken after this. */
export const settled = () => new Promise((resolve) => setImmediate(resolve));

export class Fixture {
  clock = new ManualClock();
  seen = [];

  constructor(options = {}) {
    const { FakeWebSocket, sockets } = fakeWebSocket();
    this.sockets = sockets;
    let count = 0;
    this.table = new Table("http://table.local:8010", {
      WebSocket: FakeWebSocket, clock: this.clock, random: () => 1, newId: () => `id-${++count}`, ...options,
    });
    for (const name of ["change", "event", "state", "unsaved", "effect", "refused", "problem", "verified"]) {
      this.table.on(name, (event) => this.seen.push({ kind: name, ...(Array.isArray(event) ? { list: event } : event) }));
    }
  }

  get socket() {
    return this.sockets.at(-1);
  }

  all(name) {
    return this.seen.filter((event) => event.kind === name);
  }

  last(name) {
    return this.all(name).at(-1);
  }

  /** The server sends its document, and says that this is all. */
  async joined({ document = startDocument, offset = 10, reason = "fresh" } = {}) {
    await settled();
    this.socket.say(hello({ offset, resumed: false, reason }), { type: "snapshot", offset, document }, live(offset, document));
    await settled();
  }

  /** Time passes until the next attempt. */
  reconnect() {
    this.clock.advance(this.last("state").retryAt - this.clock.now());
  }

  /** The table knows this position from before, and the server goes on from it. */
  async resumed(offset, ...events) {
    this.socket.say(hello({ offset, resumed: true }), ...events, { type: "live", offset, chain: "a".repeat(16) });
    await settled();
  }

  async acknowledge(id, offset, answer) {
    this.socket.say({ type: "ack", id, offset, answer });
    await settled();
  }

  async refuse(id, code, details = {}) {
    this.socket.say({ type: "error", id, code, message: `refused: ${code}`, ...details });
    await settled();
  }
}

export function hello({ offset, resumed, reason, of = journal }) {
  return { type: "hello", journal: of, offset, chain: "c".repeat(16), resumed, reason };
}

export function live(offset, document) {
  return { type: "live", offset, chain: "d".repeat(16), digest: new DocumentDigest().of(document) };
}

export function event(offset, ...patch) {
  return { offset, time: "2026-11-23T06:40:00.016Z", type: "live.changed", data: {}, patch };
}
