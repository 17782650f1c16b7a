// Tools/client/spelltable.js: a command is done once and in its turn, or the page is told why not.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { CommandError, MemoryStorage } from "../../Tools/client/spelltable.js";
import { idLifetime } from "../../Tools/client/outbox.js";
import { Fixture, event, hello, journal, live, settled, startDocument } from "./support/table-fixture.mjs";

const blank = (value) => ({ op: "replace", path: "/viewer/blank", value });
const names = (fixture) => fixture.socket.commands().map(({ name }) => name);

/** How a promise stands: undefined, what it came to, or the error. */
function watched(promise) {
  const state = {};
  promise.then((value) => { state.value = value; }, (error) => { state.error = error; });
  return state;
}

async function reconnected(fixture, ...lines) {
  fixture.reconnect();
  await fixture.resumed(...lines);
}

describe("a command", () => {
  test("is sent with its id and resolves when it is on disk and in the document", async () => {
    const fixture = new Fixture();
    await fixture.joined();
    const sent = watched(fixture.table.send("viewer.blank", {}, { ifOffset: 10 }));
    assert.deepEqual(fixture.socket.sent, [{ type: "command", id: "id-1", name: "viewer.blank", data: {}, ifOffset: 10 }]);
    assert.deepEqual(fixture.table.unsaved.map(({ id, name }) => [id, name]), [["id-1", "viewer.blank"]]);
    await fixture.acknowledge("id-1", 11, { more: 1 });
    assert.deepEqual(fixture.table.unsaved, []);
    assert.deepEqual(sent, {}, "its event hasn't come yet");
    fixture.socket.say(event(11, blank(true)));
    await settled();
    assert.deepEqual(sent.value, { id: "id-1", offset: 11, answer: { more: 1 } });
  });

  test("whose event came first resolves at once", async () => {
    const fixture = new Fixture();
    await fixture.joined();
    const sent = watched(fixture.table.send("viewer.blank"));
    fixture.socket.say(event(11, blank(true)));
    await fixture.acknowledge("id-1", 11);
    assert.equal(sent.value.offset, 11);
  });

  test("rejects with the server's code, text and details", async () => {
    const fixture = new Fixture();
    await fixture.joined();
    const sent = watched(fixture.table.send("table.undo"));
    await fixture.refuse("id-1", "conflict", { conflicts: [{ path: "/live" }] });
    assert.ok(sent.error instanceof CommandError);
    assert.equal(sent.error.code, "conflict");
    assert.equal(sent.error.message, "refused: conflict");
    assert.deepEqual(sent.error.details, { conflicts: [{ path: "/live" }] });
    assert.equal(fixture.last("refused").error, sent.error);
    assert.deepEqual(fixture.table.unsaved, []);
  });

  test("given while the table is away is sent when it is back", async () => {
    const fixture = new Fixture();
    const sent = watched(fixture.table.send("viewer.blank"));
    await fixture.joined();
    assert.deepEqual(names(fixture), ["viewer.blank"]);
    fixture.socket.say(event(11, blank(true)));
    await fixture.acknowledge("id-1", 11);
    assert.equal(sent.value.offset, 11);
  });

  test("isn't sent before the server has said which table it is", async () => {
    const fixture = new Fixture();
    fixture.table.send("viewer.blank").catch(() => {});
    await settled();
    fixture.socket.readyState = 1;
    assert.deepEqual(fixture.socket.sent, []);
    fixture.socket.say(hello({ offset: 10, resumed: false, reason: "fresh" }));
    assert.deepEqual(names(fixture), ["viewer.blank"]);
  });

  test("whose answer got lost is sent again by the same id", async () => {
    const fixture = new Fixture();
    await fixture.joined();
    const sent = watched(fixture.table.send("viewer.blank"));
    fixture.socket.end();
    await reconnected(fixture, 11, event(11, blank(true)));
    assert.deepEqual(fixture.socket.commands().map(({ id }) => id), ["id-1"]);
    await fixture.acknowledge("id-1", 11);
    assert.equal(sent.value.offset, 11);
  });

  test("that was acknowledged before a cut resolves with the event after it", async () => {
    const fixture = new Fixture();
    await fixture.joined();
    const sent = watched(fixture.table.send("viewer.blank"));
    await fixture.acknowledge("id-1", 11);
    fixture.socket.end();
    await reconnected(fixture, 11, event(11, blank(true)));
    assert.deepEqual(fixture.socket.sent, []);
    assert.equal(sent.value.offset, 11);
  });

  test("that the server has forgotten with its disk resolves all the same", async () => {
    const fixture = new Fixture();
    await fixture.joined();
    const sent = watched(fixture.table.send("viewer.blank"));
    await fixture.acknowledge("id-1", 11);
    fixture.socket.end();
    fixture.reconnect();
    fixture.socket.say(hello({ offset: 5, resumed: false, reason: "ahead" }), { type: "snapshot", offset: 5, document: startDocument });
    await settled();
    assert.equal(sent.value.offset, 11);
  });
});

