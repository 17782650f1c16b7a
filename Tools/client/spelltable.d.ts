// Types of spelltable.js. docs/client.md explains what they mean.

export type JSONValue = null | boolean | number | string | readonly JSONValue[] | JSONObject;
export type JSONObject = { readonly [name: string]: JSONValue };

/** One operation of RFC 6902. A journal's events have add, remove, replace and move only. */
export type Operation =
  | { readonly op: "add" | "replace" | "test"; readonly path: string; readonly value: JSONValue }
  | { readonly op: "remove"; readonly path: string }
  | { readonly op: "move" | "copy"; readonly from: string; readonly path: string };
export type Patch = readonly Operation[];

/** The table's document (docs/state-document.md). Of a newer server it may have more members. */
export interface TableDocument {
  readonly live: Scene | null;
  readonly viewer: {
    readonly blank: boolean;
    readonly rotated: boolean;
    readonly nightMode: { readonly enabled: boolean; readonly brightness: number };
  };
  readonly scenes: { readonly [id: string]: Scene };
  readonly sceneImages: { readonly [sceneId: string]: { readonly [imageId: string]: SceneImage } };
  readonly sceneFolders: { readonly [path: string]: JSONObject };
  readonly maps: { readonly [path: string]: Blob };
  readonly mapData: { readonly [path: string]: MapData };
  readonly mapFolders: { readonly [path: string]: JSONObject };
  readonly sounds: { readonly [path: string]: Blob };
  readonly audio: { readonly music: Music | null };
}

/** A scene as clients send it; what the server doesn't name is kept as it came. */
export type Scene = JSONObject;

/** A file: its content is `GET /blobs/<blob>`. */
export interface Blob {
  readonly blob: string;
  /** In bytes. */
  readonly size: number;
  readonly mediaType: string;
}

export interface SceneImage extends Blob {
  readonly name: string;
}

export interface MapData {
  readonly name: string;
  readonly folder: string | null;
  readonly data: JSONObject;
}

export interface Music {
  readonly sound: string;
  readonly playing: boolean;
  /** In seconds, at `since`. */
  readonly position: number;
  /** RFC 3339. */
  readonly since: string;
  /** 0 to 1. */
  readonly volume: number;
}

/** One event of the journal (docs/state-document.md, "Events"). */
export interface TableEvent {
  readonly offset: number;
  /** RFC 3339, UTC. */
  readonly time: string;
  /** `noun.verb-in-the-past`. */
  readonly type: string;
  readonly actor?: string;
  /** The id of the command that made it. */
  readonly command?: string;
  readonly data: JSONObject;
  readonly patch: Patch;
}

/** `live`: what happens is here at once. `catching-up`: connected, and what was missed is on its way. */
export type TableState = "away" | "catching-up" | "live" | "closed";

export interface Change {
  readonly document: TableDocument;
  /** The document before; what is untouched is the same object in both. Undefined for the first. */
  readonly previous: TableDocument | undefined;
  /** The events that made the difference; none where the whole document is new. */
  readonly events: readonly TableEvent[];
  /** From `previous` to `document`; null where the whole document is new. */
  readonly patch: Patch | null;
  readonly reason: "events" | "snapshot" | "stored";
}

export interface StateChange {
  readonly state: TableState;
  /** Of `catching-up`: `behind`, or why a snapshot comes (`fresh`, `other-journal`, `ahead`, `pruned`, …). */
  readonly reason: string | undefined;
  /** Of `away`: when the next attempt is made, on the clock's milliseconds. */
  readonly retryAt: number | null;
  /** Of `away`: how the last connection ended; 4000 where this side ended it. */
  readonly close: { readonly code: number; readonly reason: string } | null;
}

/** A command that the server hasn't confirmed yet. */
export interface UnsavedCommand {
  readonly id: string;
  readonly name: string;
  readonly data: JSONObject;
  readonly key: string | undefined;
  /** When it was given, in the clock's milliseconds. */
  readonly since: number;
}

export interface Refusal {
  readonly id: string;
  readonly name: string;
  readonly data: JSONObject;
  readonly error: CommandError;
}

/** Something that somebody should know, and that the table copes with. */
export interface Problem {
  /** `digest`, `stream`, `storage`, or the code of a refused effect. */
  readonly code: string;
  readonly message: string;
  /** True where the whole document is asked for anew. */
  readonly isHealing?: boolean;
  readonly [detail: string]: unknown;
}

