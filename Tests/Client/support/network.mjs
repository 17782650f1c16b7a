// A way to the server that can be cut, and one on which nothing comes through any more.

import { once } from "node:events";
import { connect, createServer } from "node:net";

export class Network {
  #server;
  #pairs = new Set();
  #isCut = false;
  #isSilent = false;
  connectionCount = 0;

  static async to(port) {
    const network = new Network();
    network.#server = createServer((near) => network.#accepted(near, port));
    network.#server.listen(0, "127.0.0.1");
    await once(network.#server, "listening");
    return network;
  }

  get port() {
    return this.#server.address().port;
  }

  get address() {
    return `http://127.0.0.1:${this.port}`;
  }

  #accepted(near, port) {
    near.on("error", () => near.destroy());
    if (this.#isCut) return near.resetAndDestroy();
    this.connectionCount += 1;
    const far = connect(port, "127.0.0.1");
    const pair = [near, far];
    this.#pairs.add(pair);
    for (const [from, to] of [[near, far], [far, near]]) {
      from.on("data", (bytes) => this.#isSilent || to.write(bytes));
      from.on("error", () => from.destroy());
      from.on("close", () => {
        to.destroy();
        this.#pairs.delete(pair);
      });
    }
  }

  /** Ends every connection and takes no new one until `mend()`. */
  cut() {
    this.#isCut = true;
    this.reset();
  }

  /** Ends every connection, in the middle of whatever is on its way. */
  reset() {
    for (const [near, far] of this.#pairs) {
      near.resetAndDestroy();
      far.destroy();
    }
  }

  /** From here on bytes vanish, as when a cable is pulled: neither side is told. */
  silence() {
    this.#isSilent = true;
  }

  mend() {
    this.#isCut = this.#isSilent = false;
  }

  async remove() {
    this.cut();
    this.#server.close();
  }
}
