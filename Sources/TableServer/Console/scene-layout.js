// Where everything on the table is, in cells of its grid: pure, without canvas.
//
// Positions, sizes and layers are those of the web client. A cell is 5 feet, and 50 pixels of a map at scale 1.

const pixelsPerCell = 50;
const feetPerCell = 5;
const defaultCells = { x: 25, y: 13 };

/**
 * What is on the table, from the bottom up: `{cells, bounds, maps, areas, fog, tokens, grid, night, isBlank, isRotated}`.
 *
 * `sizeOf(blob)` gives `{width, height}` of a map's image in pixels, or undefined while it isn't known.
 */
export function layoutOf(document, sizeOf) {
  const scene = document.live;
  const settings = scene?.gridSettings ?? {};
  const cells = { x: settings.gridCellsX ?? defaultCells.x, y: settings.gridCellsY ?? defaultCells.y };
  const maps = list(scene?.maps).map((map) => placedMap(map, document, sizeOf, cells));
  const tokens = list(scene?.initiativeOrder).filter((entry) => entry?.mapPosition).map((entry) => token(entry, settings, cells));
  const areas = list(scene?.aoeMarkers).map((marker) => area(marker, cells));
  const fog = list(scene?.fogOfWar).map((fogArea) => fogPolygon(fogArea, cells));
  const bounds = boundsOf({ settings, cells, maps, tokens, areas, fog });
  return {
    cells, bounds, maps, areas, fog, tokens, name: scene?.name ?? null,
    grid: settings.showGrid === false ? null : { color: settings.gridColor ?? "#ffffff", opacity: settings.gridOpacity ?? 0.25 },
    night: document.viewer?.nightMode?.enabled ? 1 - (document.viewer.nightMode.brightness ?? 1) : 0,
    isBlank: document.viewer?.blank === true, isRotated: document.viewer?.rotated === true,
  };
}

/** The topmost thing at a place (in cells): `{key, name}`, or null. Hidden maps count, as the game master sees them. */
export function thingAt(layout, x, y) {
  const isHit = {
    tokens: (thing) => Math.hypot(thing.x - x, thing.y - y) <= thing.size / 2,
    fog: (thing) => isInside(thing.points, x, y),
    areas: (thing) => isInside(outlineOf(thing), x, y),
    maps: (thing) => isInside(cornersOf(thing), x, y),
  };
  for (const layer of ["tokens", "fog", "areas", "maps"]) {
    const thing = layout[layer].findLast((candidate) => isHit[layer](candidate));
    if (thing) return { key: thing.key, name: thing.name, layer, thing };
  }
  return null;
}

/** Initiative order as it is shown: highest first, as the clients sort it. */
export function initiativeOf(document) {
  return list(document.live?.initiativeOrder)
    .filter((entry) => typeof entry === "object" && entry !== null)
    .toSorted((a, b) => (b.initiative ?? 0) - (a.initiative ?? 0));
}

/** The corners of a map's image, turned as it lies. */
export function cornersOf({ x, y, width, height, rotation }) {
  return turned([[-width / 2, -height / 2], [width / 2, -height / 2], [width / 2, height / 2], [-width / 2, height / 2]], x, y, rotation);
}

/** The outline of an area of effect as a polygon; round ones have 48 corners. */
export function outlineOf({ shape, x, y, size, rotation }) {
  const half = size / 2;
  const shapes = {
    cone: [[0, -half], [half, half], [-half, half]],
    line: [[-half, -0.25], [half, -0.25], [half, 0.25], [-half, 0.25]],
    square: [[-half, -half], [half, -half], [half, half], [-half, half]],
  };
  shapes.cube = shapes.square;
  const round = Array.from({ length: 48 }, (_, index) => {
    const angle = (index / 48) * 2 * Math.PI;
    return [half * Math.cos(angle), half * Math.sin(angle)];
  });
  return turned(shapes[shape] ?? round, x, y, rotation);
}

/** A map's file in the document: in the folder that the scene names, or else the first of that name, as the server finds it. */
export function fileOfMap(document, name, folder) {
  const files = document.maps ?? {};
  const path = folder ? `${folder}/${name}` : name;
  if (Object.hasOwn(files, path)) return files[path];
  const found = Object.keys(files).find((candidate) => candidate.split("/").at(-1) === name);
  return found === undefined ? null : files[found];
}

