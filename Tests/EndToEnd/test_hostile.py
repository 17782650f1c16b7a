"""Hostile clients against the real server: memory stays bounded, others aren't delayed, everybody gets the documented end.

Small numbers by default. SPELLTABLE_HOSTILE=full adds what takes a minute; `Tools/bench hostile` has the large numbers.
"""

import os
import resource
import time
import unittest

import hostile
from raw_websocket import CLOSE, TEXT, Ended, RawWebSocket, frame
from server_process import Server
from table_client import EventClient

FULL = os.environ.get("SPELLTABLE_HOSTILE") == "full"
POST = b"POST /scenes/save HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server().__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def tearDown(self):
        self.assertIsNone(self.server.process.poll(), self.server.log())

    def test_clients_that_never_read_cost_little_and_delay_nobody(self):
        figures = hostile.never_reading(self.server, clients=20, updates=300)
        print(figures)
        # The ring of 32 MiB, once, and at most 256 KiB in the buffers of each.
        self.assertLess(figures["growth_kb"], 120_000)
        self.assertLess(figures["median"], 2)

    def test_a_flood_is_slowed_down_and_takes_no_memory(self):
        for kind in ("scenes", "commands"):
            with self.subTest(kind=kind):
                figures = hostile.flood(self.server, seconds=3, kind=kind)
                print(kind, figures)
                self.assertGreater(figures["messages"], 0)
                self.assertLess(figures["growth_kb"], 150_000)
                self.assertLess(figures["median"], 2)

    def test_unfinished_messages_have_a_common_limit(self):
        with Server() as server:
            figures = hostile.unfinished(server, clients=22, size=(16 << 20) - 8)
        print(figures)
        # 256 MiB are room for 15 or 16 of them; a buffer may be twice what is in it.
        self.assertGreaterEqual(len(figures["closed"]), 6)
        self.assertEqual(set(figures["closed"]), {1013})
        self.assertLess(figures["growth_kb"], 700_000)
        self.assertLess(figures["median"], 2)

    def test_a_storm_of_clients_all_resume(self):
        figures = hostile.storm(self.server, clients=500, changes=40)
        print(figures)
        self.assertEqual((figures["resumed"], figures["live"], figures["complete"]), (500, 500, True))

    def test_idle_clients_cost_little(self):
        # A server of its own, whose memory has no holes yet that others have left.
        with Server() as server:
            figures = hostile.idle(server, clients=500)
        print(figures)
        self.assertLess(figures["kb_each"], 60)

    def test_an_offer_of_compression_is_declined_by_leaving_it_out(self):
        offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"
        with RawWebSocket(self.server.port, "/ws", headers=[offer]) as client:
            self.assertEqual(client.status, 101)
            self.assertIsNone(client.header("Sec-WebSocket-Extensions"))
            opcode, text = client.message()
            self.assertEqual(opcode, TEXT)
            self.assertIn(b"connection_status", text)


