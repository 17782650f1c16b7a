// What an import's answer says, as sentences: pure.

import { countText } from "./texts.js";

/** More would fill the page. */
const namedLeftOut = 5;

/**
 * `{text, offset, left}`: what was brought in, the event that it is (null: the table had all of it already), and what of the
 * file was left out (null: nothing).
 */
export function importText(name, { processed_files: counts = {}, skipped = [], offset = null }) {
  const texts = ["maps", "scenes", "sounds"].map((kind) => countText(counts[kind] ?? 0, kind.slice(0, -1)));
  const text = offset === null ? `Nothing in “${name}” is new: the table is as it was.` : `“${name}” is in: ${texts.join(", ")}.`;
  if (skipped.length === 0) return { text, offset, left: null };
  const named = skipped.slice(0, namedLeftOut).map(({ path, reason }) => `${path} (${reason})`);
  const more = skipped.length > named.length ? `, and ${skipped.length - named.length} more, which the log has` : "";
  return { text, offset, left: `Left out of “${name}”: ${named.join(", ")}${more}.` };
}
