// The real spell-server in a scratch folder.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const project = new URL("../../../", import.meta.url).pathname;
const binaries = process.env.SPELLTABLE_BIN ?? join(project, ".build/debug");

export async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  return port;
}

export class ServerProcess {
  #folder = mkdtempSync(join(tmpdir(), "spelltable-client-"));
  #process = null;

  static async started(...options) {
    const server = new ServerProcess();
    server.options = options;
    server.port = await freePort();
    await server.start();
    return server;
  }

  get address() {
    return `http://127.0.0.1:${this.port}`;
  }

  async start() {
    const folder = (name) => [`--${name}`, join(this.#folder, name)];
    const options = ["--host", "127.0.0.1", "--port", this.port, ...folder("journal"), ...folder("sounds"), ...folder("logs")];
    this.#process = spawn(join(binaries, "spell-server"), [...options.map(String), ...this.options], { stdio: "ignore" });
    const ended = new Promise((_, reject) => {
      this.#process.once("error", reject);
      this.#process.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
    });
    ended.catch(() => {});
    await Promise.race([this.#ready(), ended]);
  }

  async #ready() {
    for (;;) {
      try {
        if ((await fetch(`${this.address}/ready`)).status === 200) return;
      } catch {
        // Not listening yet.
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Ends it: SIGTERM says goodbye, SIGKILL doesn't. */
  async end(signal = "SIGTERM") {
    if (!this.#process || this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exit = once(this.#process, "exit");
    this.#process.kill(signal);
    await exit;
  }

  async remove() {
    await this.end("SIGKILL");
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The table's document as the server has it, and its position. */
  async snapshot() {
    const answer = await fetch(`${this.address}/snapshot`);
    const offset = Number(answer.headers.get("etag").replaceAll('"', "").split(":").at(-1));
    return { document: await answer.json(), offset };
  }

  logText() {
    return readFileSync(join(this.#folder, "logs"), "utf8");
  }
}
