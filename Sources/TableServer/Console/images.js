// The images of maps, by the digest of their content: what a name meant in the past is still there under it.

/** How many are kept; a map of 4000 × 4000 pixels takes 64 MB while it is drawn. */
const keptCount = 24;

/** Fetches images and tells when one is there. */
export class Images {
  #entries = new Map();
  #base;
  #changed;

  /** `base` is the server's address, ending in a slash; `changed()` is called when an image has come. */
  constructor(base, changed) {
    this.#base = base;
    this.#changed = changed;
  }

  /** What can be drawn; undefined while it is on its way, and where it can't be had. */
  image(blob) {
    return this.#entries.get(blob)?.image;
  }

  /** `{width, height}` in pixels, and the image is asked for where it isn't here; undefined meanwhile. */
  size(blob, mediaType) {
    const entry = this.#entries.get(blob) ?? this.#begin(blob, mediaType);
    this.#entries.delete(blob);
    this.#entries.set(blob, entry);
    return entry.image && { width: entry.image.naturalWidth || 1000, height: entry.image.naturalHeight || 1000 };
  }

  #begin(blob, mediaType) {
    const entry = { image: undefined, url: null };
    this.#load(entry, blob, mediaType).catch((error) => console.warn(`the image ${blob} can't be shown:`, error));
    for (const [old, { url }] of this.#entries) {
      if (this.#entries.size < keptCount) break;
      if (url) URL.revokeObjectURL(url);
      this.#entries.delete(old);
    }
    return entry;
  }

  async #load(entry, blob, mediaType) {
    const answer = await fetch(`${this.#base}blobs/${blob}`);
    if (!answer.ok) throw new Error(`the server says ${answer.status}`);
    // The server hands blobs out without a type, as it can't know under which name they are meant.
    entry.url = URL.createObjectURL(new Blob([await answer.arrayBuffer()], { type: mediaType }));
    const image = new Image();
    image.src = entry.url;
    await image.decode();
    entry.image = image;
    this.#changed();
  }
}
