"""The log: its files, its two formats, and one name for everything that a request causes."""

import gzip
import json
import re
import socket
import time
import unittest
from datetime import date, datetime, timedelta

import mounts
from server_process import Server
from websocket_client import Refused, WebSocket

SCENE = {"id": "x", "name": "Inn", "folder": "Act 1"}


class Logs(unittest.TestCase):
    def lines(self, server):
        files = sorted((server.folder / "logs").glob("spelltable_*.log"))
        return [line for file in files for line in file.read_text().splitlines()]

    def find(self, server, *parts):
        """Waits for a line, since it may come after the answer."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            for line in self.lines(server):
                if all(part in line for part in parts):
                    return line
            time.sleep(0.02)
        raise AssertionError(f"no line with {parts}")

    def test_the_file_is_the_days_and_the_console_shows_less(self):
        before = date.today()
        with Server() as server:
            server.get("/health")
            self.find(server, "DEBUG", "GET /health", "status=200")
            names = {path.name for path in (server.folder / "logs").iterdir()}
            self.assertNotIn("GET /health", server.log())
            self.assertIn("INFO     SpellTable is ready", server.log())
        self.assertLessEqual(names, {f"spelltable_{day}.log" for day in (before, date.today())})

    def test_a_request_has_one_name_in_its_answer_and_its_lines(self):
        with Server() as server:
            _, headers, _ = server.request("GET", "/scenes/list", headers={"X-Request-Id": "proxy-17"})
            self.assertEqual(headers["X-Request-Id"], "proxy-17")
            self.find(server, "GET /scenes/list", "request=proxy-17")
            made = [server.get("/health")[1]["X-Request-Id"] for _ in range(3)]
            self.assertEqual(len(set(made)), 3)
            for name in made:
                self.assertRegex(name, "^[0-9a-f]{16}$")
                self.find(server, "GET /health", f"request={name}")
            for bad in ["a b", "x" * 129, "a\"b", "<b>"]:
                _, headers, _ = server.request("GET", "/health", headers={"X-Request-Id": bad})
                self.assertRegex(headers["X-Request-Id"], "^[0-9a-f]{16}$")
            status, headers, _ = server.request("GET", "/nothing-here", headers={"X-Request-Id": "lost"})
            self.assertEqual((status, headers["X-Request-Id"]), (404, "lost"))
            _, headers, _ = server.request("GET", "/health", headers={"Origin": "http://a"})
            self.assertIn("X-Request-Id", headers["Access-Control-Expose-Headers"])

    def test_what_never_gets_to_a_route_has_a_name_and_a_line_too(self):
        with Server() as server:
            for request, status in [
                (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
                (b"GET / HTTP/1.1\r\nHost: x\r\nh: " + b"a" * 20_000 + b"\r\n\r\n", 431),
                (b"GARBAGE\r\n\r\n", 400),
            ]:
                with self.subTest(status), socket.create_connection(("127.0.0.1", server.port), 30) as connection:
                    connection.sendall(request)
                    answer = connection.makefile("rb").read().decode()
                    self.assertTrue(answer.startswith(f"HTTP/1.1 {status} "), answer)
                    name = re.search(r"x-request-id: ([0-9a-f]{16})\r\n", answer)[1]
                    self.find(server, "Refused before it was routed", f"request={name}", f"status={status}", "from=127.0.0.1")

    def test_a_full_disk_costs_lines_and_never_mixes_them(self):
        with mounts.tmpfs("256k") as disk:
            if disk is None:
                self.skipTest("mounting is not allowed here")
            with Server("--logs", disk) as server:
                ballast = disk / "ballast"
                with open(ballast, "wb", buffering=0) as file, self.assertRaises(OSError):
                    while True:
                        file.write(bytes(4096))
                for number in range(100):
                    server.get(f"/health?full-{number}")
                self.assertIn("can't write the log", server.log())
                ballast.unlink()
                server.request("GET", "/health", headers={"X-Request-Id": "room-again"})
                log = next(disk.glob("*.log"))
                deadline = time.monotonic() + 30
                while "room-again" not in (text := log.read_text()):
                    self.assertLess(time.monotonic(), deadline)
                    time.sleep(0.02)
            whole = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [A-Z]+ ")
            torn = [line for line in text.splitlines() if not whole.match(line)]
            self.assertLessEqual(len(torn), 1)
            for line in torn:
                self.assertIsNone(whole.search(line), "another line begins in what is left of the one that was cut off")

    def test_a_change_has_its_event_in_its_line(self):
        with Server() as server:
            status, headers, _ = server.post("/scenes/save", SCENE)
            self.assertEqual(status, 200)
            line = self.find(server, "POST /scenes/save", "status=200")
            self.assertIn(f"offset={headers['Spell-Offset']} ", line + " ")
            self.assertIn(f"request={headers['X-Request-Id']}", line)
            server.request("POST", "/scenes/save", b"{", {"X-Request-Id": "refused"})
            self.assertNotIn("offset=", self.find(server, "request=refused"))
            server.request("GET", "/scenes/list", headers={"X-Request-Id": "read"})
            self.assertNotIn("offset=", self.find(server, "request=read"))

    def test_a_sockets_lines_have_its_handshakes_name(self):
        with Server() as server:
            socket = WebSocket(server.port, protocol="spelltable.events.v1", headers=["X-Request-Id: shake-1"])
            socket.send({"type": "command", "id": "c1", "name": "scene.save", "data": {"id": "y", "name": "Crypt"}})
            answers = (json.loads(line) for message in iter(socket.receive, None) for line in message.splitlines())
            acknowledged = next(line for line in answers if line.get("type") == "ack")
            self.find(server, "WebSocket opened", "request=shake-1", "actor=ws@127.0.0.1")
            self.find(server, "Change written", "request=shake-1", f"offset={acknowledged['offset']}")
            with self.assertRaises(Refused):
                WebSocket(server.port, headers=["X-Request-Id: evil", "Origin: http://evil.example"])
            self.find(server, "Refused before it was routed", "request=evil", "status=403")

    def test_json_is_one_object_a_line_on_the_console_and_in_the_file(self):
        with Server("--log-format", "json") as server:
            server.request("GET", "/nothing/%22%0a%1b%5b2J", headers={"X-Request-Id": "odd"})
            odd = json.loads(self.find(server, '"request":"odd"'))
            entries = [json.loads(line) for line in self.lines(server)]
            shown = [json.loads(line) for line in server.log().splitlines()]
        self.assertEqual(odd["metadata"]["status"], "404")
        for entry in entries + shown:
            self.assertEqual(list(entry), ["time", "level", "label", "message", "metadata"])
            self.assertEqual(entry["label"], "spelltable")
            self.assertRegex(entry["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
            datetime.fromisoformat(entry["time"])
        self.assertIn("debug", {entry["level"] for entry in entries})
        self.assertEqual({entry["level"] for entry in shown}, {"info"})
        self.assertTrue(any(entry["message"].startswith("SpellTable is ready") for entry in shown))

    def test_a_full_file_is_gone_on_with_in_another_and_compressed(self):
        with Server("--log-file-size", "64K", "--log-days", "2") as server:
            folder = server.folder / "logs"
            days = [(date.today() - timedelta(days=back)).isoformat() for back in (1, 30)]
            for day in days:
                (folder / f"spelltable_{day}.log").write_text(f"a line of {day}\n")
            count = 0
            while not list(folder.glob("*.3.log")):
                server.get(f"/health?{count:0100}")
                count += 1
                self.assertLess(count, 5_000, sorted(folder.iterdir()))
            deadline = time.monotonic() + 30
            while [path for path in folder.glob("*.log") if ".3." not in path.name] or list(folder.glob("*.tmp")):
                self.assertLess(time.monotonic(), deadline, sorted(folder.iterdir()))
                time.sleep(0.02)
            kept = folder / f"spelltable_{days[0]}.log.gz"
            self.assertEqual(gzip.decompress(kept.read_bytes()).decode(), f"a line of {days[0]}\n")
            self.assertFalse(list(folder.glob(f"spelltable_{days[1]}*")), "removed as too old")
            full = [path for path in folder.glob("*.gz") if path != kept]
            self.assertGreaterEqual(len(full), 2)
            lines = []
            for path in full:
                text = gzip.decompress(path.read_bytes()).decode()
                self.assertLessEqual(len(text), 64 << 10)
                lines += text.splitlines()
            lines += self.lines(server)
            served = {match.group(1) for line in lines if (match := re.search(r"request=([0-9a-f]{16})", line))}
            self.assertGreaterEqual(len(served), count, "no line is lost")
            self.assertEqual(server.get("/health")[0], 200)


if __name__ == "__main__":
    unittest.main()
