// Tools/client/spelltable.js: the document is the server's, through cuts, holes and damage.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { MemoryStorage, Table } from "../../Tools/client/spelltable.js";
import { Fixture, event, hello, journal, live, settled, startDocument } from "./support/table-fixture.mjs";

const blank = (value) => ({ op: "replace", path: "/viewer/blank", value });
const scene = (id, value) => ({ op: "add", path: `/scenes/${id}`, value });

describe("the address", () => {
  for (const [given, opened] of [
    ["http://table.local:8010", "ws://table.local:8010/ws"], ["https://table.local/api/", "wss://table.local/api/ws"],
    ["ws://[::1]:8010/ws", "ws://[::1]:8010/ws"], ["https://table.local/api?x=1", "wss://table.local/api/ws"],
  ]) {
    test(`${given} is ${opened}`, async () => {
      const sockets = [];
      const table = new Table(given, { WebSocket: class { constructor(url, protocol) { sockets.push([url, protocol]); } close() {} } });
      await settled();
      assert.deepEqual(sockets, [[opened, "spelltable.events.v1"]]);
      await table.close();
    });
  }

  test("another scheme is refused", () => {
    assert.throws(() => new Table("file:///x", { WebSocket: class {} }), /begins with http:\/\/ or https:\/\//);
    assert.throws(() => new Table("http://x", { WebSocket: null }), /there is no WebSocket here/);
  });
});

describe("joining", () => {
  test("a snapshot, then events, then live", async () => {
    const fixture = new Fixture();
    assert.equal(fixture.table.state, "away");
    assert.equal(fixture.table.document, undefined);
    await fixture.joined();
    fixture.socket.say(event(11, blank(true)), event(12, scene("a", { name: "Inn" })));
    assert.deepEqual(fixture.table.document, { live: null, viewer: { blank: true }, scenes: { a: { name: "Inn" } } });
    assert.equal(fixture.table.offset, 12);
    assert.equal(fixture.table.journal, journal);
    assert.deepEqual(fixture.all("state").map(({ state }) => state), ["catching-up", "live"]);
    assert.deepEqual(fixture.all("event").map(({ event: { offset }, document }) => [offset, document.viewer.blank]), [[11, true], [12, true]]);
  });

  test("a page is told once per message, with one patch", async () => {
    const fixture = new Fixture();
    await fixture.joined();
    const before = fixture.table.document;
    fixture.socket.say(event(11, blank(true)), event(12, scene("a", {})));
    const { document, previous, events, patch, reason } = fixture.last("change");
    assert.equal(fixture.all("change").length, 2);
    assert.equal(previous, before);
    assert.equal(document, fixture.table.document);
    assert.deepEqual(events.map(({ offset }) => offset), [11, 12]);
    assert.deepEqual(patch, [blank(true), scene("a", {})]);
    assert.equal(reason, "events");
  });

  test("events come before the state that they lead to", async () => {
    const fixture = new Fixture();
    await settled();
    fixture.socket.say(
      hello({ offset: 11, resumed: false, reason: "fresh" }), { type: "snapshot", offset: 10, document: startDocument },
      event(11, blank(true)), { type: "live", offset: 11, chain: "0".repeat(16) });
    assert.deepEqual(fixture.seen.map(({ kind, state }) => state ?? kind), ["catching-up", "change", "event", "change", "live"]);
  });

  test("the document can't be changed by the page", async () => {
    const fixture = new Fixture();
    await fixture.joined();
    fixture.socket.say(event(11, scene("a", { maps: [] })));
    assert.throws(() => { fixture.table.document.viewer.blank = true; }, TypeError);
    assert.throws(() => { fixture.table.document.scenes.a.maps.push(1); }, TypeError);
  });

  test("a line that only a newer server knows is passed over", async () => {
    const fixture = new Fixture();
    await fixture.joined();
    fixture.socket.say({ type: "weather" }, event(11, blank(true)));
    assert.equal(fixture.table.offset, 11);
    assert.deepEqual(fixture.all("problem"), []);
  });
});

describe("watching a place", () => {
  test("tells the first value and each that is another", async () => {
    const fixture = new Fixture();
    const seen = [];
    fixture.table.watch("/viewer", (value, previous) => seen.push([value.blank, previous?.blank]));
    await fixture.joined();
    fixture.socket.say(event(11, scene("a", {})));
    fixture.socket.say(event(12, blank(true)));
    const late = [];
    const end = fixture.table.watch("/viewer/blank", (value) => late.push(value));
    fixture.socket.say(event(13, blank(false)));
    end();
    fixture.socket.say(event(14, blank(true)));
    assert.deepEqual(seen, [[false, undefined], [true, false], [false, true], [true, false]]);
    assert.deepEqual(late, [true, false]);
    assert.equal(fixture.table.at("/viewer/blank"), true);
  });
});

describe("coming back", () => {
  test("resumes with journal, position and the chain that was told", async () => {
    const fixture = new Fixture();
    await fixture.joined();
    fixture.socket.say(event(11, blank(true)));
    fixture.socket.end(1012, "server stops; reconnect");
    assert.equal(fixture.table.state, "away");
    assert.equal(fixture.last("state").close.code, 1012);
    assert.equal(fixture.last("state").retryAt, fixture.clock.now() + 500);
    fixture.clock.advance(500);
    assert.equal(fixture.socket.url, `ws://table.local:8010/ws?journal=${journal}&after=11&chain=10%3A${"d".repeat(16)}`);
    await fixture.resumed(12, event(12, scene("a", {})));
    assert.equal(fixture.table.offset, 12);
    assert.equal(fixture.table.state, "live");
    assert.equal(fixture.last("state").close, null);
  });

  test("waits twice as long after each failure, half a minute at most, and with jitter half of that at least", async () => {
    for (const [random, factor] of [[1, 1], [0, 0.5]]) {
      const fixture = new Fixture({ random: () => random });
      await settled();
      for (const wait of [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
        const count = fixture.sockets.length;
        fixture.socket.end();
        fixture.clock.advance(wait * factor - 1);
        assert.equal(fixture.sockets.length, count);
        fixture.clock.advance(1);
        assert.equal(fixture.sockets.length, count + 1);
      }
    }
  });

  test("a server that ends each connection at once isn't hammered", async () => {
    const fixture = new Fixture();
    await fixture.joined();
    const waits = [];
    for (let round = 0; round < 4; round++) {
      fixture.socket.end(4408);
      waits.push(fixture.table.state === "away" && fixture.last("state").retryAt - fixture.clock.now());
      fixture.reconnect();
      await fixture.resumed(10);
    }
    assert.deepEqual(waits, [500, 1000, 2000, 4000]);
    fixture.clock.advance(10_000);
    fixture.socket.end(4408);
    assert.equal(fixture.last("state").retryAt - fixture.clock.now(), 500);
  });

  test("retry() doesn't wait", async () => {
    const fixture = new Fixture();
    await settled();
    fixture.socket.end();
    fixture.table.retry();
    assert.equal(fixture.sockets.length, 2);
    fixture.clock.advance(9_999);
    assert.equal(fixture.sockets.length, 2);
  });

  for (const reason of ["other-journal", "other-history"]) {
    test(`a cut before the snapshot leaves no position behind (${reason})`, async () => {
      const fixture = new Fixture();
      await fixture.joined();
      fixture.socket.end();
      fixture.reconnect();
      fixture.socket.say(hello({ offset: 20, resumed: false, reason, of: reason === "other-journal" ? "another" : journal }));
      fixture.socket.end();
      fixture.reconnect();
      assert.equal(fixture.socket.url, "ws://table.local:8010/ws");
      assert.deepEqual(fixture.table.document, startDocument);
    });
  }

  test("events of a snapshot that didn't come aren't applied to what was here", async () => {
    const fixture = new Fixture();
    await fixture.joined();
    fixture.socket.end();
    fixture.reconnect();
    fixture.socket.say(hello({ offset: 11, resumed: false, reason: "cheaper" }), event(11, blank(true)));
    assert.equal(fixture.last("problem").code, "stream");
    assert.equal(fixture.table.offset, 10);
  });

  test("a constructor that throws is an attempt that failed", async () => {
    let attempts = 0;
    class Refusing {
      constructor() {
        attempts += 1;
        throw new Error("insecure");
      }
    }
    const fixture = new Fixture({ WebSocket: Refusing });
    await settled();
    assert.equal(fixture.last("state").close.reason, "insecure");
    fixture.clock.advance(500);
    assert.equal(attempts, 2);
  });
});

describe("a server that isn't there any more", () => {
  test("is left when it doesn't greet within ten seconds", async () => {
    const fixture = new Fixture();
    await settled();
    fixture.clock.advance(9_999);
    assert.deepEqual(fixture.all("state"), []);
    fixture.clock.advance(1);
    assert.equal(fixture.last("state").close.reason, "the server doesn't answer");
  });

  test("is asked every 20 s, also while events come, and left when it says nothing for 20 s", async () => {
    const fixture = new Fixture();
    await fixture.joined();
    for (let second = 0; second < 60; second += 5) {
      fixture.clock.advance(5_000);
      fixture.socket.say({ type: "effect", message: {} });
    }
    assert.equal(fixture.socket.sent.filter(({ type }) => type === "ping").length, 3);
    fixture.clock.advance(20_000);
    assert.equal(fixture.table.state, "live");
    fixture.clock.advance(20_000);
    assert.equal(fixture.last("state").close.reason, "a ping wasn't answered");
  });

  test("gets longer for a snapshot each time that it wasn't enough", async () => {
    const fixture = new Fixture();
    for (const patience of [60_000, 120_000, 240_000]) {
      await settled();
      fixture.socket.say(hello({ offset: 10, resumed: false, reason: "fresh" }));
      const count = fixture.sockets.length;
      fixture.clock.advance(patience - 1);
      assert.equal(fixture.table.state, "catching-up");
      fixture.clock.advance(1);
      assert.equal(fixture.table.state, "away");
      fixture.clock.advance(5_000);
      assert.equal(fixture.sockets.length, count + 1);
    }
  });

  test("has time again while this client is behind", async () => {
    const fixture = new Fixture();
    await fixture.joined();
    fixture.socket.say({ type: "behind", offset: 10 });
    assert.equal(fixture.table.state, "catching-up");
    fixture.clock.advance(59_000);
    assert.equal(fixture.table.state, "catching-up");
    fixture.socket.say(event(11, blank(true)), { type: "live", offset: 11, chain: "e".repeat(16) });
    assert.equal(fixture.table.state, "live");
  });
});

describe("healing", () => {
  const heals = (fixture) => fixture.all("problem").filter(({ isHealing }) => isHealing);

  test("a hole in the events asks for the whole document", async () => {
    const fixture = new Fixture();
    await fixture.joined();
    fixture.socket.say(event(12, blank(true)));
    assert.match(heals(fixture)[0].message, /after event 10 came event 12/);
    assert.equal(fixture.table.offset, 10);
    fixture.clock.advance(0);
    assert.equal(fixture.socket.url, "ws://table.local:8010/ws");
    assert.deepEqual(fixture.table.document, startDocument);
    const document = { ...startDocument, scenes: { a: {} } };
    await fixture.joined({ document, offset: 12 });
    assert.deepEqual(fixture.table.document, document);
  });

  for (const [name, lines, message] of [
    ["an event that came before", [event(10)], /after event 10 came event 10/],
    ["a patch that doesn't fit", [event(11, { op: "remove", path: "/scenes/x" })], /event 11 doesn't fit.*there is no "x"/],
    ["a live line beyond the last event", [{ type: "live", offset: 12, chain: "0".repeat(16) }], /sent all up to 12, here is 10/],
    ["a line without a type", [{ offset: 11 }], /a line without a type/],
    ["an event without a patch", [{ type: "live.changed", offset: 11 }], /a patch is an array/],
  ]) {
    test(`${name} asks for the whole document`, async () => {
      const fixture = new Fixture();
      await fixture.joined();
      fixture.socket.say(...lines);
      assert.match(heals(fixture)[0].message, message);
      assert.equal(fixture.table.offset, 10);
      assert.equal(fixture.table.state, "away");
    });
  }

  test("what isn't JSON asks for the whole document", async () => {
    const fixture = new Fixture();
    await fixture.joined();
    fixture.socket.onmessage({ data: "{" });
    assert.equal(heals(fixture).length, 1);
  });

  test("a digest that differs asks for the whole document, and a right one doesn't", async () => {
    const fixture = new Fixture();
    await fixture.joined();
    fixture.clock.advance(1);
    assert.equal(fixture.last("verified").offset, 10);
    fixture.socket.say(event(11, blank(true)));
    fixture.clock.advance(20_000);
    assert.deepEqual(fixture.socket.sent, [{ type: "ping", digest: true }]);
    fixture.socket.say({ type: "pong", offset: 11, chain: "1".repeat(16), digest: "2".repeat(64) });
    fixture.clock.advance(1);
    assert.equal(heals(fixture)[0].code, "digest");
    assert.equal(fixture.socket.url, "ws://table.local:8010/ws");
    await fixture.joined({ offset: 11 });
    fixture.clock.advance(1);
    assert.equal(fixture.last("verified").offset, 11);
  });

  test("a position whose digest is known is asked for without it", async () => {
    const fixture = new Fixture();
    await fixture.joined();
    fixture.clock.advance(20_000);
    assert.deepEqual(fixture.socket.sent, [{ type: "ping", digest: false }]);
  });

  test("a fresh snapshot with a digest that differs is kept and reported, not asked for again and again", async () => {
    const fixture = new Fixture();
    await fixture.joined();
    fixture.socket.say(event(12));
    fixture.clock.advance(0);
    fixture.socket.say(
      hello({ offset: 12, resumed: false, reason: "fresh" }), { type: "snapshot", offset: 12, document: startDocument },
      { type: "live", offset: 12, chain: "0".repeat(16), digest: "f".repeat(64) });
    fixture.clock.advance(1);
    assert.equal(fixture.last("problem").code, "digest");
    assert.equal(fixture.last("problem").isHealing, undefined);
    assert.equal(fixture.table.state, "live");
    assert.equal(fixture.sockets.length, 2);
  });

  test("a stream that breaks each time is tried again more and more slowly", async () => {
    const fixture = new Fixture();
    await fixture.joined();
    const waits = [];
    for (let round = 0; round < 4; round++) {
      fixture.socket.say(event(99));
      waits.push(fixture.last("state").retryAt - fixture.clock.now());
      fixture.reconnect();
      fixture.socket.say(hello({ offset: 10, resumed: false }), { type: "snapshot", offset: 10, document: startDocument });
    }
    assert.deepEqual(waits, [0, 500, 1000, 2000]);
  });

  test("a large document is hashed in slices", async () => {
    const fixture = new Fixture();
    const scenes = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`s${at}`, {}]));
    await fixture.joined({ document: { live: null, scenes } });
    // Each look at the clock takes 5 ms: two entries fit into a slice of 8.
    const [now, setTimeout] = [fixture.clock.now, fixture.clock.setTimeout].map((method) => method.bind(fixture.clock));
    let [looks, slices] = [0, 0];
    fixture.clock.now = () => now() + 5 * looks++;
    fixture.clock.setTimeout = (...timer) => {
      slices += 1;
      return setTimeout(...timer);
    };
    fixture.clock.advance(0);
    assert.equal(fixture.all("verified").length, 1);
    assert.ok(slices >= 20, `${slices} slices`);
  });
});

