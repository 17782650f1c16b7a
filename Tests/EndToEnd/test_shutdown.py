"""SIGTERM: synced, told, gone within five seconds whatever the clients do."""

import socket
import unittest

from server_process import Server, replay
from websocket_client import Closed, WebSocket


class Shutdown(unittest.TestCase):
    def test_clients_are_closed_with_1012_and_stalled_ones_do_not_hold_it_up(self):
        with Server() as server:
            polite = WebSocket(server.port)
            stalled = [WebSocket(server.port) for _ in range(3)]
            silent = socket.create_connection(("127.0.0.1", server.port))
            half = socket.create_connection(("127.0.0.1", server.port))
            half.sendall(b"POST /scenes/save HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
            self.assertEqual(server.post("/scenes/save", {"id": "x", "name": "kept"})[0], 200)
            server.process.terminate()
            with self.assertRaises(Closed) as closed:
                while True:
                    polite.receive()
            self.assertEqual(closed.exception.code, 1012)
            server.process.wait(6)
            self.assertEqual(server.process.returncode, 0, server.log())
            verified = replay("verify", "--journal", server.journal, check=False)
            self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)
            for connection in (*stalled, silent, half):
                connection.cut() if isinstance(connection, WebSocket) else connection.close()

    def test_a_second_server_on_the_same_journal_is_refused_with_the_firsts_pid(self):
        with Server() as server:
            second = Server()
            second.journal = server.journal
            with self.assertRaises(AssertionError) as refused:
                second.start()
            second.__exit__()
            self.assertIn(str(server.process.pid), str(refused.exception))


class CommandLine(unittest.TestCase):
    def test_help_teaches_and_bad_usage_is_told_apart(self):
        self.assertIn("verify", replay("--help").stdout)
        self.assertEqual(replay("verify", "--nonsense", check=False).returncode, 2)
        self.assertEqual(replay("info", "--journal", "/nonexistent/journal", check=False).returncode, 3)
