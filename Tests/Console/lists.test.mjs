import assert from "node:assert/strict";
import test from "node:test";

import { choices, filtered, rowsOf } from "../../Sources/TableServer/Console/audit-filter.js";
import { countOf, removedItems, treeOf } from "../../Sources/TableServer/Console/library-tree.js";
import { parseMetrics, quantile, rate, total } from "../../Sources/TableServer/Console/prometheus.js";
import { sessionsOf } from "../../Sources/TableServer/Console/sessions.js";
import { bytesText, spanText } from "../../Sources/TableServer/Console/texts.js";
import { TimelineScale } from "../../Sources/TableServer/Console/timeline-scale.js";

const any = { kind: "", actor: "", scene: "", text: "", since: null, until: null, key: null };
const record = (offset, rest = {}) => ({
  offset, time: offset * 100, kind: "token", actor: "ws@10.0.0.7", scene: "Crypt", sentence: "Aldra moves", keys: ["live/initiativeOrder/a"], gone: [],
  event: { type: "live.changed", actor: "ws@10.0.0.7", patch: [] }, ...rest,
});

test("filters are all true at once, and the newest comes first", () => {
  const records = [record(0), record(1, { actor: "rest@10.0.0.8", kind: "map" }), record(2, { sentence: "Brom HP 31 → 25" }), record(3, { keys: ["live"] })];
  const offsets = (filter) => filtered(records, { ...any, ...filter }).map(({ offset }) => offset);
  assert.deepEqual(offsets({}), [3, 2, 1, 0]);
  assert.deepEqual(offsets({ kind: "map" }), [1]);
  assert.deepEqual(offsets({ actor: "ws@10.0.0.7", text: "hp BROM" }), [2]);
  assert.deepEqual(offsets({ since: 100, until: 200 }), [2, 1]);
  assert.deepEqual(offsets({ scene: "Inn" }), []);
  // A scene that is put on the table brings its tokens.
  assert.deepEqual(offsets({ key: "live/initiativeOrder/a" }), [3, 2, 1, 0]);
  assert.deepEqual(offsets({ key: "live/initiativeOrder/b" }), [3]);
  assert.deepEqual(choices(records).kinds, ["map", "token"]);
});

test("a drag is one row, until somebody else or something else comes between", () => {
  const rows = (records) => rowsOf(records.toReversed(), true).map(({ newest, oldest, count }) => [oldest.offset, newest.offset, count]);
  assert.deepEqual(rows([record(0), record(1), record(2)]), [[0, 2, 3]]);
  assert.deepEqual(rows([record(0), record(1, { actor: "ws@10.0.0.9" }), record(2)]), [[2, 2, 1], [1, 1, 1], [0, 0, 1]]);
  assert.deepEqual(rows([record(0), record(1, { time: 1500 })]), [[1, 1, 1], [0, 0, 1]]);
  assert.deepEqual(rows([record(0), record(1, { keys: ["live/initiativeOrder/b"] })]), [[1, 1, 1], [0, 0, 1]]);
  assert.equal(rowsOf([record(1), record(0)], false).length, 2);
});

test("sessions end where a pause is longer than two hours", () => {
  const hour = 3_600_000;
  assert.deepEqual(sessionsOf([]), []);
  assert.deepEqual(sessionsOf([0, 2 * hour, 4 * hour + 1]).map(({ first, last }) => [first, last]), [[0, 1], [2, 2]]);
});

test("on the timeline every event is found again at its own place", () => {
  const hour = 3_600_000;
  const times = [0, 10, 20, 30 * hour, 30 * hour + 600_000, 31 * hour, 90 * hour];
  const scale = new TimelineScale(times, sessionsOf(times), 600);
  times.forEach((_, index) => assert.ok(Math.abs(times[scale.indexAt(scale.xOf(index) + 1e-6)] - times[index]) <= 20, `event ${index}`));
  assert.equal(scale.indexAt(-1), -1);
  assert.equal(scale.indexAt(10_000), times.length - 1);
  const { spans } = scale;
  assert.ok(Math.abs(spans.at(-1).left + spans.at(-1).width - 600) < 1e-6);
  assert.ok(spans.every(({ width }) => width >= 36 - 1e-9));
});

