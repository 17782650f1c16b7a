import assert from "node:assert/strict";
import test from "node:test";

import { cornersOf, fileOfMap, initiativeOf, layoutOf, outlineOf, thingAt } from "../../Sources/TableServer/Console/scene-layout.js";

const file = { blob: "b", mediaType: "image/png" };
const map = (data, rest = {}) => ({ name: "crypt.png", folder: "Dungeons", data: { position: { x: 10, y: 8 }, useGridCoordinates: true, scale: 1, rotation: 0, isHidden: false, ...data }, ...rest });
const document = (live, rest = {}) => ({ live: { gridSettings: { gridCellsX: 20, gridCellsY: 16 }, ...live }, viewer: {}, maps: { "Dungeons/crypt.png": file }, ...rest });
const size = () => ({ width: 500, height: 200 });
const close = (points, expected) => points.forEach((point, at) => point.forEach((value, axis) => assert.ok(Math.abs(value - expected[at][axis]) < 1e-9, `${points} ≠ ${expected}`)));

test("a map's middle is its position; 50 of its pixels are a cell", () => {
  const [placed] = layoutOf(document({ maps: [map({ scale: 2 })] }), size).maps;
  assert.deepEqual([placed.width, placed.height, placed.file], [20, 8, file]);
  close(cornersOf(placed), [[0, 4], [20, 4], [20, 12], [0, 12]]);
});

test("a map is turned about its middle, clockwise", () => {
  const [placed] = layoutOf(document({ maps: [map({ rotation: 90 })] }), size).maps;
  close(cornersOf(placed), [[12, 3], [12, 13], [8, 13], [8, 3]]);
});

test("a map of a folder that it has left is found by its name", () => {
  const { maps } = document({});
  assert.equal(fileOfMap({ maps }, "crypt.png", "Elsewhere"), file);
  assert.equal(fileOfMap({ maps }, "inn.png", null), null);
});

test("every shape of an area, at its size and turned", () => {
  const at = { x: 5, y: 5, size: 4, rotation: 0 };
  close(outlineOf({ ...at, shape: "square" }), [[3, 3], [7, 3], [7, 7], [3, 7]]);
  close(outlineOf({ ...at, shape: "cube", rotation: 90 }), [[7, 3], [7, 7], [3, 7], [3, 3]]);
  close(outlineOf({ ...at, shape: "cone" }), [[5, 3], [7, 7], [3, 7]]);
  close(outlineOf({ ...at, shape: "line", rotation: 90 }), [[5.25, 3], [5.25, 7], [4.75, 7], [4.75, 3]]);
  for (const shape of ["circle", "cylinder", "star"]) {
    for (const [x, y] of outlineOf({ ...at, shape })) assert.ok(Math.abs(Math.hypot(x - 5, y - 5) - 2) < 1e-9, shape);
  }
});

test("on the grid an area lies about its cell's middle; off it, a position is a share of the play area", () => {
  const marker = { shape: "circle", sizeInFeet: 20, position: { x: 3, y: 4 }, useGridCoordinates: true };
  const free = { ...marker, position: { x: 0.5, y: 0.25 }, useGridCoordinates: false };
  const { areas } = layoutOf(document({ aoeMarkers: [marker, free] }), size);
  assert.deepEqual(areas.map(({ x, y, size: across }) => [x, y, across]), [[3.5, 4.5, 4], [10, 4, 4]]);
});

test("what is clicked is the topmost thing", () => {
  const token = { id: "a", name: "Aldra", mapPosition: { x: 10, y: 8, useGridCoordinates: true } };
  const fog = { id: "f", points: [[9, 7], [14, 7], [14, 12], [9, 12]].map(([x, y]) => ({ x, y })), useGridCoordinates: true };
  const layout = layoutOf(document({ maps: [map({ scale: 2 })], initiativeOrder: [token], fogOfWar: [fog] }), size);
  assert.equal(thingAt(layout, 10.3, 8).key, "live/initiativeOrder/a");
  assert.equal(thingAt(layout, 13, 11).key, "live/fogOfWar/f");
  assert.equal(thingAt(layout, 2, 8).key, "live/maps/crypt.png");
  assert.equal(thingAt(layout, 2, 15), null);
});

test("night, blank and turned screens", () => {
  const viewer = { blank: true, rotated: true, nightMode: { enabled: true, brightness: 0.25 } };
  const layout = layoutOf(document({}, { viewer }), size);
  assert.deepEqual([layout.night, layout.isBlank, layout.isRotated], [0.75, true, true]);
});

test("a scene with nothing, or with anything, in it is drawn", () => {
  for (const live of [null, {}, { maps: null, initiativeOrder: [{}, { mapPosition: {} }], aoeMarkers: [{}], fogOfWar: [{}] }, { maps: [{}, null] }]) {
    const { bounds } = layoutOf({ live, viewer: {}, maps: {} }, size);
    assert.ok(bounds.width >= 4 && Number.isFinite(bounds.left), JSON.stringify(live));
  }
});

test("a colour that is none doesn't get onto the canvas", () => {
  const { areas } = layoutOf(document({ aoeMarkers: [{ color: "url(http://elsewhere)" }] }), size);
  assert.equal(areas[0].color, "#ff5a5a");
});

test("initiative goes from the highest down", () => {
  const order = initiativeOf({ live: { initiativeOrder: [{ name: "b", initiative: 3 }, null, { name: "a", initiative: 9 }] } });
  assert.deepEqual(order.map(({ name }) => name), ["a", "b"]);
});
