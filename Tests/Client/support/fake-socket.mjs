// A WebSocket whose other end is the test.

export function fakeWebSocket() {
  const sockets = [];
  class FakeWebSocket {
    readyState = 0;
    sent = [];

    constructor(url, protocol) {
      this.url = url;
      this.protocol = protocol;
      sockets.push(this);
    }

    send(text) {
      this.sent.push(JSON.parse(text));
    }

    close() {
      this.readyState = 3;
    }

    /** The server's lines, in one message. */
    say(...lines) {
      this.readyState = 1;
      this.onmessage({ data: lines.map((line) => JSON.stringify(line)).join("\n") });
    }

    /** The server, or the network, ends it. */
    end(code = 1006, reason = "") {
      this.readyState = 3;
      this.onclose({ code, reason });
    }

    commands() {
      return this.sent.filter((line) => line.type === "command");
    }
  }
  return { FakeWebSocket, sockets };
}
