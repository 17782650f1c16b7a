// What the server says of itself, as the Server view shows it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { importText } from "../../Sources/TableServer/Console/import-text.js";
import { parseMetrics, quantile } from "../../Sources/TableServer/Console/prometheus.js";
import { clientRows, statusFacts } from "../../Sources/TableServer/Console/server-status.js";
import { latencyText } from "../../Sources/TableServer/Console/texts.js";

const client = (more) => ({
  kind: "plain", address: "10.0.0.7:50112", actor: "ws@10.0.0.7", since: "2026-11-26T10:00:00.000Z", live: true,
  eventsBehind: 0, unsentBytes: 0, ...more,
});

const status = (more) => ({
  version: "1.0.0", time: "2026-11-26T10:05:00.000Z", started: "2026-11-26T09:00:00.000Z", uptimeSeconds: 3900,
  status: "ready", reason: null, journal: { id: "j", offset: 1203, segments: 2, bytes: 12_000_000, grownBytes: 1500 },
  document: { bytes: 34_000 }, snapshot: null, verification: null, clients: [], ...more,
});

const fact = (name, more) => new Map(statusFacts(status(more))).get(name);

test("an import tells what it brought, what it left out, and whether there is something to undo", () => {
  const counts = { maps: 2, scenes: 1, sounds: 0 };
  assert.deepEqual(
    importText("b.zip", { processed_files: counts, skipped: [], offset: 7 }),
    { text: "“b.zip” is in: 2 maps, 1 scene, 0 sounds.", offset: 7, left: null });
  const same = importText("b.zip", { processed_files: counts, skipped: [], offset: null });
  assert.equal(same.offset, null);
  assert.match(same.text, /^Nothing in “b.zip” is new/);
  const skipped = Array.from({ length: 7 }, (_, number) => ({ path: `scenes/${number}.json`, reason: "no JSON" }));
  const { left } = importText("b.zip", { processed_files: counts, skipped, offset: 7 });
  assert.match(left, /^Left out of “b.zip”: scenes\/0.json \(no JSON\), .*scenes\/4.json \(no JSON\), and 2 more, which the log has\.$/);
});

test("the last backup is told, and what went wrong since", () => {
  const backup = { folder: "/mnt", everySeconds: 86_400, keep: 7, last: null, failure: null, failures: 0 };
  const last = { time: "2026-11-26T09:05:00.000Z", file: "spelltable-x.zip", offset: 1203, bytes: 2_500_000, missingBlobs: 0 };
  assert.equal(fact("Backups", { backup: null }), "none are scheduled (--backup-to)");
  assert.equal(fact("Backups", { backup }), "none yet. Every 24 h, the newest 7 are kept in /mnt");
  assert.equal(
    fact("Backups", { backup: { ...backup, last } }),
    "1 h ago, verified: spelltable-x.zip, up to event 1,203, 2.5 MB. Every 24 h, the newest 7 are kept in /mnt");
  const failure = { time: "2026-11-26T10:04:00.000Z", reason: "there is no folder /mnt" };
  assert.match(fact("Backups", { backup: { ...backup, last, failure } }), /FAILED 1 min ago: there is no folder \/mnt\./);
  assert.match(fact("Backups", { backup: { ...backup, last: { ...last, missingBlobs: 2 } } }), /WITHOUT 2 files that are not on the disk/);
});

test("clients come with their lag, the slowest first", () => {
  const rows = clientRows(status({
    clients: [
      client({ address: "a", since: "2026-11-26T10:04:00.000Z" }), client({ address: "b" }),
      client({ address: "c", kind: "events", eventsBehind: 4, unsentBytes: 250_000 }),
      client({ address: "d", kind: "stream", live: false, eventsBehind: 1 }),
    ],
  }));
  assert.deepEqual(rows.map(({ address }) => address), ["c", "d", "b", "a"]);
  assert.deepEqual(rows.map(({ behind }) => behind), ["4 events behind", "catching up, 1 event behind", "up to date", "up to date"]);
  assert.deepEqual(rows.map(({ kind }) => kind), ["event client", "event stream", "web client", "web client"]);
  assert.deepEqual(rows.map(({ since }) => since), ["5 min", "5 min", "5 min", "1 min"]);
  assert.deepEqual(rows.map(({ isBehind }) => isBehind), [true, true, false, false]);
  assert.equal(rows[0].unsent, "250 KB");
});

test("a client of a kind that this page doesn't know is shown all the same", () => {
  assert.equal(clientRows(status({ clients: [client({ kind: "quic" })] }))[0].kind, "quic");
});

test("the journal, its growth and the document", () => {
  assert.equal(fact("Journal"), "12.0 MB in 2 segments, +1.5 KB since the server's start");
  const journal = status().journal;
  assert.equal(fact("Journal", { journal: { ...journal, grownBytes: -1500 } }), "12.0 MB in 2 segments, −1.5 KB since the server's start");
  assert.equal(fact("Journal", { journal: { ...journal, grownBytes: null } }), "12.0 MB in 2 segments");
  assert.equal(fact("Journal", { journal: { ...journal, bytes: null, segments: null, grownBytes: null } }), "can't be read");
  assert.equal(fact("Document"), "34.0 KB");
});

test("the last snapshot and the last verification, by the server's clock", () => {
  assert.equal(fact("Last snapshot"), "none yet");
  assert.equal(
    fact("Last snapshot", { snapshot: { offset: 1200, time: "2026-11-26T10:04:20.000Z", bytes: 999 } }), "after event 1,200, 999 B, 40 s ago");
  assert.match(fact("Last verification"), /^none since/);
  const verification = (result, offset, reason) => ({ verification: { result, offset, reason, time: "2026-11-26T10:03:00.000Z" } });
  assert.equal(fact("Last verification", verification("agrees", 7, null)), "the snapshot after event 7 agrees with the events, 2 min ago");
  assert.match(fact("Last verification", verification("wrong", 7, "its chain")), /event 7 was WRONG \(its chain\).*2 min ago$/);
  assert.equal(fact("Last verification", verification("failed", null, "no file")), "could not be done: no file, 2 min ago");
});

test("whether changes are taken, and why not", () => {
  assert.equal(fact("Takes changes"), "yes");
  assert.equal(fact("Takes changes", { status: "refusing", reason: "the disk is full" }), "no (refusing): the disk is full");
});

test("a quantile is of all series of a histogram together", () => {
  const reading = (a, b) => parseMetrics(
    `t_bucket{route="a",le="0.001"} ${a}\nt_bucket{route="a",le="+Inf"} ${a}\nt_bucket{route="b",le="0.001"} 0\n`
    + `t_bucket{route="b",le="0.01"} ${b}\nt_bucket{route="b",le="+Inf"} ${b}\nt_bucket{route="a",le="0.01"} ${a}\nt_bucketful 7\n`);
  assert.ok(Math.abs(quantile(null, reading(50, 50), "t", 0.25) - 0.0005) < 1e-9);
  assert.ok(Math.abs(quantile(null, reading(50, 50), "t", 0.75) - 0.0055) < 1e-9);
  assert.equal(quantile(reading(50, 50), reading(0, 0), "t", 0.5), null);
});

test("latencies have a fitting unit", () => {
  assert.deepEqual([0, 0.00034, 0.0012, 0.035, 1.5, 12].map(latencyText), ["0 µs", "340 µs", "1.2 ms", "35 ms", "1.5 s", "12 s"]);
});