describe("the order of commands", () => {
  test("one is under way, the others wait for it", async () => {
    const fixture = new Fixture();
    await fixture.joined();
    for (const name of ["a", "b", "c"]) fixture.table.send(name);
    assert.deepEqual(names(fixture), ["a"]);
    await fixture.acknowledge("id-1", 10);
    assert.deepEqual(names(fixture), ["a", "b"]);
    await fixture.acknowledge("id-2", 10);
    assert.deepEqual(names(fixture), ["a", "b", "c"]);
  });

  for (const code of ["busy", "rate-limited", "outcome-unknown"]) {
    test(`${code} is only for the moment: the same is sent again, before the others`, async () => {
      const fixture = new Fixture();
      await fixture.joined();
      const sent = watched(fixture.table.send("a"));
      fixture.table.send("b");
      for (const wait of [250, 500, 1000]) {
        await fixture.refuse("id-1", code);
        fixture.clock.advance(wait - 1);
        const count = fixture.socket.commands().length;
        fixture.clock.advance(1);
        assert.equal(fixture.socket.commands().length, count + 1);
      }
      assert.deepEqual(names(fixture), ["a", "a", "a", "a"]);
      await fixture.acknowledge("id-1", 10);
      assert.equal(sent.value.offset, 10);
      assert.deepEqual(names(fixture).at(-1), "b");
    });
  }

  test("read-only is for good, except for a command of which nobody knows what became", async () => {
    const fixture = new Fixture();
    await fixture.joined();
    const first = watched(fixture.table.send("a"));
    await fixture.refuse("id-1", "outcome-unknown");
    fixture.clock.advance(250);
    await fixture.refuse("id-1", "read-only");
    assert.deepEqual(first, {});
    fixture.socket.end(1012);
    await reconnected(fixture, 10);
    await fixture.acknowledge("id-1", 10);
    assert.equal(first.value.offset, 10);
    const second = watched(fixture.table.send("b"));
    await fixture.refuse("id-2", "read-only");
    assert.equal(second.error.code, "read-only");
  });

  test("a newer one with the same key takes the place of one that waits", async () => {
    const storage = new MemoryStorage();
    const fixture = new Fixture({ storage });
    await fixture.joined();
    const drag = (x) => watched(fixture.table.send("live.change", { patch: [], x }, { key: "drag" }));
    const [first, second, third] = [drag(1), drag(2), drag(3)];
    fixture.table.send("other");
    const fourth = drag(4);
    assert.deepEqual(fixture.table.unsaved.map(({ name, data }) => data.x ?? name), [1, "other", 4]);
    await settled();
    assert.deepEqual(storage.load().commands.map(({ name, data }) => data.x ?? name), [1, "other", 4]);
    await fixture.acknowledge("id-1", 10);
    await fixture.acknowledge("id-4", 10);
    await fixture.acknowledge("id-5", 10);
    assert.deepEqual(fixture.socket.commands().map(({ data }) => data.x), [1, undefined, 4]);
    assert.equal(first.value.id, "id-1");
    for (const outcome of [second, third, fourth]) assert.equal(outcome.value.id, "id-5");
  });

  test("one that was sent isn't replaced, because it may have been done", async () => {
    const fixture = new Fixture();
    await fixture.joined();
    fixture.table.send("live.change", { x: 1 }, { key: "drag" });
    fixture.socket.end();
    fixture.table.send("live.change", { x: 2 }, { key: "drag" });
    assert.deepEqual(fixture.table.unsaved.map(({ data }) => data.x), [1, 2]);
  });
});

