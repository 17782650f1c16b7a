// JSON Pointer (RFC 6901) and JSON Patch (RFC 6902) on values that are never changed in place.
//
// A patch makes a new document that shares everything untouched with the old one. So a page can tell what changed by
// `===`, a digest need hash only what is new, a failed patch leaves nothing half done, and whoever still draws the old
// document isn't disturbed. Values are frozen, because a page that changed one would no longer have the server's.

/** A patch that doesn't fit the document, or is none. */
export class PatchError extends Error {
  name = "PatchError";
}

/** The names in a JSON Pointer, decoded. */
export function pointerTokens(pointer) {
  if (typeof pointer !== "string") throw new PatchError(`a JSON Pointer is a string, not ${describe(pointer)}`);
  if (pointer === "") return [];
  if (pointer[0] !== "/") throw new PatchError(`a JSON Pointer is empty or begins with "/": ${describe(pointer)}`);
  if (/~(?![01])/.test(pointer)) throw new PatchError(`in a JSON Pointer, "~" is written "~0": ${describe(pointer)}`);
  return pointer.slice(1).split("/").map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** One name as it stands in a JSON Pointer: `pointerTo("maps", "Act 1/crypt.png")` is `/maps/Act 1~1crypt.png`. */
export function pointerTo(...names) {
  return names.map((name) => "/" + String(name).replaceAll("~", "~0").replaceAll("/", "~1")).join("");
}

/** What stands at a place, or undefined. */
export function valueAt(document, pointer) {
  let value = document;
  for (const token of pointerTokens(pointer)) {
    const key = existingKey(value, token);
    if (key === undefined) return undefined;
    value = value[key];
  }
  return value;
}

/**
 * The document after a patch; `document` itself stays as it is.
 *
 * Freezes the result, the values in the patch included. Throws PatchError, and then nothing has happened.
 */
export function applyPatch(document, patch) {
  if (!Array.isArray(patch)) throw new PatchError(`a patch is an array of operations, not ${describe(patch)}`);
  const draft = new Draft(document);
  patch.forEach((operation, at) => {
    try {
      draft.perform(operation);
    } catch (error) {
      if (!(error instanceof PatchError)) throw error;
      throw new PatchError(`operation ${at} of the patch: ${error.message}`);
    }
  });
  return draft.finish();
}

/** The value, frozen with everything in it. */
export function deepFreeze(value) {
  if (isContainer(value) && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const key of Object.keys(value)) deepFreeze(value[key]);
  }
  return value;
}

/** Whether two JSON values are equal, numbers by value and members in any order. */
export function isEqual(a, b) {
  if (a === b) return true;
  if (!isContainer(a) || !isContainer(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key], b[key]));
}

/**
 * A document while a patch is applied.
 *
 * The containers that this draft has copied are its own and changed in place, so that a patch of a thousand operations
 * on one object copies it once.
 */
class Draft {
  #root;
  #own = new Set();

  constructor(document) {
    this.#root = document;
  }

  perform(operation) {
    if (!isContainer(operation)) throw new PatchError(`an operation is an object, not ${describe(operation)}`);
    const path = pointerTokens(operation.path);
    switch (operation.op) {
      case "add": return this.#add(path, given(operation));
      case "remove": return this.#remove(path);
      case "replace": return this.#replace(path, given(operation));
      case "move": return this.#move(pointerTokens(operation.from), path);
      case "copy": return this.#copy(pointerTokens(operation.from), path);
      case "test": return this.#test(path, given(operation));
      default: throw new PatchError(`"op" is add, remove, replace, move, copy or test: ${describe(operation.op)}`);
    }
  }

  finish() {
    this.#freeze();
    return this.#root;
  }

  #add(path, value) {
    if (path.length === 0) return void (this.#root = value);
    const [container, token] = this.#containerOf(path);
    if (Array.isArray(container)) {
      container.splice(insertionIndex(container, token), 0, value);
    } else {
      setMember(container, token, value);
    }
  }

  #remove(path) {
    if (path.length === 0) throw new PatchError("the whole document can't be removed");
    const [container, token] = this.#containerOf(path);
    const key = requiredKey(container, token);
    if (Array.isArray(container)) {
      container.splice(key, 1);
    } else {
      delete container[key];
    }
  }

  #replace(path, value) {
    if (path.length === 0) return void (this.#root = value);
    const [container, token] = this.#containerOf(path);
    setMember(container, requiredKey(container, token), value);
  }

  #move(from, path) {
    const value = this.#valueAt(from);
    const isInside = from.length < path.length && from.every((token, at) => token === path[at]);
    if (isInside) throw new PatchError("a value can't be moved into itself");
    if (from.length === 0) return;
    this.#remove(from);
    this.#add(path, value);
  }

  #copy(from, path) {
    const value = this.#valueAt(from);
    // From here on it stands in two places: neither may be changed in place.
    this.#freeze();
    this.#add(path, value);
  }

  #test(path, expected) {
    const value = this.#valueAt(path);
    if (!isEqual(value, expected)) throw new PatchError(`${describe(value)} isn't ${describe(expected)}`);
  }

  #valueAt(path) {
    return path.reduce((value, token) => value[requiredKey(value, token)], this.#root);
  }

  /** The container that the last token of a path is about, and that token; copies all containers on the way to it. */
  #containerOf(path) {
    let container = (this.#root = this.#owned(this.#root));
    for (const token of path.slice(0, -1)) {
      const key = requiredKey(container, token);
      const child = this.#owned(container[key]);
      setMember(container, key, child);
      container = child;
    }
    return [container, path.at(-1)];
  }

  #owned(value) {
    if (!isContainer(value)) throw new PatchError(`${describe(value)} has no members`);
    if (this.#own.has(value)) return value;
    const copy = Array.isArray(value) ? value.slice() : { ...value };
    this.#own.add(copy);
    return copy;
  }

  #freeze() {
    for (const container of this.#own) Object.freeze(container);
    this.#own.clear();
  }
}

function given(operation) {
  if (!Object.hasOwn(operation, "value")) throw new PatchError(`"${operation.op}" has a "value"`);
  return deepFreeze(operation.value);
}

function isContainer(value) {
  return typeof value === "object" && value !== null;
}

function requiredKey(container, token) {
  const key = existingKey(container, token);
  if (key === undefined) throw new PatchError(`there is no ${describe(token)} in ${describe(container)}`);
  return key;
}

function existingKey(container, token) {
  if (Array.isArray(container)) {
    const index = arrayIndex(token);
    return index < container.length ? index : undefined;
  }
  return isContainer(container) && Object.hasOwn(container, token) ? token : undefined;
}

function insertionIndex(array, token) {
  const index = token === "-" ? array.length : arrayIndex(token);
  if (index <= array.length) return index;
  throw new PatchError(`an array of ${array.length} has no place ${describe(token)}`);
}

/** NaN for what is no index, which compares as false. */
function arrayIndex(token) {
  return /^(0|[1-9][0-9]*)$/.test(token) ? Number(token) : NaN;
}

/** A member may be named `__proto__`, which assigned plainly would be no member. */
function setMember(container, key, value) {
  if (key === "__proto__") {
    Object.defineProperty(container, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    container[key] = value;
  }
}

/** The beginning of a value's text, for messages. */
function describe(value) {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? text.slice(0, 77) + "..." : text;
}
