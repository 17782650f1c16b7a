// Keeps one WebSocket to the server open: connects, notices when nobody is there any more, and comes back.
//
// Knows nothing of documents and commands. Whoever owns it says when the client has caught up, because only then can
// the server be expected to answer a ping at once.

/** The default times, in milliseconds. */
export const defaultTimes = {
  /** From the first attempt to the server's first message. */
  connect: 10_000,
  /** Without a message while the client is being brought up to date. Doubled after each such failure: on a slow way a
   *  large snapshot, which a browser hands over only when it is whole, would otherwise never come. */
  catchUp: 60_000,
  /** Between two pings of a client that is up to date. */
  ping: 20_000,
  /** From a ping to any message of the server. */
  pong: 20_000,
  /** Before the first new attempt; doubled with each one that fails, up to `retryMax`. */
  retry: 500,
  retryMax: 30_000,
  /** A connection that held this long was a good one: the next attempts begin anew with `retry`. */
  steady: 10_000,
};

/** One connection after the other to one server. */
export class Connection {
  #options;
  #socket = null;
  #timer = null;
  #pingTimer = null;
  #failures = 0;
  #slowness = 0;
  #upToDateSince = null;
  #isStopped = true;

  /** When the next attempt is made, on the clock's time; null while none is waited for. */
  retryAt = null;

  /**
   * `options`: `address()` gives the URL of the next attempt, `protocol` the subprotocol; `clock` has `now`,
   * `setTimeout`, `clearTimeout`; `random()` gives 0 ≤ x < 1; `times` as `defaultTimes`; `WebSocket` is the
   * constructor. Told are `received(text)`, `closed({code, reason})` and `quiet()`, which is to send a ping.
   */
  constructor(options) {
    this.#options = options;
  }

  start() {
    this.#isStopped = false;
    this.#connect();
  }

  stop() {
    this.#isStopped = true;
    this.#clearTimers();
    this.#drop();
  }

  /** Sends a text; false where no connection is open. */
  send(text) {
    if (this.#socket?.readyState !== 1) return false;
    this.#socket.send(text);
    return true;
  }

  /** Ends this connection and connects anew: at once, or like after a failure. */
  restart(reason, { isFailure = false } = {}) {
    if (this.#isStopped) return;
    if (!isFailure) this.#failures = 0;
    this.#lost({ code: 4000, reason }, isFailure ? undefined : 0);
  }

  /** All that happened has arrived; from here on the server is asked for a sign of life now and then. */
  caughtUp() {
    this.#slowness = 0;
    this.#upToDateSince ??= this.#options.clock.now();
    this.#expectPing();
  }

  /** The client is being brought up to date again. */
  fellBehind() {
    this.#expectMessage();
  }

  /** Something says that now may be the time: the network is back, the page is looked at again. */
  wake() {
    if (this.#isStopped) return;
    if (this.retryAt !== null) {
      this.#connect();
    } else if (this.#pingTimer !== null) {
      this.#ping();
    }
  }

  #connect() {
    const { WebSocket, address, protocol, times } = this.#options;
    this.#clearTimers();
    this.#upToDateSince = null;
    let socket;
    try {
      socket = new WebSocket(address(), protocol);
    } catch (error) {
      // A page that came by https may not open ws://, and is told so here.
      return this.#lost({ code: 4000, reason: error.message });
    }
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#received(data);
    socket.onclose = ({ code, reason }) => this.#lost({ code, reason });
    let isOpen = false;
    socket.onopen = () => (isOpen = true);
    // In browsers, a close event follows each error and says more. Node's leaves it out where nobody could be reached.
    socket.onerror = () => isOpen || this.#lost({ code: 1006, reason: "the server can't be reached" });
    this.#after(times.connect, () => this.#lost({ code: 4000, reason: "the server doesn't answer" }));
  }

  #received(data) {
    if (this.#upToDateSince === null) {
      this.#expectMessage();
    } else {
      this.#expectPing();
    }
    this.#options.received(data);
  }

  #expectMessage() {
    this.#clearTimers();
    this.#upToDateSince = null;
    const patience = this.#options.times.catchUp * 2 ** this.#slowness;
    this.#after(patience, () => {
      this.#slowness = Math.min(this.#slowness + 1, 6);
      this.#lost({ code: 4000, reason: `nothing came for ${patience} ms` });
    });
  }

  /** A message came, so somebody is there. The next ping stays when it is: it asks for the document's digest, too. */
  #expectPing() {
    const { clock, times } = this.#options;
    if (this.#timer !== null) clock.clearTimeout(this.#timer);
    this.#timer = null;
    this.#pingTimer ??= clock.setTimeout(() => this.#ping(), times.ping);
  }

  #ping() {
    this.#clearTimers();
    this.#options.quiet();
    this.#after(this.#options.times.pong, () => this.#lost({ code: 4000, reason: "a ping wasn't answered" }));
  }

  #lost(close, delay = this.#nextDelay()) {
    this.#clearTimers();
    this.#drop();
    this.retryAt = this.#options.clock.now() + delay;
    this.#after(delay, () => this.#connect());
    this.#options.closed(close);
  }

  /** Doubled from attempt to attempt, and between half and all of that, so that not all screens come at once. */
  #nextDelay() {
    const { clock, random, times } = this.#options;
    const wasSteady = this.#upToDateSince !== null && clock.now() - this.#upToDateSince >= times.steady;
    this.#failures = wasSteady ? 0 : this.#failures;
    const longest = Math.min(times.retry * 2 ** this.#failures, times.retryMax);
    this.#failures = Math.min(this.#failures + 1, 30);
    return longest * (0.5 + random() / 2);
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onmessage = socket.onclose = socket.onerror = null;
    socket.close();
  }

  #after(delay, action) {
    this.#timer = this.#options.clock.setTimeout(action, delay);
  }

  #clearTimers() {
    const { clock } = this.#options;
    if (this.#timer !== null) clock.clearTimeout(this.#timer);
    if (this.#pingTimer !== null) clock.clearTimeout(this.#pingTimer);
    this.#timer = this.#pingTimer = this.retryAt = null;
  }
}
