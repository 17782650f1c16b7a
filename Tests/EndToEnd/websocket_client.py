"""A small blocking WebSocket client (RFC 6455) on the standard library alone."""

import base64
import json
import os
import socket
import struct


class Closed(Exception):
    """The server closed the connection; `code` is its close code, or None when there was no close frame."""

    def __init__(self, code):
        super().__init__(f"closed with {code}")
        self.code = code


class Refused(Exception):
    """The upgrade was answered with plain HTTP."""

    def __init__(self, status, body):
        super().__init__(f"HTTP {status}: {body[:200]!r}")
        self.status = status


class WebSocket:
    """One connection. `receive` answers pings and returns whole text messages."""

    def __init__(self, port, path="/ws", protocol=None, timeout=60, headers=()):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.buffer = b""
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            f"GET {path} HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            *headers,
        ]
        if protocol:
            lines.append(f"Sec-WebSocket-Protocol: {protocol}")
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        while b"\r\n\r\n" not in self.buffer:
            self._fill()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        status = int(head.split()[1])
        if status != 101:
            raise Refused(status, self.buffer)

    def _fill(self):
        data = self.socket.recv(1 << 18)
        if not data:
            raise Closed(None)
        self.buffer += data

    def _take(self, count):
        while len(self.buffer) < count:
            self._fill()
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def _send_frame(self, opcode, payload):
        mask = os.urandom(4)
        size = len(payload)
        if size < 126:
            head = struct.pack("!BB", 0x80 | opcode, 0x80 | size)
        elif size < 65536:
            head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, size)
        else:
            head = struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, size)
        repeated = (mask * (size // 4 + 1))[:size]
        masked = (int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")).to_bytes(size, "big")
        self.socket.sendall(head + mask + masked)

    def send(self, value):
        """Sends a JSON value, or a string as it is, as one text message."""
        text = value if isinstance(value, str) else json.dumps(value)
        self._send_frame(1, text.encode())

    def receive(self, timeout=60):
        """The next text message. Raises Closed, or TimeoutError after `timeout` seconds without a byte."""
        self.socket.settimeout(timeout)
        message = b""
        while True:
            first, second = self._take(2)
            size = second & 0x7F
            if size == 126:
                (size,) = struct.unpack("!H", self._take(2))
            elif size == 127:
                (size,) = struct.unpack("!Q", self._take(8))
            payload = self._take(size)
            opcode = first & 0x0F
            if opcode == 8:
                raise Closed(struct.unpack("!H", payload[:2])[0] if size >= 2 else 1005)
            if opcode == 9:
                self._send_frame(10, payload)
            elif opcode in (0, 1, 2):
                message += payload
                if first & 0x80:
                    return message.decode()

    def receive_json(self, timeout=60):
        return json.loads(self.receive(timeout))

    def cut(self):
        """Drops the connection without a close handshake."""
        self.socket.close()
