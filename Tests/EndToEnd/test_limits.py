"""Requests that are too large, too many or not what they say get a proper answer, and nothing is left of them."""

import io
import json
import socket
import struct
import time
import unittest
import zipfile
import zlib

from forms import HEADERS, PNG, form, upload
from server_process import Server
from table_client import EventClient
from websocket_client import WebSocket

MIB = 1 << 20


class Connection:
    """A bare connection, for requests that no library would send."""

    def __init__(self, server):
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=20)
        self.unread = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        try:
            self.socket.sendall(data)
        except OSError:
            pass  # the server may have said all that it has to say

    def more(self):
        data = self.socket.recv(65536)
        self.unread += data
        return bool(data)

    def answer(self):
        """(status, headers, body) of the next answer."""
        while b"\r\n\r\n" not in self.unread:
            assert self.more(), f"no answer: {self.unread[:200]}"
        head, _, rest = self.unread.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}
        length = int(headers.get("content-length", 0))
        while len(rest) < length:
            self.unread = b""
            assert self.more(), "the answer is cut off"
            rest += self.unread
        self.unread = rest[length:]
        return int(lines[0].split()[1]), headers, rest[:length]

    def ends(self):
        """Whether the server closes without saying anything more."""
        try:
            while self.more():
                pass
        except ConnectionResetError:
            pass
        return not self.unread


