import assert from "node:assert/strict";
import test from "node:test";

import { applyPatch } from "../../Tools/client/json-patch.js";
import { HistoryError, TimeMachine } from "../../Sources/TableServer/Console/time-machine.js";

const empty = { live: null, viewer: { blank: false }, scenes: {}, maps: {} };

/** A server with `count` events from `first` on, of which each puts a map or takes one away. */
function history(count, first = 0) {
  const documents = new Map([[first - 1, empty]]);
  const events = [];
  for (let offset = first; offset < first + count; offset += 1) {
    const before = documents.get(offset - 1);
    const path = `/maps/m${offset % 5}`;
    const isThere = `m${offset % 5}` in before.maps;
    const patch = [isThere ? { op: "remove", path } : { op: "add", path, value: { blob: String(offset) } }];
    events.push({ offset, time: new Date(offset * 1000).toISOString(), type: "map.uploaded", actor: "rest@10.0.0.7", data: {}, patch });
    documents.set(offset, applyPatch(before, patch));
  }
  return { events, documents };
}

function serving({ events, documents }, { requests = [] } = {}) {
  return async (address) => {
    const url = new URL(address);
    requests.push(url.pathname + url.search);
    const number = (name, fallback) => Number(url.searchParams.get(name) ?? fallback);
    if (url.pathname === "/snapshot") return Response.json(documents.get(number("at")));
    const after = number("after", events[0].offset - 1);
    const lines = events.filter(({ offset }) => offset > after).slice(0, number("limit", 1e9));
    return new Response(lines.map((event) => `${JSON.stringify(event)}\n`).join(""));
  };
}

function machineOf(table, options) {
  const machine = new TimeMachine({ base: "http://table/", fetch: serving(table, options) });
  const newest = table.events.at(-1).offset;
  machine.reset(newest, table.documents.get(newest));
  return machine;
}

test("the document at every moment is the server's, in whatever order they are asked for", async () => {
  const table = history(300);
  const machine = machineOf(table);
  while (!machine.isComplete) await machine.loadEarlier(70);
  assert.equal(machine.first, 0);
  assert.equal(machine.records.length, 300);
  const forwards = Array.from({ length: 301 }, (_, index) => index - 1);
  const jumps = forwards.map((offset) => ((offset + 1) * 97) % 301 - 1);
  for (const offset of [...forwards, ...forwards.toReversed(), ...jumps]) {
    assert.deepEqual(machine.documentAt(offset), table.documents.get(offset), `at ${offset}`);
  }
  assert.equal(machine.documentAt(300), undefined);
  assert.equal(machine.documentAt(-2), undefined);
});

test("what happens meanwhile is kept, also while the past is on its way", async () => {
  const table = history(120);
  const machine = machineOf({ events: table.events.slice(0, 100), documents: table.documents });
  const loading = machine.loadEarlier(60);
  for (const event of table.events.slice(100)) machine.append(event, table.documents.get(event.offset));
  assert.equal(await loading, 60);
  assert.equal(machine.first, 40);
  assert.equal(machine.last, 119);
  for (let offset = 39; offset < 120; offset += 1) assert.deepEqual(machine.documentAt(offset), table.documents.get(offset));
});

test("an event that doesn't follow is refused", () => {
  const table = history(10);
  assert.throws(() => machineOf(table).append(table.events[3], {}), HistoryError);
});

test("a past that doesn't lead to the present is refused, and nothing of it stays", async () => {
  const table = history(50);
  const machine = machineOf({ ...table, documents: new Map([...table.documents, [29, { ...empty, viewer: { blank: true } }]]) });
  await assert.rejects(machine.loadEarlier(20), HistoryError);
  assert.equal(machine.records.length, 0);
  assert.equal(machine.first, 50);
});

test("a journal whose older events were archived ends where it begins", async () => {
  const machine = machineOf(history(30, 1000));
  await machine.loadEarlier(2000);
  assert.equal(machine.first, 1000);
  assert.equal(machine.isComplete, true);
  assert.equal(await machine.loadEarlier(2000), 0);
});

test("what was fetched for a table that has been replaced is dropped", async () => {
  const machine = machineOf(history(50));
  const loading = machine.loadEarlier(20);
  machine.reset(9, empty);
  assert.equal(await loading, 0);
  assert.equal(machine.first, 10);
  assert.equal(machine.records.length, 0);
});

test("a refusal of the server is told with what it said", async () => {
  const machine = new TimeMachine({ base: "http://table/", fetch: async () => new Response("busy", { status: 503 }) });
  machine.reset(5, empty);
  await assert.rejects(machine.loadEarlier(5), /503 busy/);
});