test("many sessions on a narrow screen still have places, from left to right", () => {
  const times = Array.from({ length: 40 }, (_, index) => index * 1e9);
  const { spans } = new TimelineScale(times, sessionsOf(times), 300);
  spans.forEach(({ left }, at) => assert.ok(at === 0 || left > spans[at - 1].left));
});

test("metrics are read with their labels, and counters become rates", () => {
  const text = "# HELP x y\nx{a=\"1\"} 3\nx{a=\"2\"} 4\nxy 9\n";
  assert.equal(total(parseMetrics(text), "x"), 7);
  const reading = (time, value) => ({ time, metrics: parseMetrics(`n ${value}\n`) });
  assert.equal(rate(reading(0, 10), reading(2000, 30), "n"), 10);
  assert.equal(rate(reading(0, 10), reading(2000, 3), "n"), 0);
});

test("a quantile is taken of what was counted between two readings", () => {
  const histogram = (low, middle, high, all) => parseMetrics(
    `t_bucket{le="0.001"} ${low}\nt_bucket{le="0.01"} ${middle}\nt_bucket{le="0.1"} ${high}\nt_bucket{le="+Inf"} ${all}\n`);
  const [earlier, later] = [histogram(10, 10, 10, 10), histogram(10, 110, 110, 110)];
  assert.ok(Math.abs(quantile(earlier, later, "t", 0.5) - 0.0055) < 1e-9);
  assert.equal(quantile(later, later, "t", 0.5), null);
  assert.equal(quantile(null, histogram(0, 0, 0, 5), "t", 0.99), 0.1);
});

test("the library's tree has empty folders, and items where they belong", () => {
  const document = {
    mapFolders: { Town: {}, "Town/Docks": {} }, maps: { "Town/inn.png": { size: 5 }, "b.png": {}, "A.png": {} },
    sceneFolders: {}, scenes: { s1: { name: "Crypt", folder: "Abbey" } }, sounds: { "loop/Rain/soft.mp3": {} },
  };
  const maps = treeOf(document, "maps");
  assert.deepEqual(maps.items.map(({ name }) => name), ["A.png", "b.png"]);
  assert.equal(maps.folders.get("Town").folders.get("Docks").path, "Town/Docks");
  assert.equal(countOf(maps), 3);
  assert.equal(treeOf(document, "scenes").folders.get("Abbey").items[0].name, "Crypt");
  assert.equal(treeOf(document, "sounds").folders.get("loop").folders.get("Rain").items[0].path, "loop/Rain/soft.mp3");
});

test("removed is what was taken away and hasn't come back or gone elsewhere", () => {
  const gone = (offset, path, patch = []) => record(offset, { keys: [`maps/${path}`], gone: [`maps/${path}`], event: { type: "map.deleted", patch } });
  const records = [
    gone(3, "a.png"), gone(4, "back.png"), record(5, { keys: ["maps/back.png"] }),
    gone(6, "old.png", [{ op: "move", from: "/maps/old.png", path: "/maps/new.png" }]), gone(7, "x/y.png"),
  ];
  const removed = removedItems(records, { maps: { "back.png": {} } }, "maps");
  assert.deepEqual(removed.map(({ path, pointer, offset }) => [path, pointer, offset]), [["x/y.png", "/maps/x~1y.png", 6], ["a.png", "/maps/a.png", 2]]);
});

test("numbers for people", () => {
  assert.deepEqual([999, 1536, 12e6].map(bytesText), ["999 B", "1.5 KB", "12.0 MB"]);
  assert.deepEqual([0.012, 42, 7800].map(spanText), ["12 ms", "42 s", "2 h 10 min"]);
});
