// The description of the HTTP routes, as its page shows it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { codeParts, groupsOf, resolved, typePieces } from "../../Sources/TableServer/Console/openapi-text.js";

const document = JSON.parse(readFileSync(new URL("../../Sources/TableServer/Console/openapi.json", import.meta.url)));

const typeText = (schema) => typePieces(schema).map((piece) => piece.schema ?? piece).join("");

/** Every schema in a value, however deep, with those of properties. */
function* schemasIn(value) {
  if (value === null || typeof value !== "object") return;
  if (!Array.isArray(value)) yield value;
  for (const child of Object.values(value)) yield* schemasIn(child);
}

test("every request has its place in one group", () => {
  const shown = groupsOf(document).flatMap(({ requests }) => requests.map(({ method, path }) => `${method} ${path}`));
  const all = Object.entries(document.paths).flatMap(([path, item]) => Object.keys(item).map((method) => `${method} ${path}`));
  assert.deepEqual(shown.toSorted(), all.toSorted());
  assert.ok(groupsOf(document).every(({ requests }) => requests.length > 0));
});

test("every reference leads somewhere", () => {
  const references = [...schemasIn(document)].filter((value) => "$ref" in value);
  assert.ok(references.length > 50);
  for (const reference of references) assert.ok(resolved(document, reference), reference.$ref);
});

test("types are written for people", () => {
  assert.equal(typeText({ type: ["string", "null"] }), "string | null");
  assert.equal(typeText({ type: "array", items: { $ref: "#/components/schemas/Map" } }), "list of Map");
  assert.equal(typeText({ enum: ["a", "b"] }), '"a" | "b"');
  assert.equal(typeText({ oneOf: [{ type: "null" }, { const: 1 }] }), "null | 1");
  assert.equal(typeText({}), "anything");
  assert.equal(typeText({ type: "object" }), "object");
  assert.equal(typeText({ type: "object", additionalProperties: { type: "integer" } }), "{ any name: integer }");
  assert.equal(
    typeText({ type: "object", required: ["a"], properties: { a: { type: "object", properties: { b: { type: "string", format: "date-time", description: "When." } } } } }),
    "{\n  a: {\n    b?: time   — When.\n  }\n}");
});

test("every type of the document can be written", () => {
  const schemas = [
    ...Object.values(document.components.schemas),
    ...[...schemasIn(document.paths)].filter((value) => "schema" in value && "in" in value).map(({ schema }) => schema),
    ...[...schemasIn(document.paths)].flatMap(({ content }) => Object.values(content ?? {})).flatMap(({ schema }) => schema ?? []),
  ];
  assert.ok(schemas.length > 80);
  for (const schema of schemas) assert.doesNotMatch(typeText(schema), /undefined|\[object/);
});

test("what stands between backticks is code", () => {
  assert.deepEqual(codeParts("see `a` and `b`"), ["see ", "a", " and ", "b", ""]);
  for (const { description, summary } of schemasIn(document)) {
    for (const text of [description, summary]) {
      if (typeof text === "string") assert.equal(codeParts(text).length % 2, 1, text);
    }
  }
});
