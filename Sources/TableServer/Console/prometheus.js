// Reads /metrics, and turns what only grows into rates: pure.

/** Text format 0.0.4 → Map of `name` or `name{label="value"}` to the number. */
export function parseMetrics(text) {
  const values = new Map();
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const at = line.lastIndexOf(" ");
    values.set(line.slice(0, at), Number(line.slice(at + 1)));
  }
  return values;
}

/** Sums all series of a name. */
export function total(metrics, name) {
  let sum = 0;
  for (const [series, value] of metrics) if (series === name || series.startsWith(`${name}{`)) sum += value;
  return sum;
}

/**
 * A quantile (0 to 1) of a histogram, in its unit, from what all its series together counted between two readings: interpolated
 * within the bucket, as Prometheus does. Null where nothing was counted, or where there is no such histogram.
 */
export function quantile(earlier, later, name, q) {
  const counts = new Map();
  for (const [series, value] of later) {
    const bound = series.startsWith(`${name}_bucket{`) && /le="([^"]+)"/.exec(series)?.[1];
    if (bound) counts.set(bound, (counts.get(bound) ?? 0) + value - (earlier?.get(series) ?? 0));
  }
  const buckets = [...counts].map(([bound, count]) => ({ bound: bound === "+Inf" ? Infinity : Number(bound), count }));
  buckets.sort((a, b) => a.bound - b.bound);
  const all = buckets.at(-1)?.count ?? 0;
  // Less than nothing: the server was started anew in between.
  if (all <= 0) return null;
  const at = buckets.findIndex(({ count }) => count >= q * all);
  const lower = at === 0 ? { bound: 0, count: 0 } : buckets[at - 1];
  const { bound, count } = buckets[at];
  if (bound === Infinity) return lower.bound;
  return lower.bound + ((bound - lower.bound) * (q * all - lower.count)) / Math.max(1, count - lower.count);
}

/** How much a counter grew per second between two readings `{time, metrics}` (milliseconds); never below zero, as after a restart. */
export function rate(earlier, later, name) {
  const seconds = (later.time - earlier.time) / 1000;
  return seconds > 0 ? Math.max(0, total(later.metrics, name) - total(earlier.metrics, name)) / seconds : 0;
}