export interface TableEvents {
  change: Change;
  /** Each single event, with the document right after it; before the `change` that it is in. */
  event: { readonly event: TableEvent; readonly document: TableDocument };
  state: StateChange;
  unsaved: readonly UnsavedCommand[];
  /** The contract's message of an effect (`highlight_marker`, `scene_event`). */
  effect: JSONObject;
  refused: Refusal;
  /** The document is the server's, byte for byte. */
  verified: { readonly offset: number; readonly digest: string };
  problem: Problem;
}

export interface CommandOptions {
  /** Refuses the command (`conflict`) if the addressed thing changed after this offset. */
  ifOffset?: number;
  /** A newer command with the same key takes the place of one that wasn't sent yet. */
  key?: string;
}

export interface Outcome {
  /** The id of the command that was done: of the one that took this one's place, where one did. */
  readonly id: string;
  readonly offset: number;
  /** What the same request is answered over REST besides its message: `{id}` of a saved scene, … */
  readonly answer: JSONObject | undefined;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  setTimeout(action: () => void, delay: number): unknown;
  clearTimeout(timer: any): void;
}

/** In milliseconds; connection.js says what each means. */
export interface Times {
  connect: number;
  catchUp: number;
  ping: number;
  pong: number;
  retry: number;
  retryMax: number;
  steady: number;
  /** Between two writes of the document into the storage. */
  save: number;
}

export interface TableOptions {
  /** Where document, position and unsaved commands outlive the page. By default they don't. */
  storage?: TableStorage;
  /** The constructor. By default the global one. */
  WebSocket?: new (url: string, protocol: string) => any;
  times?: Partial<Times>;
  clock?: Clock;
  /** 0 ≤ x < 1, for the jitter of attempts. */
  random?: () => number;
  /** A new id of a command: 1 to 128 bytes that never come again. By default a random UUID. */
  newId?: () => string;
}

export class Table {
  constructor(address: string | URL, options?: TableOptions);
  readonly document: TableDocument | undefined;
  readonly offset: number;
  readonly journal: string | null;
  readonly state: TableState;
  readonly unsaved: readonly UnsavedCommand[];
  at(pointer: string): JSONValue | undefined;
  on<Name extends keyof TableEvents>(name: Name, handler: (event: TableEvents[Name]) => void): () => void;
  watch(pointer: string, handler: (value: JSONValue | undefined, previous: JSONValue | undefined) => void): () => void;
  send(name: string, data?: object, options?: CommandOptions): Promise<Outcome>;
  effect(message: JSONObject): boolean;
  retry(): void;
  close(): Promise<void>;
}

/** `code` is for programs, `message` for people; docs/client.md lists the codes. */
export class CommandError extends Error {
  constructor(code: string, message: string, details?: { readonly [name: string]: unknown });
  readonly code: string;
  readonly details: { readonly [name: string]: unknown };
}

/** What a storage does; each method may also be asynchronous. */
export interface TableStorage {
  load(): Stored | Promise<Stored>;
  saveReplica(record: object): void | Promise<void>;
  saveCommand(command: { readonly id: string }): void | Promise<void>;
  removeCommand(id: string): void | Promise<void>;
}

export interface Stored {
  replica: object | null;
  commands: object[];
}

export class MemoryStorage implements TableStorage {
  load(): Stored;
  saveReplica(record: object): void;
  saveCommand(command: { readonly id: string }): void;
  removeCommand(id: string): void;
}

export class WebStorage implements TableStorage {
  constructor(storage: Storage, key?: string);
  load(): Stored;
  saveReplica(record: object): void;
  saveCommand(command: { readonly id: string }): void;
  removeCommand(id: string): void;
}

export class DatabaseStorage implements TableStorage {
  constructor(name?: string, factory?: IDBFactory);
  load(): Promise<Stored>;
  saveReplica(record: object): Promise<void>;
  saveCommand(command: { readonly id: string }): Promise<void>;
  removeCommand(id: string): Promise<void>;
}

export class PatchError extends Error {}
export function applyPatch(document: unknown, patch: Patch): any;
export function valueAt(document: unknown, pointer: string): JSONValue | undefined;
export function pointerTo(...names: (string | number)[]): string;

export class DocumentDigest {
  of(document: object): string;
  steps(document: object): Generator<undefined, string>;
}
export function canonicalForm(value: JSONValue): string;
export function sha256(text: string): string;
