// Tools/client/json-patch.js: RFC 6902 to the letter, and nothing changed in place.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";

import { PatchError, applyPatch, pointerTo, valueAt } from "../../Tools/client/spelltable.js";
import { isEqual } from "../../Tools/client/json-patch.js";
import { SeededRandom } from "./support/seeded-random.mjs";

/** The nearest folder above this file that has the collection beside it. */
function nearestCollection() {
  for (let folder = new URL("./", import.meta.url); folder.pathname !== "/"; folder = new URL("../", folder)) {
    const file = new URL("shared/data/json-patch-tests/tests.json", folder);
    if (existsSync(file)) return file;
  }
  return null;
}

const collection = nearestCollection();
const isThere = collection !== null;

describe("the public json-patch-tests", { skip: isThere ? false : "shared/data/json-patch-tests isn't beside the project" }, () => {
  const records = isThere ? JSON.parse(readFileSync(collection, "utf8")) : [];
  const enabled = records.filter((record) => record.patch && !record.disabled);

  test("there are more than ninety", { skip: !isThere }, () => assert.ok(enabled.length > 90, `${enabled.length}`));
  enabled.forEach((record, at) => {
    test(`${at}: ${record.comment ?? JSON.stringify(record.patch).slice(0, 60)}`, () => {
      const before = JSON.stringify(record.doc);
      if ("error" in record) {
        assert.throws(() => applyPatch(record.doc, record.patch), PatchError);
      } else {
        const result = applyPatch(record.doc, record.patch);
        if ("expected" in record) assert.deepEqual(result, record.expected);
      }
      assert.equal(JSON.stringify(record.doc), before);
    });
  });
});

describe("applyPatch", () => {
  test("what a patch doesn't touch is the same object", () => {
    const document = { live: { maps: [{ name: "a" }, { name: "b" }], fog: [1] }, scenes: {} };
    const changed = applyPatch(document, [{ op: "replace", path: "/live/maps/1/name", value: "c" }]);
    assert.equal(changed.live.fog, document.live.fog);
    assert.equal(changed.live.maps[0], document.live.maps[0]);
    assert.equal(changed.scenes, document.scenes);
    assert.notEqual(changed.live.maps, document.live.maps);
    assert.equal(document.live.maps[1].name, "b");
  });

  test("the result is frozen, wherever it came from", () => {
    const changed = applyPatch({ a: {} }, [{ op: "add", path: "/a/b", value: { c: [{}] } }, { op: "copy", from: "/a", path: "/d" }]);
    for (const value of [changed, changed.a, changed.a.b, changed.a.b.c, changed.a.b.c[0], changed.d]) {
      assert.ok(Object.isFrozen(value));
    }
  });

  test("a copy goes its own way", () => {
    const changed = applyPatch({ a: { n: { x: 1 } } }, [
      { op: "add", path: "/a/n/y", value: 2 },
      { op: "copy", from: "/a", path: "/b" },
      { op: "add", path: "/b/n/z", value: 3 },
      { op: "remove", path: "/a/n/x" },
    ]);
    assert.deepEqual(changed, { a: { n: { y: 2 } }, b: { n: { x: 1, y: 2, z: 3 } } });
  });

  test("a patch that fails at its end has done nothing", () => {
    const document = { a: [1, 2] };
    const patch = [{ op: "add", path: "/a/0", value: 0 }, { op: "remove", path: "/a/7" }];
    assert.throws(() => applyPatch(document, patch), /operation 1 of the patch: there is no "7"/);
    assert.deepEqual(document, { a: [1, 2] });
  });

  test("__proto__ is a name like any other", () => {
    const document = JSON.parse('{"a":{}}');
    const changed = applyPatch(document, [
      { op: "add", path: "/a/__proto__", value: { polluted: 1 } },
      { op: "add", path: "/a/__proto__/more", value: 2 },
      { op: "copy", from: "/a", path: "/b" },
    ]);
    assert.equal(JSON.stringify(changed), '{"a":{"__proto__":{"polluted":1,"more":2}},"b":{"__proto__":{"polluted":1,"more":2}}}');
    assert.equal({}.polluted, undefined);
    assert.equal(changed.a.polluted, undefined);
    assert.throws(() => applyPatch({}, [{ op: "replace", path: "/__proto__", value: 1 }]), PatchError);
    assert.throws(() => applyPatch({}, [{ op: "remove", path: "/toString" }]), PatchError);
  });

  test("a thousand operations on one object copy it once", () => {
    const document = { scenes: Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`s${at}`, at])) };
    const patch = Array.from({ length: 20_000 }, (_, at) => ({ op: "replace", path: `/scenes/s${at}`, value: -at }));
    // Copied for each operation, this would be 400 million members and not end within the test's time.
    assert.equal(applyPatch(document, patch).scenes.s19999, -19_999);
  });

  for (const [patch, message] of [
    [{}, /a patch is an array/], [[null], /an operation is an object/], [[{ op: "add", path: "/a" }], /has a "value"/],
    [[{ op: "put", path: "/a" }], /"op" is add, remove/], [[{ op: "remove", path: "a" }], /begins with "\/"/],
    [[{ op: "remove", path: "/~2" }], /"~" is written "~0"/], [[{ op: "remove" }], /is a string/],
    [[{ op: "move", from: "/o", path: "/o/in" }], /into itself/], [[{ op: "remove", path: "" }], /whole document/],
    [[{ op: "add", path: "/s/x", value: 1 }], /"text" has no members/], [[{ op: "add", path: "/l/01", value: 1 }], /no place "01"/],
  ]) {
    test(`refuses ${JSON.stringify(patch)}`, () => {
      assert.throws(() => applyPatch({ a: 1, o: {}, s: "text", l: [1, 2] }, patch), (error) => {
        return error instanceof PatchError && message.test(error.message);
      });
    });
  }
});

