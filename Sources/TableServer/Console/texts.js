// Numbers and times as people read them.

// Made once: making one takes longer than all else that is done with an event.
const formats = [0, 1, 2].map((maximumFractionDigits) => new Intl.NumberFormat("en-US", { maximumFractionDigits }));
const units = ["B", "KB", "MB", "GB", "TB"];

/** 1536 → "1.5 KB". */
export function bytesText(count) {
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** A number with a sensible count of digits; exact where it is whole. */
export function numberText(value) {
  if (!Number.isFinite(value)) return "–";
  return formats[Number.isInteger(value) ? 0 : Math.abs(value) < 10 ? 2 : 1].format(value);
}

/** A span in seconds: "4 s", "3 min", "2 h 10 min", "5 d". */
export function spanText(seconds) {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.round(minutes / 60 / 24)} d`;
}

/** A latency in seconds: "340 µs", "1.2 ms", "35 ms", "1.5 s". */
export function latencyText(seconds) {
  const [value, unit] = seconds < 1e-3 ? [seconds * 1e6, "µs"] : seconds < 1 ? [seconds * 1e3, "ms"] : [seconds, "s"];
  return `${value < 10 && unit !== "µs" ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

const two = (number) => String(number).padStart(2, "0");

/** Milliseconds since 1970 as local "2026-11-20". */
export function dateText(milliseconds) {
  const date = new Date(milliseconds);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Milliseconds since 1970 as local "19:41:13". */
export function clockText(milliseconds) {
  const date = new Date(milliseconds);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** "rest@10.0.0.7" → "10.0.0.7": over which way somebody came says nothing about who it was. */
export function actorText(actor) {
  return actor?.replace(/^(rest|ws)@/, "") ?? "nobody";
}

/** The beginning of a JSON value, for a table's cell. */
export function valueText(value, limit = 80) {
  if (value === undefined) return "–";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
}

/** 2 and "map" → "2 maps". */
export function countText(count, noun) {
  return `${numberText(count)} ${noun}${count === 1 ? "" : "s"}`;
}
