// Plays history: from event to event with the pauses that there were, shortened.

/** The longest pause that is waited for, in milliseconds. */
const longestWait = 1500;
/** Events that come faster than frames are shown together. */
const shortestWait = 16;

/** `step()` shows the next event and says its time and the one after it, in milliseconds; null at the end. */
export class Player {
  speed = 4;
  #timer = null;
  #step;
  #changed;

  /** `changed(isPlaying)` is told when it begins and ends. */
  constructor({ step, changed }) {
    [this.#step, this.#changed] = [step, changed];
  }

  get isPlaying() {
    return this.#timer !== null;
  }

  toggle() {
    if (this.isPlaying) this.stop();
    else this.start();
  }

  start() {
    if (this.isPlaying) return;
    this.#timer = setTimeout(() => this.#next(), 0);
    this.#changed(true);
  }

  stop() {
    if (!this.isPlaying) return;
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#changed(false);
  }

  #next() {
    for (let waited = 0; ; ) {
      const shown = this.#step();
      if (!shown) return this.stop();
      waited += Math.min(longestWait, Math.max(0, shown.next - shown.time) / this.speed);
      if (waited >= shortestWait) {
        this.#timer = setTimeout(() => this.#next(), waited);
        return;
      }
    }
  }
}