describe("handlers", () => {
  test("one that fails keeps nobody else from being told", async (context) => {
    const thrown = [];
    context.mock.method(globalThis, "queueMicrotask", (action) => { thrown.push(action); });
    const fixture = new Fixture();
    fixture.table.on("effect", () => { throw new Error("the page's"); });
    const seen = [];
    fixture.table.on("effect", (message) => seen.push(message));
    await fixture.joined();
    fixture.socket.say({ type: "effect", message: { type: "highlight_marker", markerId: "m" } }, event(11, blank(true)));
    assert.equal(seen.length, 1);
    assert.equal(fixture.table.offset, 11);
    assert.throws(thrown[0], /the page's/);
  });

  test("one that closes the table ends it at once", async () => {
    const fixture = new Fixture();
    await fixture.joined();
    fixture.table.on("event", () => fixture.table.close());
    fixture.socket.say(event(11, blank(true)), event(12, blank(false)), { type: "live", offset: 12, chain: "0".repeat(16) });
    assert.equal(fixture.table.state, "closed");
    assert.equal(fixture.table.offset, 11);
  });
});

describe("storage", () => {
  test("the next page begins with the stored document and resumes from its position", async () => {
    const storage = new MemoryStorage();
    const first = new Fixture({ storage });
    await first.joined();
    first.socket.say(event(11, blank(true)));
    await first.table.close();
    const second = new Fixture({ storage });
    await settled();
    assert.equal(second.table.document.viewer.blank, true);
    assert.equal(second.last("change").reason, "stored");
    assert.match(second.socket.url, new RegExp(`journal=${journal}&after=11&chain=10`));
    await second.resumed(12, event(12, blank(false)));
    assert.equal(second.table.document.viewer.blank, false);
  });

  test("document and position are stored together, and not with every event", async () => {
    const saved = [];
    const storage = new MemoryStorage();
    storage.saveReplica = (record) => saved.push([record.offset, record.document.viewer.blank]);
    const fixture = new Fixture({ storage });
    await fixture.joined();
    fixture.clock.advance(0);
    fixture.socket.say(event(11, blank(true)));
    fixture.socket.say(event(12, blank(false)), event(13, blank(true)));
    fixture.clock.advance(9_999);
    await settled();
    assert.deepEqual(saved, [[10, false]]);
    fixture.clock.advance(1);
    await settled();
    assert.deepEqual(saved, [[10, false], [13, true]]);
    fixture.socket.say(event(14, blank(false)));
    fixture.socket.end();
    await settled();
    assert.deepEqual(saved.at(-1), [14, false], "when the connection is lost");
    fixture.clock.advance(100_000);
    await settled();
    assert.equal(saved.length, 3);
  });

  test("what can't be read is reported, and the table begins anew", async () => {
    for (const replica of [{ version: 2 }, { version: 1, journal, offset: 1.5, document: {}, chain: null }, "x"]) {
      const storage = new MemoryStorage();
      storage.load = () => ({ replica, commands: [] });
      const fixture = new Fixture({ storage });
      await settled();
      assert.equal(fixture.last("problem").code, "storage");
      assert.equal(fixture.socket.url, "ws://table.local:8010/ws");
    }
  });

  test("one that fails doesn't hold up the table", async () => {
    const storage = new MemoryStorage();
    storage.load = async () => { throw new Error("no database"); };
    storage.saveReplica = () => { throw new Error("quota"); };
    const fixture = new Fixture({ storage });
    await fixture.joined();
    fixture.clock.advance(0);
    await settled();
    assert.deepEqual(fixture.all("problem").map(({ message }) => message), [
      "what was stored can't be read: no database", "can't be stored: quota"]);
    assert.equal(fixture.table.state, "live");
  });

  test("a document that was found wrong isn't resumed from", async () => {
    const storage = new MemoryStorage();
    const fixture = new Fixture({ storage });
    await fixture.joined();
    fixture.socket.say(event(12));
    const document = { ...startDocument, scenes: { b: {} } };
    fixture.clock.advance(0);
    await fixture.joined({ document, offset: 10 });
    await fixture.table.close();
    assert.deepEqual(storage.load().replica.document, document);
  });
});

test("a table of another journal is taken as it is", async () => {
  const fixture = new Fixture();
  await fixture.joined();
  fixture.socket.end();
  fixture.clock.advance(500);
  const document = { live: { name: "other" }, scenes: {} };
  fixture.socket.say(
    hello({ offset: 3, resumed: false, reason: "other-journal", of: "another" }),
    { type: "snapshot", offset: 3, document }, live(3, document));
  assert.equal(fixture.table.journal, "another");
  assert.equal(fixture.table.offset, 3);
  assert.equal(fixture.all("state").find(({ reason }) => reason === "other-journal").state, "catching-up");
});
