// Restoring, undoing and bringing back: shows first what would change, asks, and does it as one event.

import { applyPatch } from "./client/json-patch.js";
import { changesTable } from "./audit.js";
import { ask, tell } from "./dialogs.js";
import { element } from "./dom.js";
import { changedParts } from "./parts.js";
import { countText } from "./texts.js";

/** What leads back, through the commands `table.restore`, `table.undo` and `table.redo`. */
export class WaysBack {
  #table;

  /** `table` is the client library's. */
  constructor(table) {
    this.#table = table;
  }

  /** The whole table, or the places `paths`, as after event `to`. */
  restore(to, { paths, title = `Restore the table to event ${to}?` } = {}) {
    return this.#perform("table.restore", paths ? { to, paths } : { to }, { title, answer: "Restore" });
  }

  /** Takes one event back, or the newest step of anybody's. */
  undo(offset) {
    const data = offset === undefined ? { scope: "table" } : { offset };
    return this.#perform("table.undo", data, { title: offset === undefined ? "Take the newest change back?" : `Take event ${offset} back?`, answer: "Take back" });
  }

  /** Does again what was taken back last. */
  redo() {
    return this.#perform("table.redo", { scope: "table" }, { title: "Do what was taken back again?", answer: "Do it again" });
  }

  async #perform(name, data, { title, answer }) {
    try {
      const wanted = await this.#rehearsed(name, data);
      if (!wanted) return false;
      const { plan, parts } = wanted;
      if (parts.length === 0) return tell("Nothing would change: the table is as it was then.");
      const content = [
        element("p", {}, `${countText(parts.length, "thing")} would change, in one event that can be taken back itself.`),
        changesTable(parts, { heads: ["Now", "Then"] }),
      ];
      if (!(await ask(title, content, answer))) return false;
      const { offset } = await this.#table.send(name, wanted.data);
      tell(`Done, as event ${offset}.`, { action: ["Undo", () => this.undo(offset)] });
      return plan.offset !== offset;
    } catch (error) {
      tell(explained(error), { isError: true });
      return false;
    }
  }

  /** What the event would do: `{data, plan, parts}`. Files that are gone may be left out, if that is wanted: null where not. */
  async #rehearsed(name, data) {
    try {
      const { answer: plan } = await this.#table.send(name, { ...data, dryRun: true });
      const now = this.#table.document;
      return { data, plan, parts: changedParts(now, applyPatch(now, plan.patch ?? [])) };
    } catch (error) {
      const missing = error.details?.missingFiles;
      if (!missing || data.withoutMissingFiles) throw error;
      const list = element("ul", {}, ...missing.map(({ path }) => element("li", {}, path)));
      const content = [element("p", {}, "The content of these files is no longer on the server's disk:"), list];
      if (!(await ask("Restore without these files?", content, "Without them"))) return null;
      return this.#rehearsed(name, { ...data, withoutMissingFiles: true });
    }
  }
}

/** A refusal in a sentence; conflicts name who stands in the way. */
function explained(error) {
  const [conflict] = error.details?.conflicts ?? [];
  if (!conflict) return error.message;
  const by = conflict.by ? ` by event ${conflict.by.offset} (${conflict.by.actor ?? "nobody"})` : "";
  return `${error.message}: ${conflict.path} was changed since${by}.`;
}