describe("what can't be sent", () => {
  for (const [data, message] of [
    [{ x: NaN }, /data.x is NaN/], [{ a: [{ y: Infinity }] }, /data.a.0.y is Infinity/], [{ n: 1n }, /data.n is a bigint/],
    [{ s: "\ud800" }, /data.s has half a surrogate pair/], [{ "\udc00": 1 }, /a name in data has half/], [[], /is an object/],
    [{ f() {} }, /data.f is a function/],
  ]) {
    test(`is refused before it is: ${message}`, async () => {
      const fixture = new Fixture();
      await fixture.joined();
      await assert.rejects(fixture.table.send("live.change", data), (error) => error.code === "invalid" && message.test(error.message));
      assert.deepEqual(fixture.table.unsaved, []);
      assert.deepEqual(fixture.socket.sent, []);
    });
  }

  test("too deep data too", async () => {
    const fixture = new Fixture();
    let data = {};
    for (let level = 0; level < 500; level++) data = { data };
    await assert.rejects(fixture.table.send("live.change", data), /at most 500 levels/);
  });

  test("data is what it was when it was given", async () => {
    const fixture = new Fixture();
    await fixture.joined();
    fixture.table.send("a");
    const data = { list: [1] };
    fixture.table.send("b", data);
    data.list.push(2);
    await fixture.acknowledge("id-1", 10);
    assert.deepEqual(fixture.socket.commands()[1].data, { list: [1] });
  });

  test("a command that is larger than the server takes is given up, not sent for ever", async () => {
    const fixture = new Fixture();
    await fixture.joined();
    const large = watched(fixture.table.send("large"));
    fixture.table.send("small");
    fixture.socket.end(1009, "message too large");
    await settled();
    assert.equal(large.error.code, "too-large");
    await reconnected(fixture, 10);
    assert.deepEqual(names(fixture), ["small"]);
  });

  test("an answer without an id to a line that couldn't be read is the command's that is under way", async () => {
    const fixture = new Fixture();
    await fixture.joined();
    const sent = watched(fixture.table.send("a"));
    await fixture.refuse(undefined, "syntax");
    assert.equal(sent.error.code, "syntax");
  });

  test("an effect's refusal is nobody's command's", async () => {
    const fixture = new Fixture();
    await fixture.joined();
    const sent = watched(fixture.table.send("a"));
    assert.equal(fixture.table.effect({ type: "highlight_marker", markerId: "m" }), true);
    await fixture.refuse(undefined, "rate-limited");
    await fixture.refuse("id-2", "invalid");
    assert.deepEqual(sent, {});
    assert.deepEqual(fixture.all("problem").map(({ code }) => code), ["rate-limited", "invalid"]);
    fixture.socket.end();
    assert.equal(fixture.table.effect({ type: "highlight_marker", markerId: "m" }), false);
  });
});

