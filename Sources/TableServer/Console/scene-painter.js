// Draws a layout (scene-layout.js) on a canvas: maps, night, areas, fog, grid, tokens, from the bottom up.

import { cornersOf, outlineOf } from "./scene-layout.js";

/**
 * `view` is `{scale, left, top}`: device pixels per cell, and the cell at the canvas's corner. `imageOf(blob)` gives what can be
 * drawn, or undefined. `selected` is the key of what is marked.
 */
export function paint(context, layout, { view, imageOf, selected, theme }) {
  const { canvas } = context;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = theme.ground;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.setTransform(view.scale, 0, 0, view.scale, -view.left * view.scale, -view.top * view.scale);
  context.fillStyle = theme.floor;
  context.fillRect(layout.bounds.left, layout.bounds.top, layout.bounds.width, layout.bounds.height);
  for (const map of layout.maps) paintMap(context, map, imageOf, theme);
  if (layout.night > 0) paintNight(context, layout);
  for (const area of layout.areas) paintArea(context, area);
  for (const fog of layout.fog) paintFog(context, fog);
  if (layout.grid && view.scale > 6) paintGrid(context, layout, view);
  for (const token of layout.tokens.toSorted((a, b) => a.hasTurn - b.hasTurn)) paintToken(context, token, theme, view);
  if (selected) paintSelection(context, layout, selected, theme, view);
}

function paintMap(context, map, imageOf, theme) {
  const image = map.file && imageOf(map.file.blob);
  if (!image && !map.isMissing) return;
  context.save();
  context.translate(map.x, map.y);
  context.rotate((map.rotation * Math.PI) / 180);
  context.globalAlpha = map.isHidden ? 0.35 : 1;
  if (image) {
    context.drawImage(image, -map.width / 2, -map.height / 2, map.width, map.height);
  } else if (!map.isHidden) {
    context.strokeStyle = theme.missing;
    context.lineWidth = 0.06;
    context.setLineDash([0.25, 0.15]);
    context.strokeRect(-2, -1, 4, 2);
    text(context, `${map.name}: no such file`, 0, 0, 0.3, theme.missing, 3.8);
  }
  context.restore();
}

function paintNight(context, { bounds, night }) {
  context.fillStyle = `rgb(5 8 30 / ${0.85 * night})`;
  context.fillRect(bounds.left, bounds.top, bounds.width, bounds.height);
}

function paintArea(context, area) {
  context.save();
  context.globalAlpha = area.opacity * (area.isHidden ? 0.4 : 1);
  context.fillStyle = area.color;
  trace(context, outlineOf(area));
  context.fill();
  context.globalAlpha = area.isHidden ? 0.5 : 1;
  context.strokeStyle = area.color;
  context.lineWidth = 0.08;
  if (area.isHidden) context.setLineDash([0.3, 0.2]);
  context.stroke();
  if (area.shape === "cylinder") {
    context.strokeStyle = "rgb(255 255 255 / 0.5)";
    trace(context, outlineOf({ ...area, size: area.size / 2 }));
    context.stroke();
  }
  context.restore();
  if (area.label) label(context, area.label, area.x, area.y, 0.42);
}

function paintFog(context, { points, color, opacity }) {
  if (points.length < 3) return;
  context.save();
  context.globalAlpha = opacity;
  context.fillStyle = color;
  trace(context, points);
  context.fill();
  context.restore();
}

function paintGrid(context, { bounds, grid }, view) {
  const { left, top, width, height } = bounds;
  context.save();
  context.globalAlpha = grid.opacity;
  context.strokeStyle = grid.color;
  context.lineWidth = 1 / view.scale;
  context.beginPath();
  for (let x = left; x <= left + width; x += 1) {
    context.moveTo(x, top);
    context.lineTo(x, top + height);
  }
  for (let y = top; y <= top + height; y += 1) {
    context.moveTo(left, y);
    context.lineTo(left + width, y);
  }
  context.stroke();
  context.restore();
}

