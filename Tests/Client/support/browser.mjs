// Chromium without a screen, driven by WebDriver (https://www.w3.org/TR/webdriver2) and nothing else.

import { spawn, spawnSync } from "node:child_process";

import { freePort } from "./server-process.mjs";

/** Whether both programs are installed (Debian's packages chromium and chromium-driver). */
export const isInstalled = ["chromium", "chromedriver"].every((program) => spawnSync(program, ["--version"]).status === 0);

export class Browser {
  #driver;
  #session;

  /** `host` is a name that leads to this machine, for a page that isn't in a secure context as localhost is. */
  static async started({ host }) {
    const browser = new Browser();
    const port = await freePort();
    browser.#driver = spawn("chromedriver", [`--port=${port}`], { stdio: "ignore" });
    const base = `http://127.0.0.1:${port}`;
    await answered(`${base}/status`);
    const args = [
      "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-proxy-server",
      `--host-resolver-rules=MAP ${host} 127.0.0.1`,
    ];
    const capabilities = { alwaysMatch: { browserName: "chrome", "goog:chromeOptions": { args }, timeouts: { script: 120_000 } } };
    const { sessionId } = await call("POST", `${base}/session`, { capabilities });
    browser.#session = `${base}/session/${sessionId}`;
    return browser;
  }

  open(url) {
    return call("POST", `${this.#session}/url`, { url });
  }

  reload() {
    return call("POST", `${this.#session}/refresh`, {});
  }

  /** What `body`, the body of an async function, returns in the page. Its parameter is `given`. */
  async run(body, given = null) {
    const script = `
      const done = arguments[1];
      (async (given) => { ${body} })(arguments[0]).then((value) => done({ value }), (error) => done({ error: String(error?.stack ?? error) }));`;
    const { value, error } = await call("POST", `${this.#session}/execute/async`, { script, args: [given] });
    if (error) throw new Error(`in the page: ${error}`);
    return value;
  }

  async end() {
    if (this.#session) await call("DELETE", this.#session);
    this.#driver.kill();
  }
}

async function answered(url) {
  for (;;) {
    try {
      return await fetch(url);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

async function call(method, url, body) {
  const answer = await fetch(url, { method, body: body && JSON.stringify(body) });
  const { value } = await answer.json();
  if (value?.error) throw new Error(`${method} ${url}: ${value.error}: ${value.message}`);
  return value;
}
