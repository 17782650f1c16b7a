// How the server is: asked every two seconds while the panel is looked at.

import { byId, element, fill } from "./dom.js";
import { Plot } from "./plot.js";
import { parseMetrics, quantile, rate, total } from "./prometheus.js";
import { clientRows, statusFacts } from "./server-status.js";
import { bytesText, countText, latencyText, numberText } from "./texts.js";

const interval = 2000;
const span = 5 * 60 * 1000;
/** Latencies are of what happened within so many readings: in 2 s there is often nothing. */
const latencyReadings = 5;

/** Histograms in seconds, by the name of their plot. */
const latencies = {
  commit: "spelltable_commit_seconds",
  sync: "spelltable_fsync_seconds",
  fanOut: "spelltable_fanout_seconds",
  answer: "spelltable_http_request_seconds",
};

/** Plots of the server's counters, and a table of its facts. */
export class ServerView {
  #base;
  #plots;
  #readings = [];
  #timer = null;

  constructor({ base, theme }) {
    this.#base = base;
    const plot = (title, options) => new Plot(title, { theme, span, ...options });
    const latency = (title) => plot(title, { names: ["p50", "p99"], format: latencyText });
    this.#plots = {
      events: plot("Events per second", { format: numberText }),
      bytes: plot("Event bytes per second", { format: bytesText }),
      requests: plot("Requests per second", { format: numberText }),
      clients: plot("Clients", { names: ["sockets", "streams"], format: numberText }),
      lag: plot("Slowest client is behind", { format: (value) => countText(value, "event") }),
      journal: plot("Journal on disk", { format: bytesText }),
      memory: plot("Memory", { format: bytesText }),
      processor: plot("Processor", { format: (value) => `${numberText(value * 100)} %` }),
      commit: latency("Commit latency"),
      sync: latency("Disk sync"),
      fanOut: latency("Fan-out latency"),
      answer: latency("HTTP answers"),
    };
    fill(byId("plots"), ...Object.values(this.#plots).map(({ element }) => element));
  }

  /** Asks while the panel is shown. */
  setShown(isShown) {
    if (!isShown) {
      clearTimeout(this.#timer);
      this.#timer = null;
    } else if (this.#timer === null) {
      this.#ask();
    }
  }

  setTheme(theme) {
    for (const plot of Object.values(this.#plots)) plot.setTheme(theme);
  }

  async #ask() {
    this.#timer = setTimeout(() => this.#ask(), interval);
    try {
      const [metrics, status] = await Promise.all([this.#get("metrics"), this.#get("status")]);
      this.#take({ time: Date.now(), metrics: parseMetrics(await metrics.text()) }, await status.json());
    } catch (error) {
      byId("server-note").textContent = `The server can't be asked: ${error.message}`;
    }
  }

  async #get(path) {
    const answer = await fetch(this.#base + path);
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer;
  }

  #take(reading, status) {
    const last = this.#readings.at(-1);
    if (last) this.#plot(last, reading, status);
    this.#readings = [...this.#readings, reading].slice(-latencyReadings);
    this.#facts(reading.metrics, status);
    this.#clients(status);
    byId("server-note").textContent = "";
  }

  #plot(earlier, later, status) {
    const { time, metrics } = later;
    const add = (name, ...values) => this.#plots[name].add(time, values);
    add("events", rate(earlier, later, "spelltable_events_total"));
    add("bytes", rate(earlier, later, "spelltable_line_bytes_total"));
    add("requests", rate(earlier, later, "spelltable_http_requests_total"));
    add("clients", total(metrics, "spelltable_websocket_clients"), total(metrics, "spelltable_event_streams"));
    add("lag", total(metrics, "spelltable_client_lag_events"));
    add("journal", status.journal.bytes);
    add("memory", total(metrics, "process_resident_memory_bytes"));
    add("processor", rate(earlier, later, "process_cpu_seconds_total"));
    for (const [name, series] of Object.entries(latencies)) {
      add(name, ...[0.5, 0.99].map((q) => quantile(this.#readings[0].metrics, metrics, series, q)));
    }
  }

  #facts(metrics, status) {
    const count = (name) => numberText(total(metrics, `spelltable_${name}_total`));
    const facts = [
      ...statusFacts(status),
      ["Events, commits", `${count("events")} in ${count("commits")} commits since the start`],
      ["Refused commands", count("refused_commands")],
      ["Failed commits", count("failed_commits")],
      ["Snapshots checked", `${count("snapshot_checks")}, ${count("snapshots_set_aside")} found wrong`],
      ["Uploads kept", bytesText(total(metrics, "spelltable_uploaded_bytes_total"))],
    ];
    fill(byId("server-facts"), ...facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
  }

  #clients(status) {
    const rows = clientRows(status).map(({ kind, address, actor, since, behind, unsent, isBehind }) =>
      element("tr", {}, ...[kind, address, actor, since].map((text) => element("td", {}, text)),
        element("td", { class: isBehind && "late" }, behind), element("td", {}, unsent)));
    const names = ["What", "Address", "Actor", "For", "Behind", "Unsent"];
    fill(byId("server-clients"), element("thead", {}, element("tr", {}, ...names.map((name) => element("th", { scope: "col" }, name)))),
      element("tbody", {}, ...rows));
  }
}
