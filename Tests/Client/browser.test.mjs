// Tools/client/spelltable.js in Chromium, against the real server, with the way between them cut.
//
// The page's address is http://table.test, which like a table's in the living room is no secure context: there is neither
// crypto.subtle nor crypto.randomUUID.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";

import { Table } from "../../Tools/client/spelltable.js";
import { Browser, isInstalled } from "./support/browser.mjs";
import { Network } from "./support/network.mjs";
import { PageServer } from "./support/page-server.mjs";
import { ServerProcess } from "./support/server-process.mjs";

const host = "table.test";
const missing = "chromium and chromedriver aren't installed: Tools/install-packages --with-test-tools, where the system has them";

/** Opens the table in the page as `table`, with all that it said as `said`, and `until(condition)` to wait. */
const join = `
  const storages = {
    database: () => new spelltable.DatabaseStorage(given.key), web: () => new spelltable.WebStorage(localStorage, given.key),
    none: () => undefined,
  };
  window.table = new spelltable.Table(given.address, {
    storage: storages[given.storage ?? "none"](), times: { retry: 20, retryMax: 200, ...given.times },
  });
  window.said = [];
  for (const name of ["change", "state", "unsaved", "refused", "problem", "verified"]) {
    table.on(name, (event) => said.push({ name, reason: event.reason, state: event.state, code: event.code }));
  }
  window.until = async (condition) => { while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5)); };
`;

describe("a table in a browser", { skip: isInstalled ? false : missing, timeout: 400_000 }, () => {
  let server, network, pages, browser, watcher, given;
  let count = 0;

  before(async () => {
    server = await ServerProcess.started();
    [network, pages, browser] = await Promise.all([Network.to(server.port), PageServer.started(), Browser.started({ host })]);
    watcher = new Table(server.address);
  });
  after(async () => {
    await browser?.end();
    await watcher?.close();
    await Promise.all([pages?.remove(), network?.remove(), server?.remove()]);
  });
  beforeEach(async () => {
    network.mend();
    given = { address: `http://${host}:${network.port}`, key: `table-${count++}` };
    await browser.open(`http://${host}:${pages.port}/`);
  });

  const scene = (name) => ({ scene: { id: "s", name, maps: [] } });

  async function assertSame() {
    const document = await browser.run("return JSON.stringify(table.document)");
    assert.deepEqual(JSON.parse(document), (await server.snapshot()).document);
  }

  test("works where nothing is secure, and its digest is the server's", async () => {
    const result = await browser.run(`${join}
      const { offset } = await table.send("live.change", given.change);
      await until(() => said.some(({ name }) => name === "verified") && table.state === "live");
      return { isSecure: isSecureContext, subtle: typeof crypto.subtle, offset, name: table.at("/live/name"),
        problems: said.filter(({ name }) => name === "problem") };`, { ...given, times: { ping: 30 }, change: scene("😀 \ue000 é") });
    assert.equal(result.isSecure, false);
    assert.equal(result.subtle, "undefined");
    assert.equal(result.name, "😀 \ue000 é");
    assert.deepEqual(result.problems, []);
    await assertSame();
  });

  test("goes away when the way is cut, and brings what was done meanwhile when it is back", async () => {
    await browser.run(`${join} await until(() => table.state === "live");`, given);
    network.cut();
    await browser.run(`
      await until(() => table.state === "away");
      window.sent = given.map((change) => table.send("live.change", change));
      if (table.unsaved.length !== 3) throw new Error("three commands aren't saved, not " + table.unsaved.length);`,
    ["one", "two", "three"].map(scene));
    const other = await watcher.send("scene.save", { id: "x", name: "by another", maps: [] });
    network.mend();
    const offsets = await browser.run(`
      const outcomes = await Promise.all(sent);
      await until(() => table.state === "live");
      return outcomes.map(({ offset }) => offset);`);
    assert.deepEqual(offsets, [1, 2, 3].map((number) => other.offset + number));
    assert.equal(await browser.run("return table.at('/live/name')"), "three");
    await assertSame();
  });

  test("notices that nothing comes through any more", async () => {
    await browser.run(`${join} await until(() => table.state === "live");`, { ...given, times: { ping: 30, pong: 100 } });
    network.silence();
    await browser.run(`await until(() => table.state === "away");`);
    network.mend();
    await browser.run(`await until(() => table.state === "live");`);
    await assertSame();
  });

  for (const storage of ["database", "web"]) {
    test(`keeps document, position and unsaved commands across a reload (${storage})`, async () => {
      given.storage = storage;
      await browser.run(`${join} await table.send("live.change", given.change); await until(() => table.state === "live");`,
        { ...given, change: scene(`before ${storage}`) });
      network.cut();
      await browser.run(`
        await until(() => table.state === "away");
        for (const change of given) table.send("live.change", change).catch(() => {});
        dispatchEvent(new Event("pagehide"));
        await new Promise((resolve) => setTimeout(resolve, 100));`, [scene("first"), scene(`after ${storage}`)]);
      await browser.reload();
      const stored = await browser.run(`${join}
        await until(() => table.document !== undefined);
        return { name: table.at("/live/name"), unsaved: table.unsaved.map(({ data }) => data.scene.name), said };`, given);
      assert.equal(stored.name, `before ${storage}`);
      assert.deepEqual(stored.unsaved, ["first", `after ${storage}`]);
      const { offset } = await server.snapshot();
      network.mend();
      const reasons = await browser.run(`
        await until(() => table.state === "live" && table.unsaved.length === 0);
        await until(() => table.at("/live/name") === given);
        return said.filter(({ name }) => name === "change").map(({ reason }) => reason);`, `after ${storage}`);
      assert.equal(reasons[0], "stored");
      assert.ok(!reasons.includes("snapshot"), `resumed, without a snapshot: ${reasons}`);
      assert.equal((await server.snapshot()).offset, offset + 2);
      await assertSame();
      await browser.run("await table.close();");
      await browser.reload();
      assert.deepEqual(await browser.run(`${join} await until(() => table.state === "live"); return table.unsaved;`, given), []);
    });
  }

  test("is the server's after thirty cuts in the midst of what happens", async () => {
    await browser.run(`${join} await until(() => table.state === "live");
      window.work = (async () => {
        for (let at = 0; at < 60; at++) {
          table.send("live.change", { scene: { id: "s", name: "page " + at, maps: [] } });
          await new Promise((resolve) => setTimeout(resolve, 8));
        }
      })();`, given);
    for (let at = 0; at < 30; at++) {
      await watcher.send("scene.save", { id: "x", name: `watcher ${at}`, maps: [] });
      network.reset();
    }
    const problems = await browser.run(`
      await work;
      await until(() => table.unsaved.length === 0 && table.state === "live" && table.at("/live/name") === "page 59");
      return said.filter(({ name }) => name === "problem");`);
    assert.deepEqual(problems, []);
    await assertSame();
  });

  test("comes back to a restarted server", async () => {
    await browser.run(`${join} await until(() => table.state === "live");`, given);
    await server.end();
    await browser.run(`await until(() => table.state === "away"); window.sent = table.send("viewer.blank");`);
    await server.start();
    await browser.run(`await sent; await until(() => table.state === "live");`);
    await assertSame();
  });
});
