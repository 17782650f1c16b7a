// What an event did, in a sentence, and of which kind it is.

import { changedLeaves, sceneLists } from "./parts.js";
import { countText, numberText, valueText } from "./texts.js";

/** The kinds that events are coloured by, with what people call them. */
export const kinds = {
  token: "Tokens", map: "Maps", area: "Areas", fog: "Fog", scene: "Scenes", screen: "Screens", sound: "Sound",
  history: "Restores and undos", other: "Other",
};

const kindsByNoun = {
  scene: "scene", "scene-folder": "scene", map: "map", "map-folder": "map", sound: "sound", audio: "sound",
  viewer: "screen", table: "history",
};

/** The kind of an event, by its type and, for what happens on the table, by what it changed. */
export function kindOf(event, parts) {
  const noun = event.type.split(".")[0];
  if (noun !== "live") return kindsByNoun[noun] ?? "other";
  const [first] = parts;
  return sceneLists[first?.kind] ?? "scene";
}

/** One sentence for an event and the parts that it changed (`changedParts`). */
export function sentenceOf(event, parts) {
  const own = sentencesByType[event.type]?.(event.data ?? {}, parts);
  if (own) return own;
  if (parts.length === 0) return event.type.replace(".", " ").replaceAll("-", " ");
  return sentenceOfParts(parts);
}

/** What differs, as one sentence of at most three parts. */
export function sentenceOfParts(parts) {
  const texts = [...new Set(parts.map(partSentence))];
  const shown = texts.slice(0, 3).join("; ");
  return texts.length > 3 ? `${shown}; and ${countText(texts.length - 3, "more change")}` : shown;
}

/** What became of one part. */
export function partSentence({ kind, name, before, after }) {
  if (kind === "live") return after ? `“${name}” is put on the table` : "The table is cleared";
  const noun = nouns[kind] ?? kind;
  const subject = kind === "fogOfWar" ? "Fog area" : kind in sceneLists ? name : `${noun} “${name}”`;
  if (before === undefined) return `${subject} ${arrivals[kind] ?? "is added"}`;
  if (after === undefined) return `${subject} ${departures[kind] ?? "is removed"}`;
  const leaves = changedLeaves(before, after);
  if (kind === "viewer" || kind === "audio" || kind === "liveMember") return `${readable(name)}: ${leafTexts(leaves)}`;
  return `${subject} ${changeText(kind, leaves, after)}`;
}

const nouns = {
  scenes: "Scene", sceneImages: "Images of scene", sceneFolders: "Scene folder", maps: "Map", mapData: "Data of map",
  mapFolders: "Map folder", sounds: "Sound",
};
const arrivals = { initiativeOrder: "joins", maps: "is added", aoeMarkers: "is placed", fogOfWar: "covers a place" };
const departures = { initiativeOrder: "leaves", maps: "is removed", aoeMarkers: "is taken away", fogOfWar: "is lifted" };

/** Changes of things on the table that have words of their own. */
function changeText(kind, leaves, after) {
  const has = (path) => leaves.find((leaf) => leaf.path === path);
  const texts = [];
  const said = new Set();
  const say = (path, text) => {
    texts.push(text);
    said.add(path);
  };
  if (leaves.some(({ path }) => isPlace(path))) {
    const place = after.mapPosition ?? after.position ?? after.data?.position;
    say("", place ? `moves to ${numberText(place.x)}, ${numberText(place.y)}` : "moves");
  }
  if (has("isKilled")) say("isKilled", after.isKilled ? "is killed" : "is alive again");
  if (has("isCurrentTurn")) say("isCurrentTurn", after.isCurrentTurn ? "has the turn" : "ends the turn");
  if (has("data.isHidden")) say("data.isHidden", after.data.isHidden ? "is hidden" : "is shown");
  if (kind === "aoeMarkers" && has("revealed")) say("revealed", after.revealed ? "is revealed" : "is hidden");
  if (kind === "fogOfWar" && has("points")) say("points", "is reshaped");
  if (has("blob")) say("blob", "has another content");
  const rest = leaves.filter(({ path }) => !said.has(path) && !isPlace(path) && !["size", "turnMovementPath"].includes(path));
  if (rest.length > 0) texts.push(leafTexts(rest));
  return texts.join(", ") || leafTexts(leaves);
}

function isPlace(path) {
  return /^(data\.)?(mapPosition|position)(\.|$)/.test(path);
}

function leafTexts(leaves) {
  const texts = leaves.slice(0, 2).map(({ path, before, after }) => {
    const name = readable(path);
    return `${name} ${valueText(before, 24)} → ${valueText(after, 24)}`.trim();
  });
  return leaves.length > 2 ? `${texts.join(", ")} and ${countText(leaves.length - 2, "more value")}` : texts.join(", ");
}

/** `data.isHidden` → "is hidden", `hp` → "HP". */
function readable(path) {
  const name = path.split(".").filter((part) => part !== "data").join(" ");
  if (name === "hp") return "HP";
  return name.replaceAll(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
}

const named = (parts, kind) => parts.find((part) => part.kind === kind)?.name;
const quoted = (name) => (name ? `“${name}”` : "");

const sentencesByType = {
  "viewer.blanked": () => "The screens go blank",
  "viewer.unblanked": () => "The screens show the table again",
  "viewer.rotated": () => "The screens are turned round",
  "viewer.unrotated": () => "The screens are turned back",
  "viewer.night-mode-changed": (_, parts) => {
    const night = parts.find(({ key }) => key === "viewer/nightMode")?.after;
    if (!night) return null;
    return night.enabled ? `Night falls (brightness ${Math.round(night.brightness * 100)} %)` : "Night ends";
  },
  "scene.saved": (_, parts) => `Scene ${quoted(named(parts, "scenes"))} is saved`,
  "scene.deleted": (_, parts) => `Scene ${quoted(named(parts, "scenes"))} is deleted`,
  "map.uploaded": (_, parts) => `Map ${quoted(named(parts, "maps"))} is uploaded`,
  "map.deleted": (_, parts) => `Map ${quoted(named(parts, "maps"))} is deleted`,
  "map.renamed": (data) => data.newName && `Map ${quoted(data.name ?? data.path)} is renamed ${quoted(data.newName)}`,
  "audio.played": (_, parts) => musicText("plays", parts),
  "audio.paused": (_, parts) => musicText("is paused", parts),
  "audio.stopped": () => "The music stops",
  "table.restored": (data) => (data.paths ? `${countText(data.paths.length, "place")} as ${momentText(data.to)}` : `The table as ${momentText(data.to)}`),
  "table.undone": (data) => `Event ${data.offset} is taken back`,
  "table.redone": (data) => `Event ${data.offset} is done again`,
};

function musicText(verb, parts) {
  const sound = parts.find(({ key }) => key === "audio/music")?.after?.sound;
  return sound ? `“${sound.split("/").at(-1)}” ${verb}` : null;
}

function momentText(to) {
  return typeof to === "number" ? `after event ${to}, restored` : `at ${to}, restored`;
}
