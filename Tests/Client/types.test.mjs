// Tools/client/spelltable.d.ts says what spelltable.js has.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import * as spelltable from "../../Tools/client/spelltable.js";

const declarations = readFileSync(new URL("../../Tools/client/spelltable.d.ts", import.meta.url), "utf8");
const hasCompiler = spawnSync("tsc", ["--version"]).status === 0;

/** The names that stand at the beginning of the lines of a declared class. */
function declaredMembers(name) {
  const body = new RegExp(`^export class ${name}\\b[^{]*\\{\\n([^]*?)^\\}`, "m").exec(declarations)[1];
  return [...body.matchAll(/^ {2}(?:readonly )?(\w+)/gm)].map(([, member]) => member);
}

test("the same names are exported as are declared", () => {
  const declared = [...declarations.matchAll(/^export (?:class|function) (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual(Object.keys(spelltable).sort(), declared.sort());
});

for (const name of ["Table", "MemoryStorage", "WebStorage", "DatabaseStorage", "DocumentDigest"]) {
  test(`${name} has the members that are declared`, () => {
    const members = new Set(["constructor", ...declaredMembers(name)]);
    assert.deepEqual(Object.getOwnPropertyNames(spelltable[name].prototype).sort(), [...members].sort());
  });
}

test("a page's use of them is right", { skip: hasCompiler ? false : "tsc isn't installed" }, () => {
  const options = ["--noEmit", "--strict", "--target", "es2022", "--module", "esnext", "--moduleResolution", "node"];
  const usage = new URL("usage.ts", import.meta.url).pathname;
  const compiler = spawnSync("tsc", [...options, "--lib", "es2022,dom", usage], { encoding: "utf8" });
  assert.equal(compiler.stdout, "");
  assert.equal(compiler.status, 0);
});
