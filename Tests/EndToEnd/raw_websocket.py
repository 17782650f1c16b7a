"""A WebSocket client that can break every rule of RFC 6455; it answers nothing by itself."""

import base64
import os
import socket
import struct

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


def mask_bytes(payload, key):
    size = len(payload)
    repeated = (key * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")).to_bytes(size, "big")


def frame(opcode, payload=b"", final=True, reserved=0, masked=True, length=None, size_field=None):
    """One client frame. `reserved` are the three bits, `length` a false claim, `size_field` 16 or 64 a longer form."""
    payload = payload.encode() if isinstance(payload, str) else bytes(payload)
    length = len(payload) if length is None else length
    first = (0x80 if final else 0) | reserved << 4 | opcode
    bit = 0x80 if masked else 0
    if size_field == 64 or (size_field is None and length > 0xFFFF):
        head = struct.pack("!BBQ", first, bit | 127, length)
    elif size_field == 16 or length > 125:
        head = struct.pack("!BBH", first, bit | 126, length)
    else:
        head = struct.pack("!BB", first, bit | length)
    if not masked:
        return head + payload
    key = os.urandom(4)
    return head + key + mask_bytes(payload, key)


def fragments(opcode, payload, size):
    """A message as the bytes of its frames, each with `size` bytes of it."""
    payload = payload.encode() if isinstance(payload, str) else payload
    pieces = [payload[start:start + size] for start in range(0, len(payload), size)] or [b""]
    last = len(pieces) - 1
    return b"".join(
        frame(opcode if index == 0 else CONTINUATION, piece, final=index == last) for index, piece in enumerate(pieces))


def close_payload(code, reason=""):
    return struct.pack("!H", code) + (reason.encode() if isinstance(reason, str) else reason)


class Ended(Exception):
    """The server ended the connection where a frame was awaited."""


class RawWebSocket:
    def __init__(self, port, path="/", headers=(), timeout=120, receive_buffer=None):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = bytearray()
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade",
                 f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", *headers]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        while b"\r\n\r\n" not in self.buffer:
            self._fill()
        head, _, rest = bytes(self.buffer).partition(b"\r\n\r\n")
        self.buffer = bytearray(rest)
        self.head = head.decode("latin-1")
        self.status = int(self.head.split()[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def header(self, name):
        for line in self.head.split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.strip().lower() == name.lower():
                return value.strip()
        return None

    def send(self, data, chop=None):
        """Sends bytes; with `chop`, in writes of so many."""
        if not chop:
            return self.socket.sendall(data)
        for start in range(0, len(data), chop):
            self.socket.sendall(data[start:start + chop])

    def try_send(self, data, chop=None):
        """The same for data that the server may refuse to read to its end."""
        try:
            self.send(data, chop)
        except OSError:
            pass

    def _fill(self):
        data = self.socket.recv(1 << 20)
        if not data:
            raise Ended
        self.buffer += data

    def _need(self, count):
        while len(self.buffer) < count:
            self._fill()

    def receive(self):
        """The next frame as (opcode, payload, final); Ended at the end of the stream."""
        self._need(2)
        assert not self.buffer[1] & 0x80, "a server masks nothing"
        size, start = self.buffer[1] & 0x7F, 2
        if size == 126:
            self._need(4)
            (size,), start = struct.unpack("!H", self.buffer[2:4]), 4
        elif size == 127:
            self._need(10)
            (size,), start = struct.unpack("!Q", self.buffer[2:10]), 10
        self._need(start + size)
        first = self.buffer[0]
        assert not first & 0x70, "no extension was agreed on"
        payload = bytes(self.buffer[start:start + size])
        del self.buffer[:start + size]
        return first & 0x0F, payload, bool(first & 0x80)

    def message(self):
        """The next message or control frame as (opcode, payload)."""
        opcode, payload, final = self.receive()
        while not final:
            next_opcode, piece, final = self.receive()
            assert next_opcode == CONTINUATION, next_opcode
            payload += piece
        return opcode, payload

    def ending(self):
        """Reads to the end: (messages before the close frame, its code or None, its reason).

        The code is 1005 for an empty close frame. After the close frame nothing may come but the end.
        """
        before = []
        try:
            while True:
                opcode, payload = self.message()
                if opcode == CLOSE:
                    break
                before.append((opcode, payload))
        except (Ended, ConnectionResetError):
            return before, None, b""
        try:
            extra = self.receive()
            raise AssertionError(f"after its close frame the server sent {extra}")
        except Ended:
            pass
        code = struct.unpack("!H", payload[:2])[0] if payload else 1005
        return before, code, payload[2:]
