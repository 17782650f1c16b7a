// Uses spelltable.d.ts as a page does. types.test.mjs has the compiler look at it; nothing runs it.

import {
  CommandError, DatabaseStorage, DocumentDigest, MemoryStorage, Patch, PatchError, Table, TableDocument, TableState, WebStorage,
  applyPatch, canonicalForm, pointerTo, sha256, valueAt,
} from "../../Tools/client/spelltable.js";

const table = new Table("http://localhost:8010", { storage: new DatabaseStorage("my table"), times: { save: 5_000 } });
new Table(new URL("http://localhost:8010"), { storage: new WebStorage(sessionStorage), random: () => 0.5, newId: () => "1" });
new Table("http://localhost:8010", { storage: new MemoryStorage(), WebSocket, clock: { now: Date.now, setTimeout, clearTimeout } });

const end: () => void = table.on("change", ({ document, previous, patch, events, reason }) => {
  if (document.live !== previous?.live) console.log(document.live?.name, reason);
  const changes: Patch | null = patch;
  for (const event of events) console.log(event.type, event.offset + 1, event.actor?.length, changes?.length);
});
end();
table.on("event", ({ event, document }) => console.log(event.type, document.viewer.nightMode.brightness * 2));
table.on("state", ({ state, retryAt, close }) => {
  const light: TableState = state;
  console.log(light, retryAt === null ? "" : retryAt - Date.now(), close?.code);
});
table.on("unsaved", (commands) => console.log(commands.map(({ name, since }) => `${name} ${since}`).join()));
table.on("refused", ({ name, error }) => console.log(name, error.code, error.details["conflicts"]));
table.on("effect", (message) => console.log(message["markerId"]));
table.on("problem", ({ code, message, isHealing }) => console.log(code, message, isHealing));
table.on("verified", ({ offset, digest }) => console.log(offset, digest.length));
table.watch("/live/maps", (maps, before) => console.log(Array.isArray(maps), before));

async function use(document: TableDocument) {
  try {
    const { offset, answer } = await table.send("scene.save", { name: "Inn" }, { ifOffset: table.offset, key: "save" });
    console.log(offset, answer?.["id"]);
  } catch (error) {
    if (error instanceof CommandError) console.log(error.code, error.message);
  }
  const isSent: boolean = table.effect({ type: "highlight_marker", markerId: "m-1" });
  console.log(isSent, document.maps["Act 1/crypt.png"]?.size, table.at(pointerTo("maps", "Act 1/crypt.png")));
  console.log(new DocumentDigest().of(document), sha256(canonicalForm([1, "x", null])), valueAt(document, "/live"));
  console.log(applyPatch(document, [{ op: "remove", path: "/live" }]), new PatchError("no"));
  table.retry();
  await table.close();
}
if (table.document) use(table.document);

// @ts-expect-error: there is no such event
table.on("changes", () => {});
// @ts-expect-error: the document isn't the page's to change
if (table.document) table.document.viewer.blank = true;
// @ts-expect-error: there may be no document yet
table.document.live;
// @ts-expect-error: an operation has a value
applyPatch({}, [{ op: "add", path: "/a" }]);
