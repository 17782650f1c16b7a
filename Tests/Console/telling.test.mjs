import assert from "node:assert/strict";
import test from "node:test";

import { changedLeaves, changedParts } from "../../Sources/TableServer/Console/parts.js";
import { kindOf, sentenceOf } from "../../Sources/TableServer/Console/sentences.js";

const aldra = { id: "a", name: "Aldra", hp: 24, mapPosition: { x: 1, y: 2 }, isCurrentTurn: false };
const goblin = { id: "g", name: "Goblin", hp: 7, isKilled: false };
const scene = { id: "crypt", name: "Crypt", initiativeOrder: [aldra, goblin], maps: [], aoeMarkers: [], fogOfWar: [] };
const table = { live: scene, viewer: { blank: false, nightMode: { enabled: false, brightness: 1 } }, scenes: {}, maps: {} };

function told(type, after, data = {}) {
  const parts = changedParts(table, after);
  return { sentence: sentenceOf({ type, data }, parts), kind: kindOf({ type, data }, parts), keys: parts.map(({ key }) => key) };
}

const withLive = (changes) => ({ ...table, live: { ...scene, ...changes } });

test("a token that moves, is hurt, dies and has the turn", () => {
  const order = [{ ...aldra, mapPosition: { x: 4, y: 2.5 }, isCurrentTurn: true }, { ...goblin, hp: 0, isKilled: true }];
  assert.deepEqual(told("live.changed", withLive({ initiativeOrder: order })), {
    sentence: "Aldra moves to 4, 2.5, has the turn; Goblin is killed, HP 7 → 0", kind: "token",
    keys: ["live/initiativeOrder/a", "live/initiativeOrder/g"],
  });
});

test("elements are told apart by their id, wherever they stand", () => {
  const order = [goblin, aldra];
  assert.deepEqual(changedParts(table, withLive({ initiativeOrder: order })), []);
  const left = told("live.changed", withLive({ initiativeOrder: [goblin] }));
  assert.deepEqual([left.sentence, left.keys], ["Aldra leaves", ["live/initiativeOrder/a"]]);
});

test("what came over the wire anew and is the same is no change", () => {
  assert.deepEqual(changedParts(table, structuredClone(table)), []);
});

test("areas, fog and maps on the table", () => {
  assert.equal(told("live.changed", withLive({ aoeMarkers: [{ id: 1, label: "Web" }] })).sentence, "Web is placed");
  assert.equal(told("live.changed", withLive({ fogOfWar: [{ id: 1, points: [] }] })).sentence, "Fog area covers a place");
  const map = { name: "crypt.png", data: { isHidden: false } };
  assert.equal(told("live.changed", withLive({ maps: [map] })).kind, "map");
});

test("another scene is one part, not all that is on it", () => {
  const other = told("live.changed", { ...table, live: { ...scene, id: "inn", name: "Inn" } });
  assert.deepEqual(other, { sentence: "“Inn” is put on the table", kind: "scene", keys: ["live"] });
});

test("what happens beside the table", () => {
  const dark = { ...table, viewer: { ...table.viewer, nightMode: { enabled: true, brightness: 0.4 } } };
  assert.equal(told("viewer.night-mode-changed", dark).sentence, "Night falls (brightness 40 %)");
  assert.equal(told("map.uploaded", { ...table, maps: { "A/x.png": {} } }).sentence, "Map “A/x.png” is uploaded");
  assert.equal(told("table.restored", table, { to: 12 }).sentence, "The table as after event 12, restored");
});

test("an event of a kind that this page doesn't know is still told", () => {
  assert.deepEqual(told("dice.rolled-twice", table), { sentence: "dice rolled twice", kind: "other", keys: [] });
});

test("leaves that differ, with their places", () => {
  assert.deepEqual(changedLeaves({ a: { b: 1, c: [1] }, d: 1 }, { a: { b: 2, c: [1, 2] } }), [
    { path: "a.b", before: 1, after: 2 }, { path: "a.c", before: [1], after: [1, 2] }, { path: "d", before: 1, after: undefined },
  ]);
});