class Slow(unittest.TestCase):
    """All at once on one server, since each takes as long as the limit that it meets."""

    def test_whoever_sends_too_slowly_is_let_go(self):
        body = b"Content-Length: 5000\r\n\r\n"
        with Server() as server:
            port = server.port
            connections = [
                hostile.Trickle(port, "silent"),
                hostile.Trickle(port, "head", b"GET / HTTP/1.1\r\n", b"X-Padding: " + b"x" * 300),
                hostile.Trickle(port, "no body", POST + body),
                hostile.Trickle(port, "body", POST + body, b" " * 5_000),
                hostile.Trickle(port, "chunks", POST + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n" * 500),
                hostile.Trickle(
                    port, "second body", b"GET /health HTTP/1.1\r\nHost: h\r\n\r\n" + POST + body, b" " * 5_000),
            ]
            if FULL:
                again = b"GET /health HTTP/1.1\r\nHost: h\r\n\r\nGET /health HTTP/1.1\r\nX-Padding: "
                connections.append(hostile.Trickle(port, "second head", again, b"x" * 300))
            ended = hostile.trickle_all(connections, 80 if FULL else 40)
            for name, connection in ended.items():
                print(f"{name}: {connection.status} after {connection.seconds and round(connection.seconds)} s")
                self.assertIsNotNone(connection.seconds, name)
            for name in ("no body", "body", "chunks"):
                self.assertEqual(ended[name].status, 408, name)
            self.assertIn(b"HTTP/1.1 408", ended["second body"].received)
            self.assertEqual(server.get("/scenes/list")[0], 200)
            self.assertEqual(server.snapshot()[1], -1)

    @unittest.skipUnless(FULL, "takes 40 seconds")
    def test_a_peer_that_vanished_is_noticed_by_its_missing_pong(self):
        with Server() as server, RawWebSocket(server.port, "/ws", timeout=60) as client:
            _, code, _ = client.ending()
            self.assertEqual(code, 4408)

    @unittest.skipUnless(FULL, "takes two minutes")
    def test_a_download_that_nobody_takes_is_broken_off(self):
        with Server() as server:
            server.post("/scenes/save", {"id": "large", "name": "x", "notes": "y" * 15_000_000})
            self.wait_for_descriptors(server, lambda: True)
            idle = server.open_descriptors()
            client = hostile.Trickle(server.port, "download", b"GET /snapshot HTTP/1.1\r\nHost: h\r\n\r\n")
            self.wait_for_descriptors(server, lambda: server.open_descriptors() > idle)
            begun = time.monotonic()
            self.wait_for_descriptors(server, lambda: server.open_descriptors() == idle, seconds=200)
            self.assertGreater(time.monotonic() - begun, 50, "it was given its time")
            client.socket.close()

    def wait_for_descriptors(self, server, holds, seconds=20):
        """Waits until the server has as many descriptors for two seconds, and something holds."""
        deadline, since, count = time.monotonic() + seconds, time.monotonic(), server.open_descriptors()
        while time.monotonic() - since < 2 or not holds():
            self.assertLess(time.monotonic(), deadline, f"{server.open_descriptors()} descriptors")
            time.sleep(0.1)
            if server.open_descriptors() != count:
                since, count = time.monotonic(), server.open_descriptors()


class Descriptors(unittest.TestCase):
    def connect(self, server, timeout):
        """A WebSocket, or None if nobody answers within the time."""
        try:
            return RawWebSocket(server.port, "/ws", timeout=timeout)
        except (TimeoutError, OSError, Ended):
            return None

    def assert_serves(self, client):
        """The client that was there before still changes the table, durably, and hears of it."""
        offset = server_command(client)
        self.assertGreaterEqual(offset, 0)

    def test_the_soft_limit_is_raised(self):
        with Server() as server:
            hard = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
            self.assertEqual(hard[0], hard[1])

    def test_more_connections_than_descriptors_wait_and_are_served_when_others_go(self):
        server = Server()
        server.descriptors = 256
        with server:
            client = EventClient(server.port)
            client.connect()
            clients = []
            while (another := self.connect(server, 1)) is not None:
                clients.append(another)
                self.assertLess(len(clients), 256)
            print(f"{len(clients)} connections of 256 descriptors")
            self.assertGreater(len(clients), 100)
            self.assert_serves(client)
            before = sum(server.cpu_seconds())
            time.sleep(1)
            self.assertLess(sum(server.cpu_seconds()) - before, 0.5, "nothing spins")
            for another in clients[:20]:
                another.socket.close()
            self.assertIsNotNone(self.connect(server, 20))
            self.assert_serves(client)

    def test_no_descriptor_at_all_stops_neither_the_server_nor_its_listening(self):
        # The limit falls to what is open: accept fails with EMFILE until it rises again.
        with Server() as server:
            client = EventClient(server.port)
            client.connect()
            self.assert_serves(client)
            hard = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)[1]
            resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (server.open_descriptors(), hard))
            refused = [self.connect(server, 0.5) for _ in range(5)]
            self.assertEqual(refused, [None] * 5)
            before = sum(server.cpu_seconds())
            self.assert_serves(client)
            time.sleep(1)
            self.assertLess(sum(server.cpu_seconds()) - before, 0.5, "nothing spins")
            self.assertIn("could not be accepted", server.log())
            resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (hard, hard))
            self.assertIsNotNone(self.connect(server, 20))
            self.assert_serves(client)


def server_command(client):
    """Sends a command and returns the offset of its acknowledgement."""
    server_command.number += 1
    name = "viewer.blank" if server_command.number % 2 else "viewer.unblank"
    client.socket.send({"type": "command", "id": f"c{server_command.number}", "name": name, "data": {}})
    while True:
        for line in client.lines():
            if line["type"] == "error":
                raise AssertionError(line)
            if line["type"] == "ack":
                return line["offset"]


server_command.number = 0

if __name__ == "__main__":
    unittest.main()
