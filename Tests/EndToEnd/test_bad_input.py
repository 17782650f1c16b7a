"""Hostile and broken requests get the contract's answer, and nothing changes."""

import http.client
import json
import socket
import time
import unittest

from forms import HEADERS, form
from server_process import Server
from websocket_client import Closed, WebSocket

BAD_PATHS = ["..", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "a%00b", "%2Fetc%2Fpasswd", "x" * 2000, "%ff%fe", "a/../../b"]
ROUTES = [
    ("GET", "/scenes/load/{}"),
    ("PUT", "/scenes/{}"),
    ("DELETE", "/scenes/{}"),
    ("PUT", "/scenes/folder/{}"),
    ("DELETE", "/scenes/folder/{}"),
    ("GET", "/scenes/image/{}"),
    ("DELETE", "/scenes/{}/image/{}"),
    ("DELETE", "/maps/folder/{}"),
    ("GET", "/maps/file/{}"),
    ("DELETE", "/maps/file/{}"),
    ("PUT", "/maps/rename/{}"),
    ("PUT", "/maps/move/{}"),
    ("GET", "/maps/data/{}"),
    ("GET", "/audio/file/loop/{}"),
    ("DELETE", "/audio/file/loop/{}"),
    ("PUT", "/audio/move/loop/{}"),
    ("GET", "/blobs/{}"),
    ("GET", "/journal/{}"),
]
BODIES = {
    "/scenes/{}": {"id": "x", "name": "y"},
    "/scenes/folder/{}": {"new_name": "z"},
    "/maps/rename/{}": {"new_name": "z.png"},
    "/maps/move/{}": {"folder": "z"},
    "/audio/move/loop/{}": {"path": "loop/z.mp3"},
}


class BadInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--max-upload", "1000000")
        cls.server.start()
        cls.server.post("/scenes/save", {"id": "x", "name": "precious", "folder": "Act 1"})

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def setUp(self):
        self.before = self.server.snapshot()

    def tearDown(self):
        self.assertEqual(self.server.snapshot(), self.before)

    def raw(self, method, path, body=b"", headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, content

    def refuse(self, statuses, status, content, what):
        self.assertIn(status, statuses, (what, content[:200]))
        self.assertTrue(json.loads(content)["detail"], what)

    def test_paths_that_leave_their_folder_are_refused_on_every_route(self):
        for method, route in ROUTES:
            for bad in BAD_PATHS:
                path = route.replace("{}", bad, 1).replace("{}", "x")
                body = json.dumps(BODIES[route]).encode() if method == "PUT" else b""
                status, content = self.raw(method, path, body, {"Content-Type": "application/json"})
                self.refuse((400, 404, 405, 414), status, content, (method, path))

    def test_bad_folders_and_names_in_bodies_are_refused(self):
        for bad in ["..", "a/../b", "/etc", "a\x00b", "a//b", "./a", "n" * 300]:
            for method, path, body in [
                ("POST", "/scenes/save", {"id": "1", "name": "x", "folder": bad}),
                ("POST", "/scenes/folder", {"folder_name": bad}),
                ("POST", "/maps/folder", {"folder_name": bad}),
                ("POST", "/maps/data", {"name": "m.png", "folder": bad, "data": {}}),
            ]:
                status, _, content = self.server.request(method, path, body)
                self.refuse((400, 422), status, content, (path, bad))

    def test_broken_json_is_told_apart(self):
        headers = {"Content-Type": "application/json"}
        deep = b"[" * 20000 + b"]" * 20000
        for body, statuses in [
            (b'{"id":"x","name":"\xff"}', (400,)),
            (deep, (400,)),
            (b'{"id":"x",', (422,)),
            (b"", (422,)),
            (b'{"id":"x","name":"\\ud800"}', (422,)),
            (b'{"id":"x","name":"y","n":1e999}', (422,)),
            (b'{"id":"x","name":"y","name":"z"}', (422,)),
        ]:
            status, content = self.raw("POST", "/scenes/save", body, headers)
            self.refuse(statuses, status, content, body[:40])

    def test_unknown_ids_are_not_found(self):
        for method, path in [("GET", "/scenes/load/none"), ("DELETE", "/scenes/none"), ("DELETE", "/maps/file/no.png")]:
            status, content = self.raw(method, path)
            self.refuse((404,), status, content, path)

    def image(self, size=100):
        return form([("file", "m.png", b"\x89PNG\r\n\x1a\n" + b"x" * size)])

    def test_a_truncated_upload_is_refused_and_leaves_nothing(self):
        whole, large = self.image(), self.image(500_000)
        for body in [whole[:-12], whole[:-6], large[:-6], b"--edge\r\nContent-Disp", b""]:
            status, content = self.raw("POST", "/maps/upload", body, HEADERS)
            self.refuse((400, 422), status, content, body[-20:])
            self.assertEqual(self.server.leftovers(), [])

    def test_an_upload_over_the_limit_is_refused(self):
        status, content = self.raw("POST", "/maps/upload", self.image(1_100_000), HEADERS)
        self.refuse((413,), status, content, "too large")
        self.assertEqual(self.server.leftovers(), [])

    def test_an_upload_cut_off_by_its_sender_leaves_nothing(self):
        connection = socket.create_connection(("127.0.0.1", self.server.port))
        body = self.image(500_000)
        connection.sendall(
            b"POST /maps/upload HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=edge\r\n"
            + f"Content-Length: {len(body)}\r\n\r\n".encode() + body[:300_000]
        )
        self.wait(lambda: self.server.leftovers(), "the upload's file was never there")
        connection.close()
        self.wait(lambda: not self.server.leftovers(), "the upload's file stays")
        self.assertEqual(json.loads(self.server.get("/maps/list")[2]), {"maps": []})

    def wait(self, holds, what, seconds=20):
        deadline = time.monotonic() + seconds
        while not holds():
            self.assertLess(time.monotonic(), deadline, what)
            time.sleep(0.01)

    def test_a_message_of_17_mib_closes_its_sender_with_1009_and_nobody_else(self):
        other, sender = WebSocket(self.server.port), WebSocket(self.server.port)
        other.receive()
        sender.receive()
        try:
            sender.send('{"type":"highlight_marker","markerId":"' + "x" * (17 << 20) + '"}')
        except OSError:
            pass  # the server may close before it has read everything
        with self.assertRaises((Closed, ConnectionResetError)) as closed:
            sender.receive()
        if isinstance(closed.exception, Closed) and closed.exception.code is not None:
            self.assertEqual(closed.exception.code, 1009)
        WebSocket(self.server.port).send({"type": "highlight_marker", "markerId": "still here"})
        self.assertEqual(other.receive_json()["markerId"], "still here")