function placedMap(map, document, sizeOf, cells) {
  const data = map?.data ?? {};
  const file = fileOfMap(document, map?.name, map?.folder);
  const size = file && sizeOf(file.blob, file.mediaType);
  const scale = number(data.scale, 1) / pixelsPerCell;
  return {
    key: `live/maps/${map?.id ?? map?.name}`, name: String(map?.name ?? "map"), file, ...place(data.position, data.useGridCoordinates, cells),
    width: (size?.width ?? 0) * scale, height: (size?.height ?? 0) * scale, rotation: number(data.rotation, 0),
    isHidden: data.isHidden === true, isMissing: !file,
  };
}

function token(entry, settings, cells) {
  const isFootprint = (value) => value === 1 || value === 2 || value === 3;
  const size = [entry.tokenFootprint, entry.tokenSize, settings.defaultTokenFootprint].find(isFootprint) ?? 1;
  return {
    key: `live/initiativeOrder/${entry.id ?? entry.name}`, name: String(entry.name ?? "token"), size,
    ...place(entry.mapPosition, entry.mapPosition.useGridCoordinates, cells),
    isPlayer: entry.isPlayer === true, isKilled: entry.isKilled === true, hasTurn: entry.isCurrentTurn === true,
    health: entry.initialHP > 0 && typeof entry.hp === "number" ? Math.max(0, Math.min(1, entry.hp / entry.initialHP)) : null,
    trail: list(entry.turnMovementPath).map((stop) => place(stop, stop?.useGridCoordinates, cells)),
  };
}

function area(marker, cells) {
  const onGrid = marker.useGridCoordinates === true;
  const { x, y } = place(marker.position, onGrid, cells);
  // On the grid an area's position is a cell, and it lies about that cell's middle.
  const shift = onGrid ? 0.5 : 0;
  return {
    key: `live/aoeMarkers/${marker.id ?? marker.name}`, name: String(marker.label ?? marker.shape ?? "area"), shape: marker.shape,
    x: x + shift, y: y + shift, size: number(marker.sizeInFeet, feetPerCell) / feetPerCell, rotation: number(marker.rotation, 0),
    color: color(marker.color, "#ff5a5a"), opacity: number(marker.opacity, 0.5), label: marker.label ?? "",
    isHidden: marker.revealed === false,
  };
}

function fogPolygon(fogArea, cells) {
  return {
    key: `live/fogOfWar/${fogArea.id ?? fogArea.name}`, name: "Fog area", color: color(fogArea.color, "#000000"),
    opacity: number(fogArea.opacity, 1),
    points: list(fogArea.points).map((point) => Object.values(place(point, fogArea.useGridCoordinates, cells))),
  };
}

/** A position in cells. What isn't given in cells is a share of the play area, or (older scenes) pixels. */
function place(position, onGrid, cells) {
  const [x, y] = [number(position?.x, 0), number(position?.y, 0)];
  if (onGrid === true) return { x, y };
  const isShare = Math.abs(x) <= 1 && Math.abs(y) <= 1;
  return isShare ? { x: x * cells.x, y: y * cells.y } : { x: x / pixelsPerCell, y: y / pixelsPerCell };
}

function boundsOf({ settings, cells, maps, tokens, areas, fog }) {
  const points = [
    ...tokens.flatMap(({ x, y, size }) => [[x - size / 2, y - size / 2], [x + size / 2, y + size / 2]]),
    ...areas.map(({ x, y }) => [x, y]), ...fog.flatMap(({ points }) => points), ...maps.filter((map) => map.width > 0).flatMap(cornersOf),
  ];
  const isFixed = settings.gridCellsX !== undefined || points.length === 0;
  if (isFixed) points.push([0, 0], [cells.x, cells.y]);
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [left, top] = [Math.floor(Math.min(...xs)), Math.floor(Math.min(...ys))];
  return { left, top, width: Math.max(4, Math.ceil(Math.max(...xs)) - left), height: Math.max(4, Math.ceil(Math.max(...ys)) - top) };
}

function turned(points, x, y, degrees) {
  const angle = (degrees * Math.PI) / 180;
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  return points.map(([dx, dy]) => [x + dx * cosine - dy * sine, y + dx * sine + dy * cosine]);
}

/** Even-odd rule. */
function isInside(points, x, y) {
  let inside = false;
  points.forEach(([ax, ay], index) => {
    const [bx, by] = points.at(index - 1);
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  });
  return inside;
}

const list = (value) => (Array.isArray(value) ? value : []);
const number = (value, fallback) => (typeof value === "number" && Number.isFinite(value) ? value : fallback);
const color = (value, fallback) => (typeof value === "string" && /^#[0-9a-f]{3,8}$/i.test(value) ? value : fallback);
