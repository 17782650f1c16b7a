// docs/client.md names everything that there is, and its page works as it stands.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { after, before, describe, test } from "node:test";

import { Table } from "../../Tools/client/spelltable.js";
import { defaultTimes } from "../../Tools/client/connection.js";
import { Browser, isInstalled } from "./support/browser.mjs";
import { PageServer } from "./support/page-server.mjs";
import { ServerProcess } from "./support/server-process.mjs";

const text = readFileSync(new URL("../../docs/client.md", import.meta.url), "utf8");
const source = (name) => readFileSync(new URL(`../../Tools/client/${name}`, import.meta.url), "utf8");
const blocks = (language) => [...text.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, "gm"))].map(([, code]) => code);

describe("docs/client.md names", () => {
  test("every member of Table", () => {
    for (const name of Object.getOwnPropertyNames(Table.prototype)) {
      if (name !== "constructor") assert.match(text, new RegExp(`^\\|.*\`${name}[\`(]`, "m"), name);
    }
  });

  test("every event", () => {
    const names = new Set([...source("spelltable.js").matchAll(/#emit\("([a-z]+)"/g)].map(([, name]) => name));
    assert.ok(names.size >= 7);
    for (const name of names) assert.match(text, new RegExp(`^\\| \`${name}\` \\|`, "m"), name);
  });

  test("every code of a command that isn't done", () => {
    const thrown = ["spelltable.js", "outbox.js"].flatMap((name) => [...source(name).matchAll(/CommandError\("([a-z-]+)"/g)]);
    for (const [, code] of thrown) assert.match(text, new RegExp(`^\\| \`${code}\` \\|`, "m"), code);
  });

  test("every time with its default", () => {
    for (const [name, value] of Object.entries(defaultTimes)) {
      const row = new RegExp(`^\\|.*\`${name}\`.*\\|.*${value.toLocaleString("en")}`, "m");
      assert.match(text, row, name);
    }
  });

  test("every file", () => {
    const files = readdirSync(new URL("../../Tools/client/", import.meta.url)).filter((name) => name !== "package.json");
    for (const name of files) assert.match(text, new RegExp(`^\\| \`${name}\` \\|`, "m"), name);
  });
});

test("the pieces of code in docs/client.md are JavaScript", () => {
  const AsyncFunction = (async () => {}).constructor;
  assert.ok(blocks("js").length >= 5);
  for (const code of blocks("js")) assert.doesNotThrow(() => new AsyncFunction(code), code);
});

const skip = isInstalled ? false : "chromium and chromedriver aren't installed";

describe("the page in docs/client.md", { skip, timeout: 400_000 }, () => {
  let server, pages, browser;

  before(async () => {
    server = await ServerProcess.started();
    const [page] = blocks("html");
    assert.ok(page.includes("http://localhost:8010"));
    pages = await PageServer.started(page.replace("http://localhost:8010", server.address));
    browser = await Browser.started({ host: "table.test" });
  });
  after(async () => {
    await browser?.end();
    await Promise.all([pages?.remove(), server?.remove()]);
  });

  const shows = (id, expected) => browser.run(`
    const end = performance.now() + 60_000;
    const element = document.getElementById(given.id);
    while (element.textContent !== given.expected) {
      if (performance.now() > end) throw new Error("#" + given.id + " shows " + element.textContent);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }`, { id, expected });
  const click = (id) => browser.run("document.getElementById(given).click();", id);

  test("does what the walk-through says", async () => {
    await browser.open(`http://127.0.0.1:${pages.port}/`);
    await shows("light", "live");
    const other = new Table(server.address, { times: { retry: 20 } });
    await other.send("live.change", { scene: { id: "s", name: "Inn", maps: [{ name: "inn.png" }, { name: "cellar.png" }] } });
    await shows("scene", "Inn");
    await shows("maps", "inn.pngcellar.png");
    await other.close();
    await server.end();
    await shows("light", "away");
    await click("blank");
    await shows("unsaved", "1 not saved yet");
    await browser.reload();
    await shows("scene", "Inn");
    await shows("unsaved", "1 not saved yet");
    await server.start();
    await shows("unsaved", "all is saved");
    assert.equal((await server.snapshot()).document.viewer.blank, true);
    await click("undo");
    await shows("unsaved", "all is saved");
    while ((await server.snapshot()).document.viewer.blank) await new Promise((resolve) => setTimeout(resolve, 20));
    for (let step = 0; step < 2; step++) await click("undo");
    await shows("message", "table.undo: Nothing to undo");
  });
});
