// Scenes, maps and sounds: with folders, uploads, and what was removed.

import { askForText, tell, ask } from "./dialogs.js";
import { button, byId, drawnOncePerFrame, element, fill } from "./dom.js";
import { countOf, removedItems, treeOf } from "./library-tree.js";
import { actorText, bytesText, clockText, countText, dateText } from "./texts.js";
import { Uploads } from "./uploads.js";

const uploadPaths = { maps: "maps/upload", sounds: "audio/upload" };

/** The page's panel "Library". */
export class Library {
  #table;
  #machine;
  #base;
  #act;
  #kind = "maps";
  #open = new Set();
  #target = "";
  #uploads = new Uploads();
  #draw = drawnOncePerFrame(() => this.#paint());

  /** `act` has `undo()`, `redo()` and `bringBack(offset, pointer, name)`. */
  constructor({ table, machine, base, act }) {
    [this.#table, this.#machine, this.#base, this.#act] = [table, machine, base, act];
    for (const tab of byId("library-kinds").querySelectorAll("button")) {
      tab.addEventListener("click", () => this.#choose(tab.dataset.kind));
    }
    byId("library-undo").addEventListener("click", () => act.undo());
    byId("library-redo").addEventListener("click", () => act.redo());
    byId("library-new-folder").addEventListener("click", () => this.#newFolder());
    byId("library-files").addEventListener("change", ({ target }) => {
      this.#upload([...target.files]);
      target.value = "";
    });
    this.#takeDrops(byId("library"));
  }

  /** The document, or what is known of its past, has changed. */
  changed() {
    this.#draw();
  }

  #choose(kind) {
    this.#kind = kind;
    this.#target = "";
    this.#draw();
  }

  #paint() {
    const document = this.#table.document;
    if (byId("library").hidden || !document) return;
    for (const tab of byId("library-kinds").querySelectorAll("button")) {
      tab.setAttribute("aria-pressed", String(tab.dataset.kind === this.#kind));
    }
    const isUpload = this.#kind in uploadPaths;
    byId("library-upload").hidden = !isUpload;
    byId("library-new-folder").hidden = this.#kind === "sounds";
    byId("library-hint").textContent = isUpload ? `Drop ${this.#kind} here; they go into ${this.#target ? `“${this.#target}”` : this.#kind === "sounds" ? "“loop”" : "the top folder"}.` : "";
    const tree = treeOf(document, this.#kind);
    fill(byId("library-tree"), countOf(tree) === 0 && tree.folders.size === 0 ? element("p", { class: "empty" }, `No ${this.#kind} yet.`) : this.#folder(tree));
    this.#paintRemoved(document);
  }

  #paintRemoved(document) {
    const removed = removedItems(this.#machine.records, document, this.#kind).slice(0, 100);
    fill(
      byId("library-removed"),
      element("h3", {}, "Removed"),
      removed.length === 0 && element("p", { class: "empty" }, "Nothing in the history that is loaded."),
      element("ul", { class: "items" }, ...removed.map(({ path, offset, record, pointer }) => {
        const name = this.#kind === "scenes" ? (this.#machine.documentAt(offset)?.scenes?.[path]?.name ?? path) : path;
        return element(
          "li", {}, element("span", { class: "name" }, name),
          element("span", { class: "facts" }, `event ${record.offset}, ${actorText(record.actor)}, ${dateText(record.time)} ${clockText(record.time)}`),
          button("Bring back…", () => this.#act.bringBack(offset, pointer, name)),
        );
      })),
    );
  }

  #folder(folder) {
    return element(
      "ul", { class: "items", role: "group" },
      ...[...folder.folders].map(([name, child]) => this.#folderRow(name, child)), ...folder.items.map((item) => this.#itemRow(item)),
    );
  }

  #folderRow(name, folder) {
    const key = `${this.#kind}:${folder.path}`;
    const details = element(
      "details", { open: this.#open.has(key), "data-folder": folder.path },
      element("summary", { class: this.#target === folder.path ? "target" : "" }, element("span", { class: "name" }, name), element("span", { class: "facts" }, countText(countOf(folder), this.#kind.slice(0, -1))), this.#folderActions(name, folder)),
      this.#folder(folder),
    );
    details.addEventListener("toggle", () => {
      if (details.open === this.#open.has(key)) return;
      if (details.open) this.#open.add(key);
      else this.#open.delete(key);
      this.#target = details.open ? folder.path : "";
      this.#draw();
    });
    return element("li", {}, details);
  }

  #folderActions(name, { path }) {
    if (this.#kind === "sounds") return null;
    const command = this.#kind === "scenes" ? "scene-folder" : "map-folder";
    const rename = async () => {
      const newName = await askForText(`Rename the folder “${name}”`, "New name", name, "Rename");
      if (newName) await this.#send(`${command}.rename`, { path, newName }, `“${name}” is now “${newName}”`);
    };
    const remove = async () => {
      if (await ask(`Delete the folder “${path}”?`, element("p", {}, "Everything in it goes with it. It can be brought back."), "Delete")) {
        await this.#send(`${command}.delete`, { path }, `“${name}” is deleted`);
      }
    };
    return actions(["Rename", rename], ["Delete", remove]);
  }

  #itemRow(item) {
    const choices = { scenes: ["Rename", "Move", "Delete"], maps: ["Rename", "Move", "Delete"], sounds: ["Move", "Delete"] }[this.#kind];
    const handlers = { Rename: () => this.#rename(item), Move: () => this.#move(item), Delete: () => this.#remove(item) };
    return element(
      "li", { "data-key": item.key }, this.#preview(item), element("span", { class: "name" }, item.name),
      element("span", { class: "facts" }, item.size === undefined ? "" : bytesText(item.size)), actions(...choices.map((name) => [name, handlers[name]])),
    );
  }

  #preview(item) {
    const address = (prefix) => `${this.#base}${prefix}/${item.path.split("/").map(encodeURIComponent).join("/")}`;
    if (this.#kind === "maps") return element("img", { class: "thumb", src: address("maps/file"), alt: "", loading: "lazy" });
    if (this.#kind === "sounds") return element("audio", { controls: true, preload: "none", src: address("audio/file") });
    return null;
  }

  async #rename({ path, name }) {
    const newName = await askForText(`Rename “${name}”`, "New name", name, "Rename");
    if (!newName || newName === name) return;
    if (this.#kind === "maps") return this.#send("map.rename", { path, newName }, `“${name}” is now “${newName}”`);
    const scene = this.#table.document.scenes[path];
    return this.#send("scene.update", { ...scene, id: path, name: newName }, `“${name}” is now “${newName}”`);
  }

  async #move({ path, name, folder }) {
    const where = await askForText(`Move “${name}”`, this.#kind === "sounds" ? "To (loop/… or oneshot/…)" : "To the folder (/ for the top)", folder || "/", "Move");
    if (where === null || where === folder) return;
    const target = where.replace(/^\/+|\/+$/g, "");
    if (this.#kind === "maps") return this.#send("map.move", { path, folder: target }, `“${name}” is moved`);
    if (this.#kind === "sounds") return this.#send("sound.move", { path, to: `${target}/${name}` }, `“${name}” is moved`);
    const scene = this.#table.document.scenes[path];
    return this.#send("scene.update", { ...scene, id: path, folder: target === "" ? null : target }, `“${name}” is moved`);
  }

  /** Without a question, as it can be taken back. */
  #remove({ path, name }) {
    const [command, data] = { scenes: ["scene.delete", { id: path }], maps: ["map.delete", { path }], sounds: ["sound.remove", { path }] }[this.#kind];
    return this.#send(command, data, `“${name}” is deleted`);
  }

  async #newFolder() {
    const name = await askForText("New folder", "Name", this.#target ? `${this.#target}/` : "", "Create");
    if (name) await this.#send(this.#kind === "scenes" ? "scene-folder.create" : "map-folder.create", { path: name }, `“${name}” is there`);
  }

  async #send(command, data, done) {
    try {
      const before = this.#table.offset;
      const { offset } = await this.#table.send(command, data);
      // What changes nothing is no event: the newest one is somebody else's.
      tell(done, offset > before ? { action: ["Undo", () => this.#act.undo(offset)] } : {});
    } catch (error) {
      tell(error.message, { isError: true });
    }
  }

  // Uploads

  #takeDrops(area) {
    area.addEventListener("dragover", (event) => {
      event.preventDefault();
      area.classList.add("dropping");
    });
    area.addEventListener("dragleave", (event) => {
      if (!area.contains(event.relatedTarget)) area.classList.remove("dropping");
    });
    area.addEventListener("drop", (event) => {
      event.preventDefault();
      area.classList.remove("dropping");
      const folder = event.target.closest?.("[data-folder]")?.dataset.folder;
      this.#upload([...event.dataTransfer.files], folder);
    });
  }

  #upload(files, folder = this.#target) {
    if (!(this.#kind in uploadPaths)) return files.length > 0 && tell("Scenes are made by the web client; drop maps or sounds.", { isError: true });
    for (const file of files) this.#uploadOne(file, folder);
  }

  async #uploadOne(file, folder) {
    const bar = element("progress", { max: "1", value: "0", "aria-label": `Upload of ${file.name}` });
    const row = element("p", { class: "upload" }, element("span", { class: "name" }, file.name), bar);
    byId("library-uploads").append(row);
    try {
      await this.#uploads.send(this.#base + uploadPaths[this.#kind], file, this.#fields(folder), (share) => (bar.value = share));
    } catch (error) {
      tell(`${file.name}: ${error.message}`, { isError: true });
    }
    row.remove();
  }

  #fields(folder) {
    if (this.#kind === "maps") return folder === "" ? {} : { folder };
    const [category, ...rest] = folder.split("/");
    return { category: category || "loop", ...(rest.length > 0 ? { folder: rest.join("/") } : {}) };
  }
}

function actions(...pairs) {
  return element("span", { class: "row-actions" }, ...pairs.map(([text, handler]) => button(text, (event) => {
    event.preventDefault();
    handler();
  })));
}
