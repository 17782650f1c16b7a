"""Clients that nobody would wish for, as scenarios that return figures.

`test_hostile.py` runs them with small numbers and asserts, `Tools/bench hostile` with large ones and prints.
"""

import json
import resource
import selectors
import socket
import threading
import time

from raw_websocket import TEXT, RawWebSocket, frame
from scenes import make_scene
from table_client import EventClient

EVENTS = ("Sec-WebSocket-Protocol: spelltable.events.v1",)


def raise_own_limit():
    """This process holds as many sockets as the server does."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def scene_message(step, **options):
    scene = make_scene(f"s{step}", **options)
    return json.dumps({"type": "scene_update", "scene": scene}, separators=(",", ":"))


class Peak:
    """The highest resident size of a server within a `with` block, in KB."""

    def __init__(self, server):
        self.server = server

    def __enter__(self):
        self.before = self.kb = self.server.resident_kb()
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()
        return self

    def watch(self):
        while not self.ended.wait(0.05):
            self.kb = max(self.kb, self.server.resident_kb())

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()

    @property
    def growth_kb(self):
        return self.kb - self.before


def latencies(server, count, pause=0.0):
    """Seconds that a well-behaved event client waits for each of its commands' acknowledgement.

    It looks at nothing else that it is sent, so that its own slowness isn't measured.
    """
    taken = []
    with RawWebSocket(server.port, "/ws", headers=EVENTS) as client:
        while b'"type":"live"' not in client.message()[1]:
            pass
        for number in range(count):
            name = "viewer.blank" if number % 2 else "viewer.unblank"
            command = {"type": "command", "id": f"timed-{id(client)}-{time.monotonic_ns()}", "name": name, "data": {}}
            begun = time.monotonic()
            client.send(frame(TEXT, json.dumps(command)))
            while b'"type":"ack"' not in client.message()[1]:
                pass
            taken.append(time.monotonic() - begun)
            time.sleep(pause)
    return sorted(taken)


def never_reading(server, clients, updates):
    """Half plain, half event clients that read nothing while the scene changes; a healthy one is timed."""
    stuck = [
        RawWebSocket(server.port, "/ws", headers=EVENTS if number % 2 else (), receive_buffer=4_096)
        for number in range(clients)]
    try:
        with Peak(server) as peak, RawWebSocket(server.port, "/ws") as sender:
            drain = threading.Thread(target=read_until_closed, args=(sender,))
            drain.start()
            for step in range(updates):
                sender.send(frame(TEXT, scene_message(step)))
            wait_for_scene(server, f"s{updates - 1}")
            healthy = latencies(server, 50)
            sender.socket.shutdown(socket.SHUT_RDWR)
            drain.join()
        return {"growth_kb": peak.growth_kb, "median": healthy[25], "worst": healthy[-1]}
    finally:
        for client in stuck:
            client.socket.close()


def read_until_closed(client):
    try:
        while client.socket.recv(1 << 20):
            pass
    except OSError:
        pass


def wait_for_scene(server, identifier, seconds=60):
    deadline = time.monotonic() + seconds
    while (server.snapshot()[0].get("live") or {}).get("id") != identifier:
        if time.monotonic() > deadline:
            raise AssertionError(f"scene {identifier} never came")
        time.sleep(0.02)


def flood(server, seconds, kind):
    """Changes as fast as the server takes them, from a client that reads no answers; a healthy one is timed."""
    headers = EVENTS if kind == "commands" else ()
    with Peak(server) as peak, RawWebSocket(server.port, "/ws", headers=headers, timeout=1) as sender:
        ended = threading.Event()
        sent = [0]
        thread = threading.Thread(target=pump, args=(sender, kind, ended, sent))
        thread.start()
        healthy = []
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            healthy += latencies(server, 10, pause=0.02)
        ended.set()
        thread.join()
    healthy.sort()
    return {
        "growth_kb": peak.growth_kb, "messages": sent[0], "median": healthy[len(healthy) // 2],
        "worst": healthy[-1],
    }


def pump(sender, kind, ended, sent):
    """Sends until it is told to end; a server that doesn't listen makes it wait."""
    scene, number = make_scene("flood"), 0
    while not ended.is_set():
        number += 1
        scene["maps"][5]["data"]["position"]["x"] = number
        if kind == "commands":
            message = {"type": "command", "id": f"flood-{number}", "name": "live.change", "data": {"scene": scene}}
        else:
            message = {"type": "scene_update", "scene": scene}
        data = frame(TEXT, json.dumps(message, separators=(",", ":")))
        while data and not ended.is_set():
            try:
                data = data[sender.socket.send(data):]
            except TimeoutError:
                continue
            except OSError:
                return
        sent[0] += 1


def unfinished(server, clients, size):
    """Clients that each send all but the last byte of a large message, and then wait."""
    data = frame(TEXT, b"x" * size)[:-1]
    sockets = [RawWebSocket(server.port, "/ws") for _ in range(clients)]
    try:
        with Peak(server) as peak:
            for client in sockets:
                client.try_send(data)
            healthy = latencies(server, 20)
        closed = [code for code in map(close_code, sockets) if code is not None]
        return {"growth_kb": peak.growth_kb, "closed": closed, "median": healthy[10], "worst": healthy[-1]}
    finally:
        for client in sockets:
            client.socket.close()


