// Tools/client/document-digest.js against its definitions: RFC 8785, FIPS 180-4 and docs/state-document.md.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";

import { DocumentDigest, applyPatch, canonicalForm, pointerTo, sha256 } from "../../Tools/client/spelltable.js";
import { compareByBytes } from "../../Tools/client/document-digest.js";
import { SeededRandom } from "./support/seeded-random.mjs";

const nodes = (bytes) => createHash("sha256").update(bytes).digest("hex");

test("SHA-256 is the one that everybody has", () => {
  assert.equal(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  for (let length = 0; length <= 260; length++) {
    const text = "aé😀\u0000".repeat(length).slice(0, length).toWellFormed?.() ?? "é".repeat(length);
    assert.equal(sha256(text), nodes(Buffer.from(text)), `length ${length}`);
  }
  assert.equal(sha256("x".repeat(3_000_000)), nodes("x".repeat(3_000_000)));
});

describe("the canonical form", () => {
  test("is the RFC's example", () => {
    const text = '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],' +
      '"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}';
    assert.equal(canonicalForm(JSON.parse(text)),
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
      '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}');
  });

  test("sorts names by UTF-16 units", () => {
    const names = ["\u20ac", "\r", "\ufb33", "1", "\ud83d\ude00", "\u0080", "\u00f6"];
    const sorted = Object.keys(JSON.parse(canonicalForm(Object.fromEntries(names.map((name) => [name, 0])))));
    assert.deepEqual(sorted, ["1", "\r", "\u0080", "\u00f6", "\u20ac", "\ud83d\ude00", "\ufb33"]);
  });

  test("doesn't tell 1.0 and 1, or -0 and 0", () => assert.equal(canonicalForm(JSON.parse("[1.0,-0,1e0]")), "[1,0,1]"));
});

test("strings are in the order of their bytes", () => {
  const random = new SeededRandom(7);
  const texts = Array.from({ length: 300 }, () => random.name() + random.name() + random.pick(["\uffff", "\ud7ff", "𐀀", ""]));
  const byBytes = [...texts].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  assert.deepEqual([...texts].sort(compareByBytes), byBytes);
});

describe("the document's digest", () => {
  /** docs/state-document.md, "Digest", to the letter and slowly. */
  function byDefinition(document) {
    const lines = [];
    for (const [name, value] of Object.entries(document)) {
      const entries = value === null || typeof value !== "object" ? [] : Object.entries(value);
      for (const [key, entry] of entries) lines.push(`${pointerTo(name, key)} ${nodes(canonicalForm(entry))}\n`);
      if (entries.length === 0) lines.push(`${pointerTo(name)} ${nodes(canonicalForm(value))}\n`);
    }
    const bytes = lines.map((line) => Buffer.from(line)).sort(Buffer.compare);
    return nodes(Buffer.concat(bytes));
  }

  test("is that of the definition, whatever is remembered", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = new SeededRandom(seed);
      const digest = new DocumentDigest();
      let document = random.object(4);
      for (let step = 0; step < 20; step++) {
        assert.equal(digest.of(document), byDefinition(document), `seed ${seed}, step ${step}: ${JSON.stringify(document)}`);
        document = applyPatch(document, [random.operation(document)]);
      }
    }
  });

  test("goes in steps of an entry", () => {
    const document = { scenes: { a: {}, b: {}, c: {} }, live: null };
    const steps = [...new DocumentDigest().steps(document)];
    assert.equal(steps.length, 3);
  });
});
