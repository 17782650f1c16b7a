// Which events the audit shows, and which of them are one row: pure.

const dragPause = 1000;

/**
 * Those records that fit, newest first.
 *
 * `filter` has `kind`, `actor`, `scene` ("" for any), `text`, `since` and `until` (milliseconds or null), and `key` (of a part, or null).
 */
export function filtered(records, filter) {
  const words = filter.text.toLowerCase().split(/\s+/).filter((word) => word !== "");
  return records.filter((record) => fits(record, filter) && words.every((word) => textOf(record).includes(word))).reverse();
}

/** The values that a filter may have: `{kinds, actors, scenes}`, each sorted. */
export function choices(records) {
  const values = (name) => [...new Set(records.map((record) => record[name]))].filter((value) => value !== "").sort();
  return { kinds: values("kind"), actors: values("actor"), scenes: values("scene") };
}

/**
 * Rows of `{newest, oldest, count}`, newest first: what somebody did to the same parts in one go, as in a drag, is one row.
 *
 * `isFolding` false gives each event its own.
 */
export function rowsOf(records, isFolding) {
  const rows = [];
  for (const record of records) {
    const open = rows.at(-1);
    if (isFolding && open && isSameDrag(open.oldest, record)) {
      open.oldest = record;
      open.count += 1;
    } else {
      rows.push({ newest: record, oldest: record, count: 1 });
    }
  }
  return rows;
}

function fits(record, { kind, actor, scene, since, until, key }) {
  return (
    (kind === "" || record.kind === kind) && (actor === "" || record.actor === actor) && (scene === "" || record.scene === scene) &&
    (since === null || record.time >= since) && (until === null || record.time <= until) &&
    (!key || record.keys.some((touched) => touched === key || isWithin(key, touched)))
  );
}

/** Whole scenes are put on the table too, and then everything on it is. */
function isWithin(key, touched) {
  return key.startsWith(`${touched}/`);
}

function isSameDrag(later, earlier) {
  return (
    later.offset === earlier.offset + 1 && later.time - earlier.time <= dragPause && later.actor === earlier.actor &&
    later.event.type === "live.changed" && earlier.event.type === "live.changed" && later.keys.length === earlier.keys.length &&
    later.keys.length > 0 && later.keys.every((key, at) => key === earlier.keys[at] && key.split("/").length === 3)
  );
}

function textOf({ event, sentence, scene, offset }) {
  return `${sentence} ${event.type} ${event.actor ?? ""} ${scene} ${offset}`.toLowerCase();
}
