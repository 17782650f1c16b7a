import assert from "node:assert/strict";
import test from "node:test";

import { download, fileName } from "../../Sources/TableServer/Console/downloads.js";

test("a download is named by the server, and never by a path", () => {
  assert.equal(fileName('attachment; filename="table-2026-11-27.zip"'), "table-2026-11-27.zip");
  assert.equal(fileName('attachment; filename="../../etc/passwd"'), "download");
  assert.equal(fileName(""), "download");
});

test("a download tells how much has come, and comes whole", async () => {
  const pieces = ["first", "second piece"];
  globalThis.fetch = async () => {
    const body = new ReadableStream({
      start(controller) {
        for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
        controller.close();
      },
    });
    return new Response(body, { headers: { "content-disposition": 'attachment; filename="table.zip"' } });
  };
  const told = [];
  const { blob, name } = await download("backup/export", (byteCount) => told.push(byteCount));
  assert.deepEqual(told, [5, 17]);
  assert.equal(await blob.text(), "firstsecond piece");
  assert.equal(name, "table.zip");
});