function paintToken(context, token, theme, view) {
  const radius = token.size * 0.46;
  if (token.hasTurn && token.trail.length > 1) paintTrail(context, token.trail, theme);
  context.save();
  context.globalAlpha = token.isKilled ? 0.45 : 1;
  context.beginPath();
  context.arc(token.x, token.y, radius, 0, 2 * Math.PI);
  context.fillStyle = theme.token;
  context.fill();
  context.lineWidth = 0.09 * token.size;
  context.strokeStyle = token.isPlayer ? theme.player : theme.monster;
  context.stroke();
  if (token.hasTurn) ring(context, token.x, token.y, radius + 0.14, theme.turn, 0.09);
  if (token.health !== null && !token.isKilled) paintHealth(context, token, radius, theme);
  if (token.isKilled) paintCross(context, token, radius, theme);
  text(context, initials(token.name), token.x, token.y, 0.38 * token.size, theme.tokenText, radius * 1.7);
  context.restore();
  if (view.scale > 18) label(context, token.name, token.x, token.y + radius + 0.28, Math.max(0.3, 11 / view.scale));
}

function paintTrail(context, trail, theme) {
  context.save();
  context.strokeStyle = theme.turn;
  context.lineWidth = 0.1;
  context.setLineDash([0.2, 0.2]);
  context.beginPath();
  for (const { x, y } of trail) context.lineTo(x, y);
  context.stroke();
  context.restore();
}

function paintHealth(context, token, radius, theme) {
  context.beginPath();
  context.lineWidth = 0.1 * token.size;
  context.strokeStyle = token.health > 0.5 ? theme.healthy : token.health > 0.25 ? theme.hurt : theme.dying;
  context.arc(token.x, token.y, radius - 0.1 * token.size, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * token.health);
  context.stroke();
}

function paintCross(context, { x, y }, radius, theme) {
  const arm = radius * 0.6;
  context.strokeStyle = theme.monster;
  context.lineWidth = 0.1;
  context.beginPath();
  context.moveTo(x - arm, y - arm);
  context.lineTo(x + arm, y + arm);
  context.moveTo(x + arm, y - arm);
  context.lineTo(x - arm, y + arm);
  context.stroke();
}

function paintSelection(context, layout, key, theme, view) {
  const width = Math.max(0.08, 2 / view.scale);
  for (const layer of ["maps", "areas", "fog", "tokens"]) {
    const thing = layout[layer].find((candidate) => candidate.key === key);
    if (!thing) continue;
    if (layer === "tokens") {
      ring(context, thing.x, thing.y, thing.size * 0.46 + 0.22, theme.selection, width);
    } else {
      context.strokeStyle = theme.selection;
      context.lineWidth = width;
      trace(context, { maps: cornersOf, areas: outlineOf, fog: ({ points }) => points }[layer](thing));
      context.stroke();
    }
  }
}

function ring(context, x, y, radius, color, width) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.strokeStyle = color;
  context.lineWidth = width;
  context.stroke();
}

function trace(context, points) {
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  context.closePath();
}

function text(context, content, x, y, size, color, widest) {
  context.fillStyle = color;
  atSize(context, x, y, size, (unit) => context.fillText(content, 0, 0, widest / unit));
}

/** A text that can be read on any ground. */
function label(context, content, x, y, size) {
  context.strokeStyle = "rgb(0 0 0 / 0.75)";
  context.fillStyle = "#fff";
  context.lineJoin = "round";
  atSize(context, x, y, size, () => {
    context.lineWidth = 4;
    context.strokeText(content, 0, 0);
    context.fillText(content, 0, 0);
  });
}

/** Fonts of less than a pixel, which text in cells would need, are set badly: it is drawn at 16 pixels and scaled. */
function atSize(context, x, y, size, draw) {
  context.save();
  context.translate(x, y);
  context.scale(size / 16, size / 16);
  context.font = "600 16px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  draw(size / 16);
  context.restore();
}

/** "Goblin 3" → "G3", "Aldra Voss" → "AV". */
function initials(name) {
  return name.split(/\s+/).slice(0, 2).map((word) => [...word][0] ?? "").join("").toUpperCase();
}
