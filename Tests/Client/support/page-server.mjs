// Serves a page and the client's modules.

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const modules = new URL("../../../Tools/client/", import.meta.url);
const plainPage = `<!doctype html><meta charset="utf-8"><title>a table</title>
<script type="module">
  import * as spelltable from "./spelltable.js";
  window.spelltable = spelltable;
</script>`;

export class PageServer {
  #page;
  #server = createServer((request, response) => this.#answer(request, response));

  static async started(page = plainPage) {
    const pages = new PageServer();
    pages.#page = page;
    pages.#server.listen(0, "127.0.0.1");
    await once(pages.#server, "listening");
    return pages;
  }

  get port() {
    return this.#server.address().port;
  }

  #answer(request, response) {
    const name = /^\/([a-z-]+\.js)$/.exec(request.url)?.[1];
    if (!name) return response.writeHead(request.url === "/" ? 200 : 404, { "Content-Type": "text/html" }).end(this.#page);
    response.writeHead(200, { "Content-Type": "text/javascript" }).end(readFileSync(new URL(name, modules)));
  }

  async remove() {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