describe("unsaved commands", () => {
  test("survive the page, with their ids and in their order", async () => {
    const storage = new MemoryStorage();
    const first = new Fixture({ storage });
    await first.joined();
    for (const name of ["a", "b", "c"]) first.table.send(name).catch(() => {});
    await first.acknowledge("id-1", 10);
    await first.table.close();
    const second = new Fixture({ storage });
    await settled();
    assert.deepEqual(second.last("unsaved").list.map(({ name }) => name), ["b", "c"]);
    second.table.send("d").catch(() => {});
    await second.resumed(10);
    await second.acknowledge("id-2", 10);
    await second.acknowledge("id-3", 10);
    assert.deepEqual(second.socket.commands().map(({ id, name }) => `${id} ${name}`), ["id-2 b", "id-3 c", "id-1 d"]);
    assert.deepEqual(storage.load().commands.map(({ name }) => name), ["d"]);
  });

  test("of an earlier page that are refused are told by an event", async () => {
    const storage = new MemoryStorage();
    const first = new Fixture({ storage });
    await first.joined();
    first.table.send("a").catch(() => {});
    await first.table.close();
    const second = new Fixture({ storage });
    await settled();
    await second.resumed(10);
    await second.refuse("id-1", "not-found");
    assert.equal(second.last("refused").name, "a");
    assert.equal(second.last("refused").error.code, "not-found");
    assert.deepEqual(storage.load().commands, []);
  });

  test("aren't done at another table", async () => {
    const fixture = new Fixture();
    await fixture.joined();
    const sent = watched(fixture.table.send("scene.delete", { id: "a" }));
    fixture.socket.end();
    fixture.clock.advance(500);
    fixture.socket.say(hello({ offset: 3, resumed: false, reason: "other-journal", of: "another" }));
    await settled();
    assert.equal(sent.error.code, "other-journal");
    assert.deepEqual(fixture.socket.sent, []);
  });

  test("of which the server may have forgotten the id aren't sent again", async () => {
    const fixture = new Fixture();
    await fixture.joined();
    const old = watched(fixture.table.send("old"));
    const waiting = watched(fixture.table.send("never sent"));
    fixture.socket.end();
    fixture.clock.advance(500);
    fixture.socket.end();
    const { now } = fixture.clock;
    fixture.clock.now = () => now.call(fixture.clock) + idLifetime + 1;
    await fixture.table.retry();
    await fixture.resumed(10);
    assert.equal(old.error.code, "expired");
    assert.deepEqual(names(fixture), ["never sent"]);
    assert.deepEqual(waiting, {});
  });

  test("of an earlier page are in the order of their making, however the storage has them", async () => {
    const storage = new MemoryStorage();
    const command = (id, since, number) => ({ id, name: id, data: {}, since, number, journal, sentAt: null });
    const since = new Fixture().clock.now();
    storage.load = () => ({ replica: null, commands: [command("d", since + 1, 0), command("c", since, 2), command("b", since, 1)] });
    const fixture = new Fixture({ storage });
    await settled();
    assert.deepEqual(fixture.table.unsaved.map(({ name }) => name), ["b", "c", "d"]);
  });

  test("of an earlier page may have been sent when they were made, and expire", async () => {
    const storage = new MemoryStorage();
    const since = new Fixture().clock.now() - idLifetime - 1;
    storage.saveCommand({ id: "old", name: "old", data: {}, since, number: 0, journal, sentAt: null });
    const fixture = new Fixture({ storage });
    await fixture.joined();
    assert.equal(fixture.last("refused").error.code, "expired");
    assert.deepEqual(fixture.socket.sent, []);
    assert.deepEqual(storage.load().commands, []);
  });

  test("are rejected when the table is closed, and stay in the storage", async () => {
    const storage = new MemoryStorage();
    const fixture = new Fixture({ storage });
    await fixture.joined();
    const sent = watched(fixture.table.send("a"));
    await fixture.table.close();
    await settled();
    assert.equal(sent.error.code, "closed");
    assert.equal(storage.load().commands.length, 1);
    assert.equal(storage.load().commands[0].journal, journal);
    await assert.rejects(fixture.table.send("b"), (error) => error.code === "closed");
    await fixture.table.close();
  });

  test("are told with each change of what they are", async () => {
    const fixture = new Fixture();
    await fixture.joined();
    fixture.table.send("a");
    fixture.table.send("b");
    await fixture.acknowledge("id-1", 10);
    await fixture.acknowledge("id-2", 10);
    await fixture.acknowledge("id-2", 10);
    assert.deepEqual(fixture.all("unsaved").map(({ list }) => list.length), [1, 2, 1, 0]);
  });
});

test("an effect is passed on as it came", async () => {
  const fixture = new Fixture();
  await fixture.joined();
  fixture.socket.say({ type: "effect", message: { type: "highlight_marker", markerId: "m" } });
  assert.deepEqual(fixture.all("effect"), [{ kind: "effect", type: "highlight_marker", markerId: "m" }]);
  assert.equal(live(10, startDocument).digest.length, 64);
});
