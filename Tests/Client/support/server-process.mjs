// The real spell-server in a scratch folder.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
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
  #isExpectedToEnd = false;

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
    const output = openSync(join(this.#folder, "output"), "a");
    this.#process = spawn(join(binaries, "spell-server"), [...options.map(String), ...this.options], { stdio: ["ignore", output, output] });
    closeSync(output);
    this.#isExpectedToEnd = false;
    let failure = null;
    this.#process.once("error", (error) => (failure = error));
    this.#process.once("exit", (code, signal) => {
      failure ??= new Error(`the server ended with ${code ?? signal}`);
      if (!this.#isExpectedToEnd) console.error(`${failure.message}: ${this.#outputEnd()}`);
    });
    while (!(await this.#isReady())) {
      if (failure) throw failure;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  #outputEnd() {
    return readFileSync(join(this.#folder, "output"), "utf8").slice(-3000);
  }

  async #isReady() {
    try {
      return (await fetch(`${this.address}/ready`)).status === 200;
    } catch {
      return false; // Not listening yet.
    }
  }

  /** Ends it: SIGTERM says goodbye, SIGKILL doesn't. */
  async end(signal = "SIGTERM") {
    const { pid, exitCode, signalCode } = this.#process;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    this.#isExpectedToEnd = true;
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
}