def close_code(client):
    """The code with which the server has closed the connection, or None if it is open."""
    client.socket.settimeout(0.2)
    try:
        return client.ending()[1]
    except TimeoutError:
        return None


def idle(server, clients):
    """Plain clients that only are there. Returns KB of the server's memory for each."""
    raise_own_limit()
    with RawWebSocket(server.port, "/ws"):
        before = server.resident_kb()
        begun = time.monotonic()
        sockets = [RawWebSocket(server.port, "/ws") for _ in range(clients)]
        opened = time.monotonic() - begun
        try:
            # The connection status has been sent to all of them by then, so all that they cost is there.
            sockets[-1].message()
            grown = server.resident_kb() - before
            healthy = latencies(server, 20)
            return {"kb_each": grown / clients, "open_seconds": opened, "median": healthy[10], "worst": healthy[-1]}
        finally:
            for client in sockets:
                client.socket.close()


def storm(server, clients, changes):
    """All clients vanish, the table changes, and all come back at once to resume. Seconds until all are live."""
    raise_own_limit()
    # So large a table that the changes are less than a snapshot, and everybody is sent those.
    for number in range(60):
        assert server.post("/scenes/save", make_scene(f"large-{number}"))[0] == 200
    first = EventClient(server.port)
    first.connect()
    position = f"/ws?journal={first.journal}&after={first.offset}"
    sockets = [RawWebSocket(server.port, position, headers=EVENTS) for _ in range(clients)]
    for client in sockets:
        client.socket.close()
    for number in range(changes):
        status, _, body = server.post("/scenes/save", {"id": f"storm-{number}", "name": f"Storm {number}"})
        assert status == 200, body
    with Peak(server) as peak:
        begun = time.monotonic()
        answers = resume_all(server.port, position, clients)
        seconds = time.monotonic() - begun
    resumed = sum(b'"resumed":true' in answer for answer in answers)
    offsets = {last_offset(answer) for answer in answers}
    return {
        "seconds": seconds, "resumed": resumed, "live": sum(b'"type":"live"' in answer for answer in answers),
        "complete": offsets == {server.snapshot()[1]}, "growth_kb": peak.growth_kb}


def last_offset(answer):
    """The offset of the `live` line."""
    line = answer[answer.index(b'{"type":"live"'):]
    return json.loads(line[:line.index(b"}") + 1])["offset"]


def resume_all(port, path, count, seconds=60):
    """Connects all at once; reads until each is live. Returns what each was sent."""
    request = (f"GET {path} HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               f"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n{EVENTS[0]}\r\n\r\n").encode()
    selector, answers = selectors.DefaultSelector(), {}
    for _ in range(count):
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex(("127.0.0.1", port))
        answers[client] = bytearray()
        selector.register(client, selectors.EVENT_WRITE)
    waiting, deadline = count, time.monotonic() + seconds
    while waiting and time.monotonic() < deadline:
        for key, mask in selector.select(1):
            client = key.fileobj
            if mask & selectors.EVENT_WRITE:
                client.send(request)
                selector.modify(client, selectors.EVENT_READ)
                continue
            data = client.recv(1 << 18)
            answers[client] += data
            if not data or b'"type":"live"' in answers[client]:
                selector.unregister(client)
                waiting -= 1
    for client in answers:
        client.close()
    return [bytes(answer) for answer in answers.values()]


class Trickle:
    """A connection that sends some bytes at once and then one more each second; notes when the server ended it."""

    def __init__(self, port, name, start=b"", rest=b""):
        self.name = name
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.sendall(start)
        self.rest = rest
        self.received = b""
        self.begun = time.monotonic()
        self.seconds = None
        self.socket.setblocking(False)

    def step(self):
        """A second has passed: sends a byte, if there is any left."""
        if self.seconds is None and self.rest:
            try:
                self.socket.send(self.rest[:1])
                self.rest = self.rest[1:]
            except OSError:
                pass

    def look(self):
        """Reads what has come; whether the connection is over."""
        while self.seconds is None:
            try:
                data = self.socket.recv(65_536)
            except BlockingIOError:
                return False
            except OSError:
                data = b""
            self.received += data
            if not data:
                self.seconds = time.monotonic() - self.begun
                self.socket.close()
        return True

    @property
    def status(self):
        return int(self.received.split()[1]) if self.received.startswith(b"HTTP/1.1 ") else None


def trickle_all(connections, seconds):
    """Lets them trickle until the server has ended all of them, or the time is over."""
    next_step, deadline = time.monotonic() + 1, time.monotonic() + seconds
    # A list, so that each is looked at.
    while not all([connection.look() for connection in connections]) and time.monotonic() < deadline:
        if time.monotonic() >= next_step:
            next_step += 1
            for connection in connections:
                connection.step()
        time.sleep(0.05)
    return {connection.name: connection for connection in connections}
