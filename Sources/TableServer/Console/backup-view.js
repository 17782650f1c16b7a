// Backups: both forms to take away, and either to bring back.

import { ask, tell } from "./dialogs.js";
import { byId, element } from "./dom.js";
import { download, save } from "./downloads.js";
import { importText } from "./import-text.js";
import { bytesText } from "./texts.js";
import { Uploads } from "./uploads.js";

/** The part of the panel "Server" about backups. */
export class BackupView {
  #base;
  #undo;
  #uploads = new Uploads();

  /** `undo(offset)` takes an event back. */
  constructor({ base, undo }) {
    [this.#base, this.#undo] = [base, undo];
    byId("backup-folders").href = `${base}backup/export`;
    byId("backup-archive").href = `${base}backup/export?format=archive`;
    for (const link of [byId("backup-folders"), byId("backup-archive")]) {
      link.addEventListener("click", (event) => {
        // As a plain link it is the browser's own download, which is also for what is too large for a page.
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        this.#takeAway(link.href);
      });
    }
    byId("backup-file").addEventListener("change", ({ target }) => {
      const [file] = target.files;
      if (file) this.#bringBack(file);
      target.value = "";
    });
  }

  async #takeAway(url) {
    const name = element("span", { class: "name" }, "Backup");
    const row = addRow(name, element("progress", { "aria-label": "Download of the backup" }));
    try {
      const file = await download(url, (byteCount) => (name.textContent = `Backup, ${bytesText(byteCount)} so far`));
      save(file);
      tell(`“${file.name}” is saved: ${bytesText(file.blob.size)}.`);
    } catch (error) {
      tell(`The backup wasn't saved: ${error.message}`, { isError: true });
    }
    row.remove();
  }

  async #bringBack(file) {
    const content = [
      element("p", {}, `Maps, scenes and sounds of “${file.name}” (${bytesText(file.size)}) are put over the table, for everybody at it: what has the same name is replaced, the rest stays.`),
      element("p", {}, "It is one event, which can be undone. Of a file with the whole history this is the table at its end; the history itself comes back only where there is no table yet (spell-replay import)."),
    ];
    if (!(await ask("Bring this backup into the table?", content, "Bring it in"))) return;
    const bar = element("progress", { max: "1", value: "0", "aria-label": `Upload of ${file.name}` });
    const row = addRow(element("span", { class: "name" }, file.name), bar);
    try {
      const request = await this.#uploads.send(`${this.#base}backup/import`, file, {}, (share) => {
        // All of it has gone: how long the server checks it isn't known.
        if (share < 1) bar.value = share;
        else bar.removeAttribute("value");
      }, "backup_file");
      this.#tellOf(file, request);
    } catch (error) {
      tell(`${file.name}: ${error.message}`, { isError: true });
    }
    row.remove();
  }

  #tellOf(file, request) {
    const { text, offset, left } = importText(file.name, JSON.parse(request.responseText));
    tell(text, offset === null ? {} : { action: ["Undo", () => this.#undo(offset)] });
    if (left) tell(left, { isError: true });
  }
}

function addRow(...parts) {
  const row = element("p", { class: "upload" }, ...parts);
  byId("backup-progress").append(row);
  return row;
}
