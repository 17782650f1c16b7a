// Tools/client/spelltable.js against the real server, with the way between them cut.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { CommandError, DocumentDigest, MemoryStorage, Table } from "../../Tools/client/spelltable.js";
import { isEqual } from "../../Tools/client/json-patch.js";
import { Network } from "./support/network.mjs";
import { SeededRandom } from "./support/seeded-random.mjs";
import { ServerProcess } from "./support/server-process.mjs";
import { next, until } from "./support/waiting.mjs";

/** How often each command was sent by a CountingWebSocket. */
const timesSent = new Map();

class CountingWebSocket extends WebSocket {
  send(text) {
    const { type, id } = JSON.parse(text);
    if (type === "command") timesSent.set(id, (timesSent.get(id) ?? 0) + 1);
    super.send(text);
  }
}

const scene = (name) => ({ id: "s", name, maps: [{ name: "a.png", data: { position: { x: 1, y: 2 } } }] });

describe("a table on a server", { timeout: 400_000 }, () => {
  let server;
  const tables = [];
  const networks = [];

  before(async () => {
    server = await ServerProcess.started();
  });
  after(async () => {
    await Promise.all(tables.map((table) => table.close()));
    await Promise.all(networks.map((network) => network.remove()));
    await server?.remove();
  });

  function joined(options = {}, address = server.address) {
    const table = new Table(address, { ...options, times: { retry: 20, ...options.times } });
    tables.push(table);
    return table;
  }

  async function cuttable() {
    const network = await Network.to(server.port);
    networks.push(network);
    return network;
  }

  async function assertSame(...copies) {
    const { document, offset } = await server.snapshot();
    for (const table of copies) {
      await until(table, () => table.offset >= offset);
      assert.equal(table.offset, offset);
      assert.ok(isEqual(table.document, document), "the document is the server's");
    }
  }

  test("sees what it does, and what others do", async () => {
    const [one, other] = [joined(), joined()];
    await until(other, () => other.state === "live");
    const { offset } = await one.send("live.change", { scene: scene("Inn") });
    assert.equal(one.at("/live/name"), "Inn");
    assert.ok(one.offset >= offset);
    await until(other, () => other.at("/live/name") === "Inn");
    const patch = [{ op: "replace", path: "/live/maps/0/data/position/x", value: 7.25 }];
    const change = next(other, "change");
    await one.send("live.change", { patch });
    assert.deepEqual((await change).patch, patch);
    await assertSame(one, other);
  });

  test("is told the answer of a command, and why one is refused", async () => {
    const table = joined();
    const { answer } = await table.send("scene.save", scene("Crypt"));
    assert.equal(table.at(`/scenes/${answer.id}/name`), "Crypt");
    await assert.rejects(table.send("scene.delete", { id: "nobody" }), (error) => {
      return error instanceof CommandError && error.code === "not-found" && error.message.length > 0;
    });
    await assert.rejects(table.send("live.change", { scene: scene("x") }, { ifOffset: -1 }), { code: "conflict" });
  });

  test("finds its digest to be the server's, with any characters and numbers in it", async () => {
    const table = joined({ times: { ping: 10 } });
    const odd = { ...scene("\ud83d\ude00 \ue000 \uffff"), free: { "": 0.1, "\ufb33": 1e21, "😀": -0, "a/b~c": [5e-324, 1e-7] } };
    const { offset } = await table.send("live.change", { scene: odd });
    await fetch(`${server.address}/scenes/save`, {
      method: "POST", headers: { "Content-Type": "application/json" },
      body: '{"id":"n","name":"numbers","maps":[{"n":[1.0,12345678901234567890,1E5,0.10,-0.0]}]}',
    });
    const [problems, verified] = [[], []];
    table.on("problem", (problem) => problems.push(problem));
    table.on("verified", ({ offset }) => verified.push(offset));
    await until(table, () => table.offset > offset && verified.includes(table.offset));
    assert.deepEqual(problems, []);
  });

  test("heals a stored document that isn't right", async () => {
    const storage = new MemoryStorage();
    const first = joined({ storage });
    await first.send("live.change", { scene: scene("right") });
    await first.close();
    const stored = storage.load();
    stored.replica.document.live.name = "wrong";
    storage.saveReplica(stored.replica);
    const second = joined({ storage });
    const problem = await next(second, "problem");
    assert.equal(problem.code, "digest");
    assert.equal(problem.isHealing, true);
    await next(second, "verified");
    assert.equal(second.at("/live/name"), "right");
  });

  test("resumes after a cut with the events that it missed", async () => {
    const network = await cuttable();
    const [away, other] = [joined({}, network.address), joined()];
    await until(away, () => away.state === "live");
    network.cut();
    await until(away, () => away.state === "away");
    await other.send("live.change", { scene: scene("while away") });
    const reasons = [];
    away.on("change", ({ reason }) => reasons.push(reason));
    network.mend();
    await until(away, () => away.state === "live");
    assert.equal(away.at("/live/name"), "while away");
    assert.deepEqual([...new Set(reasons)], ["events"]);
  });

  test("notices a way on which nothing comes through any more", async () => {
    const network = await cuttable();
    const table = joined({ times: { ping: 20, pong: 100 } }, network.address);
    await until(table, () => table.state === "live");
    network.silence();
    const { close } = await next(table, "state");
    assert.equal(close.reason, "a ping wasn't answered");
    network.mend();
    await until(table, () => table.state === "live");
  });

  test("brings what was done while away, across a restart of the server", async () => {
    const table = joined();
    await until(table, () => table.state === "live");
    await server.end();
    const sent = ["one", "two", "three"].map((name) => table.send("live.change", { scene: scene(name) }));
    assert.deepEqual(table.unsaved.map(({ data }) => data.scene.name), ["one", "two", "three"]);
    await server.start();
    const offsets = (await Promise.all(sent)).map(({ offset }) => offset);
    assert.deepEqual(offsets, [offsets[0], offsets[0] + 1, offsets[0] + 2]);
    assert.deepEqual(table.unsaved, []);
    assert.equal(table.at("/live/name"), "three");
  });

  test("passes effects on", async () => {
    const [one, other] = [joined(), joined()];
    await Promise.all([one, other].map((table) => until(table, () => table.state === "live")));
    const effect = next(other, "effect");
    assert.equal(one.effect({ type: "highlight_marker", markerId: "m-1" }), true);
    assert.deepEqual(await effect, { type: "highlight_marker", markerId: "m-1" });
  });

  // Each seed: two clients change the table at random, on ways that are cut at random. In the end every command was done
  // exactly once and in its client's order, and all have the same document.
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    test(`random changes and cuts, seed ${seed}`, async () => {
      const random = new SeededRandom(seed);
      const clients = await Promise.all([0, 1].map(async (number) => {
        const network = await cuttable();
        return { number, network, table: joined({ random: () => random.next(), WebSocket: CountingWebSocket, times: { retry: 5, retryMax: 20 } }, network.address), sent: [] };
      }));
      const watcher = joined();
      await Promise.all([watcher, ...clients.map(({ table }) => table)].map((table) => until(table, () => table.state === "live")));
      const commands = [];
      watcher.on("event", ({ event }) => commands.push(event.command));
      for (let step = 0; step < 200; step++) await randomStep(random, clients);
      for (const { network } of clients) network.mend();
      const outcomes = await Promise.all(clients.map(async ({ sent }) => Promise.all(sent)));
      await assertSame(watcher, ...clients.map(({ table }) => table));
      assert.ok(clients.every(({ network }) => network.connectionCount >= 3), `seed ${seed}: the ways were cut`);
      const known = new Set(outcomes.flat().map(({ id }) => id));
      for (const outcome of outcomes) {
        const offsets = outcome.map(({ offset }) => offset);
        assert.deepEqual(offsets, [...offsets].sort((a, b) => a - b), `seed ${seed}: in order`);
      }
      const done = commands.filter((id) => known.has(id));
      assert.equal(new Set(done).size, done.length, `seed ${seed}: none is done twice`);
      assert.equal(done.length, known.size, `seed ${seed}: each is done`);
      const [digest] = clients.map(({ table }) => new DocumentDigest().of(table.document));
      assert.equal(new DocumentDigest().of(watcher.document), digest, `seed ${seed}`);
      await Promise.all([watcher, ...clients.map(({ table }) => table)].map((table) => table.close()));
    });
  }

  test("in which commands were sent again whose answers got lost", () => {
    const again = [...timesSent.values()].filter((count) => count > 1);
    assert.ok(again.length > 0, `of ${timesSent.size} commands`);
  });

  async function randomStep(random, clients) {
    const client = random.pick(clients);
    const { network, table, sent, number } = client;
    const kind = random.below(20);
    if (kind === 0) network.cut();
    else if (kind === 1) network.reset();
    else if (kind < 5) clients.forEach((each) => each.network.mend());
    else if (kind < 12) await new Promise((resolve) => setTimeout(resolve, random.below(16)));
    else if (kind < 16) sent.push(table.send("scene.save", { ...scene(`c${number}`), maps: [random.object(3)] }));
    else sent.push(table.send("live.change", { scene: { ...random.object(4), id: "live", mark: `${number}-${sent.length}` } }));
  }
});
