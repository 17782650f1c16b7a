// Which parts of a table's document differ between two moments.
//
// A part is what a person would name: a token, a map on the table, a fog area, a saved scene, a file. Documents share
// everything that an event left alone (client/json-patch.js), so two that are one event apart are compared by looking at
// what is not the same object.

import { isEqual } from "./client/json-patch.js";

/** Members of the document that are collections of named entries. */
const collections = ["scenes", "sceneImages", "sceneFolders", "maps", "mapData", "mapFolders", "sounds"];

/** Members of a scene that are lists of things, and what one of these is called. */
export const sceneLists = { initiativeOrder: "token", maps: "map", aoeMarkers: "area", fogOfWar: "fog" };

/**
 * The parts that differ, as `{key, kind, name, before, after}`.
 *
 * `key` names the part in all documents (`live/initiativeOrder/hero-1`), `kind` is the collection's or list's name, and
 * `before` or `after` is undefined where the part isn't there.
 */
export function changedParts(before, after) {
  if (before === after) return [];
  const parts = [];
  for (const member of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (same(before[member], after[member])) continue;
    if (collections.includes(member)) {
      parts.push(...changedEntries(member, before[member] ?? {}, after[member] ?? {}));
    } else if (member === "live") {
      parts.push(...changedSceneParts(before.live, after.live));
    } else {
      parts.push(...changedEntries(member, before[member] ?? {}, after[member] ?? {}));
    }
  }
  return parts;
}

/** What tells an element of a list from the others. */
export function elementKey(item) {
  return String(item?.id ?? item?.name ?? "");
}

/** Something to call an element by. */
export function elementName(kind, item) {
  if (kind === "fogOfWar") return "fog area";
  return String(item?.name ?? item?.label ?? item?.shape ?? item?.id ?? kind);
}

/** The leaves that differ within a part, as `{path, before, after}` with `path` like `mapPosition.x`. */
export function changedLeaves(before, after, path = "") {
  if (same(before, after)) return [];
  if (!isContainer(before) || !isContainer(after) || Array.isArray(before) || Array.isArray(after)) {
    return [{ path, before, after }];
  }
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) =>
    changedLeaves(before[name], after[name], path === "" ? name : `${path}.${name}`),
  );
}

function changedEntries(member, before, after) {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names]
    .filter((name) => !same(before[name], after[name]))
    .map((name) => {
      const entry = after[name] ?? before[name];
      return {
        key: `${member}/${name}`, kind: member, name: member === "scenes" ? String(entry?.name ?? name) : name,
        before: before[name], after: after[name],
      };
    });
}

function changedSceneParts(before, after) {
  if (!isContainer(before) || !isContainer(after) || before.id !== after.id) {
    return [{ key: "live", kind: "live", name: String(after?.name ?? before?.name ?? "scene"), before, after }];
  }
  const parts = [];
  for (const member of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (same(before[member], after[member])) continue;
    const [was, is] = [before[member] ?? [], after[member] ?? []];
    if (member in sceneLists && Array.isArray(was) && Array.isArray(is)) {
      parts.push(...changedElements(member, was, is));
    } else {
      parts.push({ key: `live/${member}`, kind: "liveMember", name: member, before: before[member], after: after[member] });
    }
  }
  return parts;
}

function changedElements(list, before, after) {
  const old = keyed(before);
  const present = keyed(after);
  const parts = [];
  for (const key of new Set([...old.keys(), ...present.keys()])) {
    if (same(old.get(key), present.get(key))) continue;
    const item = present.get(key) ?? old.get(key);
    parts.push({
      key: `live/${list}/${key}`, kind: list, name: elementName(list, item), before: old.get(key), after: present.get(key),
    });
  }
  return parts;
}

/** Elements by their key; those that have the same are told apart by how often it came. */
function keyed(list) {
  const elements = new Map();
  for (const item of list) {
    const key = elementKey(item);
    let unique = key;
    for (let count = 2; elements.has(unique); count += 1) unique = `${key} ${count}`;
    elements.set(unique, item);
  }
  return elements;
}

function same(a, b) {
  return a === b || (isContainer(a) && isContainer(b) && isEqual(a, b));
}

function isContainer(value) {
  return typeof value === "object" && value !== null;
}
