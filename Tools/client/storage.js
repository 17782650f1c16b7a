// Where a table keeps its document with the position, and the commands that are not saved yet.
//
// Any object with these four methods will do, and they may be asynchronous:
//
//     load()               {replica, commands}: what was saved last (null where nothing was) and the kept commands
//     saveReplica(record)  document and position in one, in the place of the last one: all of it or nothing
//     saveCommand(command) by its id
//     removeCommand(id)
//
// Each command is a record of its own, so that two tabs on one storage don't drop each other's.

/** Keeps nothing beyond the page. */
export class MemoryStorage {
  #replica = null;
  #commands = new Map();

  load() {
    return structuredClone({ replica: this.#replica, commands: [...this.#commands.values()] });
  }

  saveReplica(record) {
    this.#replica = record;
  }

  saveCommand(command) {
    this.#commands.set(command.id, structuredClone(command));
  }

  removeCommand(id) {
    this.#commands.delete(id);
  }
}

/** Keeps it in localStorage, or in sessionStorage for one tab: for documents of a few megabytes. */
export class WebStorage {
  #storage;
  #key;

  /** `key` tells several tables apart. */
  constructor(storage, key = "spelltable") {
    this.#storage = storage;
    this.#key = key;
  }

  load() {
    const commands = Object.keys(this.#storage)
      .filter((name) => name.startsWith(this.#commandKey("")))
      .map((name) => this.#read(name));
    return { replica: this.#read(this.#key), commands };
  }

  saveReplica(record) {
    this.#storage.setItem(this.#key, JSON.stringify(record));
  }

  saveCommand(command) {
    this.#storage.setItem(this.#commandKey(command.id), JSON.stringify(command));
  }

  removeCommand(id) {
    this.#storage.removeItem(this.#commandKey(id));
  }

  #commandKey(id) {
    return `${this.#key}/command/${id}`;
  }

  #read(name) {
    const text = this.#storage.getItem(name);
    return text === null ? null : JSON.parse(text);
  }
}

/** Keeps it in IndexedDB: for documents of any size, and without holding up the page. */
export class DatabaseStorage {
  #name;
  #factory;
  #database;

  /** `name` is the database's and tells several tables apart; `factory` is for tests. */
  constructor(name = "spelltable", factory = globalThis.indexedDB) {
    this.#name = name;
    this.#factory = factory;
  }

  async load() {
    const transaction = await this.#transaction("readonly");
    const [replica, commands] = await Promise.all([
      finished(transaction.objectStore("replica").get("newest")),
      finished(transaction.objectStore("commands").getAll()),
    ]);
    return { replica: replica ?? null, commands };
  }

  saveReplica(record) {
    return this.#write("replica", (store) => store.put(record, "newest"));
  }

  saveCommand(command) {
    return this.#write("commands", (store) => store.put(command, command.id));
  }

  removeCommand(id) {
    return this.#write("commands", (store) => store.delete(id));
  }

  async #write(storeName, change) {
    const transaction = await this.#transaction("readwrite");
    change(transaction.objectStore(storeName));
    // Without waiting whether more comes: the page may be on its way out.
    transaction.commit();
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  }

  async #transaction(mode) {
    this.#database ??= this.#open();
    return (await this.#database).transaction(["replica", "commands"], mode);
  }

  async #open() {
    const request = this.#factory.open(this.#name, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("replica");
      request.result.createObjectStore("commands");
    };
    return finished(request);
  }
}

function finished(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
