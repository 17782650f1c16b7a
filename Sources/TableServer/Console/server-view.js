// How the server is: asked every two seconds while the panel is looked at.

import { byId, element, fill } from "./dom.js";
import { Plot } from "./plot.js";
import { parseMetrics, quantile, rate, total } from "./prometheus.js";
import { bytesText, countText, numberText, spanText } from "./texts.js";

const interval = 2000;
const span = 5 * 60 * 1000;

/** Plots of the server's counters, and a table of its facts. */
export class ServerView {
  #base;
  #plots;
  #last = null;
  #timer = null;
  #sizeAtFirst = null;

  constructor({ base, theme }) {
    this.#base = base;
    const plot = (title, options) => new Plot(title, { theme, span, ...options });
    this.#plots = {
      events: plot("Events per second", { format: numberText }),
      bytes: plot("Event bytes per second", { format: bytesText }),
      requests: plot("Requests per second", { format: numberText }),
      clients: plot("Clients", { names: ["sockets", "streams"], format: numberText }),
      journal: plot("Journal on disk", { format: bytesText }),
      memory: plot("Memory", { format: bytesText }),
      processor: plot("Processor", { format: (value) => `${numberText(value * 100)} %` }),
      commit: plot("Commit latency", { names: ["p50", "p99"], format: spanText }),
      fanOut: plot("Fan-out latency", { names: ["p50", "p99"], format: spanText }),
    };
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
      const [metrics, journal] = await Promise.all([this.#get("metrics"), this.#get("journal", { mayBeAbsent: true })]);
      this.#take({ time: Date.now(), metrics: parseMetrics(await metrics.text()) }, journal ? await journal.json() : null);
    } catch (error) {
      byId("server-note").textContent = `The server can't be asked: ${error.message}`;
    }
  }

  /** A recording that is played has no journal to look at: null. */
  async #get(path, { mayBeAbsent = false } = {}) {
    const answer = await fetch(this.#base + path);
    if (answer.status === 404 && mayBeAbsent) return null;
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer;
  }

  #take(reading, journal) {
    const size = journal?.segments.reduce((sum, segment) => sum + segment.size, 0) ?? null;
    this.#sizeAtFirst ??= size;
    if (this.#last) this.#plot(this.#last, reading, size);
    this.#last = reading;
    this.#facts(reading.metrics, journal, size);
    const figures = this.#shownPlots(reading.metrics).map((plot) => plot.element);
    if (figures.length !== byId("plots").children.length) fill(byId("plots"), ...figures);
    byId("server-note").textContent = "";
  }

  /** A server that doesn't measure latencies has no plots of them. */
  #shownPlots(metrics) {
    const { commit, fanOut, ...others } = this.#plots;
    const has = (name) => metrics.has(`${name}_count`);
    const shown = Object.values(others);
    if (has(latencies.commit)) shown.push(commit);
    if (has(latencies.fanOut)) shown.push(fanOut);
    return shown;
  }

  #plot(earlier, later, size) {
    const { time, metrics } = later;
    const add = (name, ...values) => this.#plots[name].add(time, values);
    add("events", rate(earlier, later, "spelltable_events_total"));
    add("bytes", rate(earlier, later, "spelltable_line_bytes_total"));
    add("requests", rate(earlier, later, "spelltable_http_requests_total"));
    add("clients", total(metrics, "spelltable_websocket_clients"), total(metrics, "spelltable_event_streams"));
    add("journal", size);
    add("memory", total(metrics, "process_resident_memory_bytes"));
    add("processor", rate(earlier, later, "process_cpu_seconds_total"));
    for (const [name, series] of Object.entries(latencies)) {
      add(name, ...[0.5, 0.99].map((q) => quantile(earlier.metrics, metrics, series, q)));
    }
  }

  #facts(metrics, journal, size) {
    const grown = size - this.#sizeAtFirst;
    const facts = [
      ["Running for", spanText(total(metrics, "spelltable_uptime_seconds"))],
      ["Takes changes", total(metrics, "spelltable_writable") === 1 ? "yes" : "no: the disk failed, or this is a recording"],
      ["Newest event", numberText(total(metrics, "spelltable_offset"))],
      journal && ["Journal", `${bytesText(size)} in ${countText(journal.segments.length, "segment")}, ${grown >= 0 ? "+" : ""}${bytesText(grown)} since this page looks`],
      ["Events, commits", `${numberText(total(metrics, "spelltable_events_total"))} in ${numberText(total(metrics, "spelltable_commits_total"))} commits since the start`],
      ["Refused commands", numberText(total(metrics, "spelltable_refused_commands_total"))],
      ["Failed commits", numberText(total(metrics, "spelltable_failed_commits_total"))],
      ["Snapshots checked", `${numberText(total(metrics, "spelltable_snapshot_checks_total"))}, ${numberText(total(metrics, "spelltable_snapshots_set_aside_total"))} found wrong`],
      ["Uploads kept", bytesText(total(metrics, "spelltable_uploaded_bytes_total"))],
      journal && ["Journal's id", journal.journal],
    ];
    fill(byId("server-facts"), ...facts.filter(Boolean).flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
  }
}

/** Histograms in seconds, where the server has them. */
const latencies = { commit: "spelltable_commit_seconds", fanOut: "spelltable_fanout_seconds" };