class RequestLimits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--max-upload", "4M", "--max-message", "1M")
        cls.server.start()
        cls.server.post("/scenes/save", {"id": "x", "name": "precious"})

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def setUp(self):
        self.before = self.server.snapshot()

    def tearDown(self):
        self.assertEqual(self.server.snapshot(), self.before)

    def refused(self, answer, status, what=None):
        self.assertEqual(answer[0], status, (what, answer[2][:200]))
        self.assertTrue(json.loads(answer[2])["detail"], what)
        self.assertEqual(answer[1]["x-content-type-options"], "nosniff", what)

    def test_heads_over_the_limits_are_answered_on_new_and_on_kept_connections(self):
        many = b"".join(b"x-%d: y\r\n" % number for number in range(300))
        large = b"".join(b"x-%d: %s\r\n" % (number, b"y" * 8000) for number in range(20))
        for head, status in [
            (b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
            (b"GET /" + b"x" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
            (b"GET /?" + b"x" * 3_000_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
            (b"GET / HTTP/1.1\r\nCookie: " + b"x" * 20_000 + b"\r\n\r\n", 431),
            (b"GET / HTTP/1.1\r\nCookie: " + b"x" * 3_000_000 + b"\r\n\r\n", 431),
            (b"GET / HTTP/1.1\r\n" + b"x" * 100_000 + b": y\r\n\r\n", 431),
            (b"GET / HTTP/1.1\r\n" + many + b"\r\n", 431),
            (b"GET / HTTP/1.1\r\n" + large + b"\r\n", 431),
            (b"nonsense\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        ]:
            for earlier_requests in (0, 1, 3):
                with self.subTest(head=head[:30], length=len(head), earlier=earlier_requests), \
                        Connection(self.server) as connection:
                    for _ in range(earlier_requests):
                        connection.send(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
                        self.assertEqual(connection.answer()[0], 200)
                    connection.send(head)
                    self.refused(connection.answer(), status)
                    connection.socket.shutdown(socket.SHUT_WR)
                    self.assertTrue(connection.ends())

    def test_a_bad_request_behind_good_ones_is_answered_in_its_turn(self):
        with Connection(self.server) as connection:
            connection.send(b"GET /scenes/list HTTP/1.1\r\nHost: x\r\n\r\n" * 3 + b"nonsense\r\n\r\n")
            self.assertEqual([connection.answer()[0] for _ in range(3)], [200, 200, 200])
            self.refused(connection.answer(), 400)

    def test_heads_within_the_limits_are_served(self):
        many = b"".join(b"x-%d: y\r\n" % number for number in range(90))
        with Connection(self.server) as connection:
            connection.send(b"GET /health?" + b"x" * 16_000 + b" HTTP/1.1\r\nHost: x\r\nCookie: " + b"y" * 16_000
                            + b"\r\n" + many + b"\r\n")
            self.assertEqual(connection.answer()[0], 200)

    def test_an_announced_body_over_the_limit_is_refused_before_it_is_sent(self):
        for method, path, kind, length in [
            ("POST", "/scenes/save", "application/json", MIB + 1),
            ("PUT", "/scenes/x", "application/json", 1 << 40),
            ("POST", "/undo", "application/json", 1 << 40),
            ("POST", "/maps/upload", "multipart/form-data; boundary=edge", 1 << 40),
            ("POST", "/backup/import", "multipart/form-data; boundary=edge", 1 << 40),
            ("GET", "/health", "text/plain", 1 << 40),
            ("DELETE", "/scenes/x", "text/plain", 1 << 20),
        ]:
            with self.subTest(path=path), Connection(self.server) as connection:
                connection.send(f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\n"
                                f"Content-Length: {length}\r\n\r\n".encode())
                self.refused(connection.answer(), 413)

    def chunks(self, connection, data, limit):
        """Sends `data` again and again until the server answers or `limit` bytes are sent."""
        chunk = b"%x\r\n%s\r\n" % (len(data), data)
        sent = 0
        connection.socket.settimeout(0.01)
        while sent < limit:
            try:
                connection.socket.sendall(chunk)
                sent += len(data)
                connection.more()
                break
            except TimeoutError:
                continue
            except OSError:
                break
        connection.socket.settimeout(20)
        return sent

    def test_a_body_without_a_length_is_refused_at_the_limit(self):
        for path, kind, start in [
            ("/scenes/save", "application/json", b'{"id":"x","name":"'),
            ("/maps/upload", "multipart/form-data; boundary=edge", form([("file", "a.png", PNG)])[:-12]),
        ]:
            with self.subTest(path=path), Connection(self.server) as connection:
                connection.send(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\n"
                                "Transfer-Encoding: chunked\r\n\r\n".encode() + b"%x\r\n%s\r\n" % (len(start), start))
                sent = self.chunks(connection, b"x" * 65536, 64 * MIB)
                self.refused(connection.answer(), 413)
                self.assertLess(sent, 32 * MIB)

    def test_a_body_that_nobody_wants_is_not_read_for_ever(self):
        open_connections = []
        for head in [b"GET /health HTTP/1.1", b"POST /no/such/route HTTP/1.1", b"POST /maps/list HTTP/1.1"]:
            connection = Connection(self.server)
            self.addCleanup(connection.socket.close)
            connection.send(head + b"\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            self.assertIn(connection.answer()[0], (200, 404, 405), head)
            open_connections.append(connection)
        deadline = time.monotonic() + 40
        while open_connections:
            self.assertLess(time.monotonic(), deadline, "the server reads on and on")
            for connection in list(open_connections):
                try:
                    connection.socket.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
                except OSError:
                    open_connections.remove(connection)

    def test_a_small_body_where_none_is_wanted_is_ignored_and_the_connection_kept(self):
        with Connection(self.server) as connection:
            for _ in range(3):
                connection.send(b"GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n")
                self.assertEqual(connection.answer()[0], 200)
                connection.send(b"hello")

    def test_a_broken_chunk_is_answered(self):
        with Connection(self.server) as connection:
            connection.send(b"POST /scenes/save HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nno size\r\n")
            self.refused(connection.answer(), 400)

    def test_forms_have_limits_of_their_own(self):
        file = ("file", "a.png", PNG)
        huge_head = b'--edge\r\nContent-Disposition: form-data; name="file"\r\nX: ' + b"x" * 20_000
        for body, status in [
            (form([("f", None, b"x")] * 100 + [file]), 400),
            (form([("folder", None, b"x" * (2 << 20)), file]), 400),
            (form([("folder", None, b"x" * 2000), file]), 400),
            (huge_head + b"\r\n\r\n" + PNG + b"\r\n--edge--\r\n", 400),
            (b"x" * 100_000 + form([file]), 400),
            (form([("other", "b.png", b"x" * (5 << 20)), file]), 413),
            (form([("file", "a.png", PNG + bytes(5 << 20))]), 413),
            (form([("file", None, b"text")]), 422),
        ]:
            with self.subTest(length=len(body), status=status):
                status_got, _, content = self.server.request("POST", "/maps/upload", body, HEADERS)
                self.assertEqual(status_got, status, content[:200])
                self.assertTrue(json.loads(content)["detail"])
        self.assertEqual(self.server.leftovers(), [])


class Content(unittest.TestCase):
    PAGE = b"<!DOCTYPE html><script>alert(1)</script>"
    SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.server.start()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def test_what_is_recognised_as_something_else_is_refused_and_leaves_nothing(self):
        self.server.post("/scenes/save", {"id": "x", "name": "pictured"})
        scene = json.loads(self.server.get("/scenes/list")[2])["scenes"][0]["id"]
        blobs = self.server.journal / "default" / "blobs"
        before, files = self.server.snapshot(), set(blobs.rglob("*"))
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("x", "y")
        for path, name, data in [
            ("/maps/upload", "a.png", self.PAGE), ("/maps/upload", "a.svg", self.PAGE), ("/maps/upload", "a.jpg", self.SVG),
            ("/maps/upload", "a.gif", archive.getvalue()), ("/maps/upload", "a.webp", b"\x7fELF" + bytes(100)),
            ("/maps/upload", "a.bmp", b"ID3\x04" + bytes(100)), ("/maps/upload", "a.png", b"\xff\xfe" + "<html>".encode("utf-16-le")),
            ("/maps/upload", "a.png", self.PAGE + bytes(8 << 20)), ("/maps/upload", "a.html", self.PAGE),
            (f"/scenes/{scene}/image", "a.png", self.PAGE), (f"/scenes/{scene}/image", "a.png", b"%PDF-1.7"),
            ("/audio/upload", "a.mp3", self.PAGE), ("/audio/upload", "a.ogg", PNG), ("/audio/upload", "a.wav", b"#!/bin/sh"),
        ]:
            with self.subTest(path=path, name=name, data=data[:20]):
                fields = {"category": "loop"} if path == "/audio/upload" else {}
                status, _, content = upload(self.server, path, name, data, **fields)
                self.assertEqual(status, 415, content)
                self.assertTrue(json.loads(content)["detail"])
        self.assertEqual(self.server.snapshot(), before)
        self.assertEqual(set(blobs.rglob("*")) - {blobs, blobs / "uploads"}, files - {blobs, blobs / "uploads"})

    def test_files_are_served_so_that_nothing_in_them_runs(self):
        images = {"a.png": PNG, "b.svg": self.SVG, "c.jpg": b"\xff\xd8\xff\xe0" + bytes(20), "d.gif": b"GIF89a" + bytes(20),
                  "e.webp": b"RIFF\0\0\0\0WEBP" + bytes(20), "f.bmp": b"BM" + bytes(60), "g.webp": b"x"}
        sounds = {"a.mp3": b"ID3\x04" + bytes(20), "b.mp3": b"\xff\xfb\x90\x64" + bytes(99), "c.ogg": b"OggS" + bytes(20),
                  "d.wav": b"RIFF\0\0\0\0WAVE" + bytes(20), "e.flac": b"fLaC" + bytes(20), "f.m4a": bytes(4) + b"ftypM4A " + bytes(9)}
        for name, data in images.items():
            self.assertEqual(upload(self.server, "/maps/upload", name, data)[0], 200, name)
        for name, data in sounds.items():
            self.assertEqual(upload(self.server, "/audio/upload", name, data, category="loop")[0], 200, name)
        paths = [f"/maps/file/{name}" for name in images] + [f"/audio/file/loop/{name}" for name in sounds]
        document = self.server.snapshot()[0]
        paths += ["/blobs/" + document["maps"]["b.svg"]["blob"]]
        segment = json.loads(self.server.get("/journal")[2])["segments"][0]["name"]
        paths += [f"/journal/{segment}"]
        for path in paths:
            for headers in ({}, {"Range": "bytes=0-0"}, {"Origin": "http://other.example"}):
                status, answer, _ = self.server.get(path, headers)
                self.assertIn(status, (200, 206), path)
                self.assertEqual(answer["x-content-type-options"], "nosniff", path)
                self.assertIn("sandbox; default-src 'none'", answer["content-security-policy"], path)
        for path in paths[-2:]:
            self.assertTrue(self.server.get(path)[1]["content-disposition"].startswith("attachment"), path)
        self.assertEqual(self.server.get("/audio/file/loop/a.mp3")[1]["access-control-allow-origin"], "*")

    def test_every_other_answer_says_nosniff(self):
        for path in ["/", "/health", "/scenes/list", "/snapshot", "/events", "/metrics", "/no/such", "/backup/export",
                     "/maps/file/none.png", "/scenes/list/", "/ws"]:
            answer = self.server.request("GET", path)
            self.assertEqual(answer[1]["x-content-type-options"], "nosniff", path)


def zeros_entry(path, gibibytes):
    """A zip archive of one entry, made without ever holding what is in it."""
    packer, crc, packed = zlib.compressobj(9, zlib.DEFLATED, -15), 0, bytearray()
    block = bytes(MIB)
    for _ in range(gibibytes << 10):
        crc = zlib.crc32(block, crc)
        packed += packer.compress(block)
    packed += packer.flush()
    name, size = path.encode(), gibibytes << 30
    fields = (20, 0, 8, 0, 0x21, crc, len(packed), size, len(name), 0)
    local = b"PK\x03\x04" + struct.pack("<HHHHHIIIHH", *fields) + name
    central = b"PK\x01\x02" + struct.pack("<HHHHHHIIIHHHHHII", 20, *fields, 0, 0, 0, 0, 0) + name
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local) + len(packed), 0)
    return bytes(local + packed + central + end)


def archive(entries):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in entries:
            file.writestr(name, data)
    return buffer.getvalue()


class Archives(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.server.start()
        cls.server.post("/scenes/save", {"id": "x", "name": "precious"})
        cls.bomb = zeros_entry("maps/zeros.bmp", 1)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def peak_kb(self):
        with open(f"/proc/{self.server.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))

    def files(self):
        return {path for path in self.server.journal.rglob("*") if path.is_file()}

    def refuse(self, data, statuses):
        before, files, peak = self.server.snapshot(), self.files(), self.peak_kb()
        status, _, content = upload(self.server, "/backup/import", "b.zip", data)
        self.assertIn(status, statuses, content[:200])
        self.assertTrue(json.loads(content)["detail"])
        self.assertEqual(self.server.snapshot(), before)
        self.assertEqual(self.files(), files)
        self.assertEqual(self.server.leftovers(), [])
        self.assertLess(self.peak_kb() - peak, 64_000)

    def test_a_gibibyte_of_zeros_is_refused_before_any_of_it_is_stored(self):
        self.assertLess(len(self.bomb), 2 * MIB)
        self.refuse(self.bomb, (413,))

    def test_an_archive_in_an_archive_is_never_opened(self):
        data = archive([("maps/nested.zip", self.bomb), ("nested.zip", self.bomb)])
        status, _, content = upload(self.server, "/backup/import", "b.zip", data)
        self.assertEqual((status, json.loads(content)["processed_files"]["other"]), (200, 2), content)
        self.refuse(archive([("maps/nested.png", self.bomb)] * 1 + [("maps/../x.png", PNG)]), (400,))

    def test_documents_are_bounded_since_they_are_held_in_memory(self):
        self.refuse(archive([("scenes/a.json", b" " * (60 << 20))]), (413,))
        document = bytes(40 << 20)
        self.refuse(archive([(f"scenes/{number}.json", document) for number in range(7)]), (413,))

    def test_entries_are_counted(self):
        self.refuse(archive([(f"maps/{number}/", b"") for number in range(100_001)]), (413,))

    def test_a_cut_or_changed_archive_is_refused(self):
        good = archive([("maps/a.png", PNG * 50), ("maps/b.png", PNG * 50)])
        self.refuse(good[: len(good) // 2], (400,))
        self.refuse(bytearray(good[:60]) + bytes([good[60] ^ 255]) + good[61:], (400,))

    def test_content_under_a_wrong_name_is_left_out_and_the_rest_imported(self):
        data = archive([("maps/page.png", Content.PAGE), ("maps/good.png", PNG)])
        status, _, content = upload(self.server, "/backup/import", "b.zip", data)
        self.assertEqual((status, json.loads(content)["processed_files"]["maps"]), (200, 1), content)
        self.assertEqual(sorted(self.server.snapshot()[0]["maps"]), ["good.png"])
        self.assertIn("page.png", self.server.log())


class Rates(unittest.TestCase):
    def save(self, server, number, client=None):
        headers = {"X-Forwarded-For": client} if client else {}
        return server.request("POST", "/scenes/save", {"id": "x", "name": f"{client} {number}"}, headers)

    def test_a_client_over_the_limit_gets_429_and_nothing_is_dropped_silently(self):
        with Server("--max-changes-per-second", "1") as server:
            begun = time.monotonic()
            answers = [self.save(server, number, "192.0.2.1") for number in range(60)]
            took = time.monotonic() - begun
            statuses = [status for status, _, _ in answers]
            done = statuses.count(200)
            self.assertEqual(done + statuses.count(429), 60)
            self.assertEqual(statuses[:4], [200] * 4)
            self.assertLessEqual(done, 4 + took + 1)
            for status, headers, body in answers:
                if status == 429:
                    self.assertGreaterEqual(int(headers["Retry-After"]), 1)
                    self.assertIn("ms", json.loads(body)["detail"])
            self.assertEqual(len(json.loads(server.get("/scenes/list")[2])["scenes"]), done)
            # Others are not held up, reads are not limited, and an address that the client claims counts for nothing.
            self.assertEqual(self.save(server, 0, "192.0.2.2")[0], 200)
            forged = [self.save(server, 0, f"198.51.100.{number}, 192.0.2.1")[0] for number in range(30)]
            self.assertIn(429, forged)
            self.assertEqual({server.get("/health", {"X-Forwarded-For": "192.0.2.1"})[0] for _ in range(50)}, {200})
            retry = int(next(headers["Retry-After"] for status, headers, _ in answers if status == 429))
            time.sleep(retry)
            self.assertEqual(self.save(server, 0, "192.0.2.1")[0], 200)

    def test_programs_on_this_machine_are_limited_only_where_the_option_is_given(self):
        with Server() as server:
            self.assertEqual({self.save(server, number)[0] for number in range(1_500)}, {200})
        with Server("--max-changes-per-second", "5") as server:
            statuses = [self.save(server, number)[0] for number in range(100)]
            self.assertEqual(statuses[:20], [200] * 20)
            self.assertEqual(set(statuses), {200, 429})

    def test_by_default_a_thousand_changes_at_once_are_taken_and_zero_means_no_limit(self):
        with Server() as server:
            self.assertEqual({self.save(server, number, "192.0.2.1")[0] for number in range(1_000)}, {200})
        with Server("--max-changes-per-second", "0") as server:
            self.assertEqual({self.save(server, number, "192.0.2.1")[0] for number in range(1_500)}, {200})

    def test_an_event_client_is_answered_line_by_line(self):
        with Server("--max-changes-per-second", "5") as server:
            client = EventClient(server.port)
            client.connect()
            for number in range(60):
                client.socket.send(json.dumps({"type": "command", "id": f"c{number}", "name": "scene-folder.create",
                                               "data": {"path": f"f{number}"}}))
            answers = {}
            while len(answers) < 60:
                for line in client.lines():
                    if line["type"] in ("ack", "error"):
                        answers[line["id"]] = line
            refused = [line for line in answers.values() if line["type"] == "error"]
            self.assertEqual({line["code"] for line in refused}, {"rate-limited"})
            folders = server.snapshot()[0]["sceneFolders"]
            self.assertEqual(len(folders), 60 - len(refused))
            self.assertGreaterEqual(len(refused), 30)

    def drag(self, server, headers, scenes=200):
        """Sends scenes at once; answers how many events came of them once the newest is there."""
        client = WebSocket(server.port, headers=headers)
        client.receive()
        for step in range(scenes):
            client.send({"type": "scene_update", "scene": {"id": "s", "name": "x", "step": step}})
        deadline = time.monotonic() + 20
        while (server.snapshot()[0]["live"] or {}).get("step") != scenes - 1:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        return server.snapshot()[1] + 1

    def test_of_a_plain_clients_scenes_the_newest_is_taken(self):
        with Server("--max-changes-per-second", "5") as server:
            self.assertLess(self.drag(server, ["X-Forwarded-For: 192.0.2.1"]), 60)

    def test_a_plain_client_on_this_machine_is_limited_only_where_the_option_is_given(self):
        with Server() as server:
            self.assertEqual(self.drag(server, [], scenes=2_000), 2_000)
        with Server("--max-changes-per-second", "5") as server:
            self.assertLess(self.drag(server, []), 60)

    def test_a_limit_that_makes_no_sense_is_refused_at_the_start(self):
        with self.assertRaisesRegex(AssertionError, "--max-changes-per-second"):
            Server("--max-changes-per-second", "many").start()


if __name__ == "__main__":
    unittest.main()
