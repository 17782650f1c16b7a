// Uploads with progress, a few at a time.

const atOnce = 3;

/** Sends files one after the other; the page is told how far each is. */
export class Uploads {
  #waiting = [];
  #running = 0;

  /**
   * Sends a file as a form to a URL with these fields; `progress(share)` is told 0 to 1.
   *
   * Resolves to the answered request when it is on the server's disk; rejects with what the server says.
   */
  send(url, file, fields, progress, name = "file") {
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => this.#send(url, file, fields, progress, name).then(resolve, reject));
      this.#next();
    });
  }

  #next() {
    if (this.#running >= atOnce || this.#waiting.length === 0) return;
    this.#running += 1;
    this.#waiting.shift()().finally(() => {
      this.#running -= 1;
      this.#next();
    });
  }

  /** XMLHttpRequest, because fetch doesn't say how much of a body has gone. */
  #send(url, file, fields, progress, fileField) {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append(fileField, file);
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.upload.onprogress = ({ loaded, total }) => progress(total > 0 ? loaded / total : 0);
      request.onload = () => (request.status === 200 ? resolve(request) : reject(new Error(detail(request))));
      request.onerror = () => reject(new Error("the server can't be reached"));
      request.open("POST", url);
      request.send(form);
    });
  }
}

/** What the server says is wrong, of an answer that isn't 200. */
export function detail({ status, responseText }) {
  try {
    const { detail: text } = JSON.parse(responseText);
    return typeof text === "string" ? text : JSON.stringify(text);
  } catch {
    return `the server says ${status}`;
  }
}
