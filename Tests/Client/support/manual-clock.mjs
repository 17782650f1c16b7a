// Time that passes when a test says so.

export class ManualClock {
  #now = 1_000_000;
  #timers = new Map();
  #count = 0;

  now() {
    return this.#now;
  }

  setTimeout(action, delay) {
    this.#count += 1;
    this.#timers.set(this.#count, { action, at: this.#now + delay });
    return this.#count;
  }

  clearTimeout(timer) {
    this.#timers.delete(timer);
  }

  /** Moves on by some milliseconds and calls what is due, in order. */
  advance(milliseconds) {
    const end = this.#now + milliseconds;
    for (;;) {
      const due = [...this.#timers].filter(([, timer]) => timer.at <= end).sort(([a, x], [b, y]) => x.at - y.at || a - b)[0];
      if (!due) break;
      this.#timers.delete(due[0]);
      this.#now = Math.max(this.#now, due[1].at);
      due[1].action();
    }
    this.#now = end;
  }
}
