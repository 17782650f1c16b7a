// The library's folders and files as a tree, and what was removed from it: pure.

/**
 * The tree of `scenes`, `maps` or `sounds`: `{folders: Map, items: []}`, each folder the same, with `path`.
 *
 * Items are `{key, path, name, size?, blob?, mediaType?}`; `path` is what commands call them by (a scene's id).
 */
export function treeOf(document, kind) {
  const root = { path: "", folders: new Map(), items: [] };
  const folders = { scenes: document.sceneFolders, maps: document.mapFolders, sounds: {} }[kind] ?? {};
  for (const path of Object.keys(folders)) folderAt(root, path);
  for (const [key, entry] of Object.entries(document[kind] ?? {})) {
    const isScene = kind === "scenes";
    const folder = isScene ? (entry.folder ?? "") : key.split("/").slice(0, -1).join("/");
    folderAt(root, folder).items.push({
      key: `${kind}/${key}`, path: key, name: isScene ? String(entry.name ?? key) : key.split("/").at(-1), folder,
      ...(isScene ? {} : { size: entry.size, blob: entry.blob, mediaType: entry.mediaType }),
    });
  }
  sort(root);
  return root;
}

/** How many items there are in a tree. */
export function countOf({ folders, items }) {
  return items.length + [...folders.values()].reduce((sum, folder) => sum + countOf(folder), 0);
}

/**
 * What was removed and isn't there now, newest first: `{key, path, pointer, offset, record}`, where `offset` is the last event after
 * which it was there, and `record` the event that took it away. What was renamed or moved was not removed.
 */
export function removedItems(records, document, kind) {
  const seen = new Set();
  const removed = [];
  for (const record of records.toReversed()) {
    for (const key of record.keys) {
      if (!key.startsWith(`${kind}/`) || seen.has(key)) continue;
      seen.add(key);
      const path = key.slice(kind.length + 1);
      const wasMoved = record.event.patch.some(({ op, from }) => op === "move" && from === pointerOf(kind, path));
      if (Object.hasOwn(document[kind] ?? {}, path) || wasMoved || !record.gone.includes(key)) continue;
      removed.push({ key, path, offset: record.offset - 1, record, pointer: pointerOf(kind, path) });
    }
  }
  return removed;
}

/** JSON Pointer of an entry. */
export function pointerOf(kind, path) {
  return `/${kind}/${path.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

function folderAt(root, path) {
  let folder = root;
  for (const part of path.split("/").filter((name) => name !== "")) {
    if (!folder.folders.has(part)) {
      folder.folders.set(part, { path: folder.path === "" ? part : `${folder.path}/${part}`, folders: new Map(), items: [] });
    }
    folder = folder.folders.get(part);
  }
  return folder;
}

function sort(folder) {
  const byName = (a, b) => a.localeCompare(b, undefined, { sensitivity: "base", numeric: true });
  folder.items.sort((a, b) => byName(a.name, b.name));
  folder.folders = new Map([...folder.folders].sort(([a], [b]) => byName(a, b)));
  for (const child of folder.folders.values()) sort(child);
}