describe("against another implementation", () => {
  // Tests/EndToEnd/table_client.py, which shares nothing with this one.
  const program = [
    "import json, sys", "sys.path.insert(0, sys.argv[1])", "from table_client import apply_patch",
    "print(json.dumps([apply_patch(c['document'], c['patch']) for c in json.load(sys.stdin)]))",
  ].join("\n");

  test("random patches make the same documents", () => {
    const cases = Array.from({ length: 400 }, (_, seed) => {
      const random = new SeededRandom(seed);
      const document = random.object(3);
      let current = document;
      const patch = [];
      for (let count = random.below(8); count >= 0; count--) {
        const operation = random.operation(current);
        current = applyPatch(current, [operation]);
        patch.push(operation);
      }
      return { seed, document, patch };
    });
    const folder = new URL("../EndToEnd", import.meta.url).pathname;
    const answer = execFileSync("python3", ["-B", "-c", program, folder], { input: JSON.stringify(cases), maxBuffer: 1 << 28 });
    JSON.parse(answer).forEach((expected, at) => {
      const { seed, document, patch } = cases[at];
      const result = applyPatch(document, patch);
      assert.ok(isEqual(result, expected), `seed ${seed}: ${JSON.stringify({ document, patch, result, expected })}`);
    });
  });
});

test("pointers name places with any characters", () => {
  const document = { maps: { "Act 1/crypt~1.png": { size: 3 } }, list: ["a", "b"] };
  const pointer = pointerTo("maps", "Act 1/crypt~1.png", "size");
  assert.equal(pointer, "/maps/Act 1~1crypt~01.png/size");
  assert.equal(valueAt(document, pointer), 3);
  assert.equal(valueAt(document, "/list/1"), "b");
  assert.equal(valueAt(document, "/list/-"), undefined);
  assert.equal(valueAt(document, "/list/1/0"), undefined);
  assert.equal(valueAt(document, "/toString"), undefined);
  assert.equal(valueAt(undefined, "/live"), undefined);
  assert.equal(valueAt(document, ""), document);
});
