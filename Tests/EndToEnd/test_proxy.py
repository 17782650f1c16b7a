"""nginx as docs/installing.md has it: WebSocket, live events and uploads get through, and it says for whom it asks."""

import re
import shutil
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from forms import PNG, upload
from server_process import Server, free_port
from websocket_client import WebSocket

PAGE = (Path(__file__).resolve().parent.parent.parent / "docs/installing.md").read_text()
# What a test has no use for: a password, and a certificate of a name that isn't ours.
LEFT_OUT = re.compile(r"^\s*(ssl_certificate|ssl_certificate_key|auth_basic|auth_basic_user_file)\s.*\n", re.M)


def settings():
    """The `server` and the `map` of the page."""
    blocks = re.findall(r"(?m)^    (?:server|map .*) \{\n(?:(?:        .*|)\n)*    \}\n", PAGE)
    assert len(blocks) == 2, blocks
    return "".join(blocks)


class Proxy:
    """nginx before a server. Use it in a `with` block."""

    def __init__(self, server):
        self.port = free_port()
        text = LEFT_OUT.sub("", settings())
        for old, new in [("listen 443 ssl;", f"listen 127.0.0.1:{self.port};"), ("127.0.0.1:8010", f"127.0.0.1:{server.port}")]:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        self.folder = Path(tempfile.mkdtemp(prefix="spelltable-"))
        (self.folder / "nginx.conf").write_text(
            f"daemon off; master_process off; pid {self.folder}/pid; error_log {self.folder}/error.log; events {{}}\n"
            f"http {{ access_log off; client_body_temp_path {self.folder}/body; proxy_temp_path {self.folder}/proxy;\n"
            f"fastcgi_temp_path {self.folder}/f; uwsgi_temp_path {self.folder}/u; scgi_temp_path {self.folder}/s;\n{text}}}\n")

    def __enter__(self):
        self.process = subprocess.Popen(
            ["nginx", "-p", self.folder, "-c", self.folder / "nginx.conf", "-e", self.folder / "error.log"])
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return self
            except OSError:
                time.sleep(0.02)
        self.__exit__()
        raise AssertionError("nginx did not start")

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder)


@unittest.skipUnless(shutil.which("nginx"), "nginx isn't installed")
class BehindNginx(unittest.TestCase):
    def test_everything_gets_through(self):
        with Server() as server, Proxy(server) as proxy:
            there = Server()
            there.port = proxy.port
            plain = WebSocket(proxy.port, headers=["Origin: http://127.0.0.1"])
            events = socket.create_connection(("127.0.0.1", proxy.port), timeout=30)
            events.sendall(b"GET /events HTTP/1.1\r\nHost: table\r\nAccept: text/event-stream\r\n\r\n")
            self.assertIn(b"200", events.recv(4096))
            status, _, body = upload(there, "/maps/upload", "crypt.png", PNG, folder="")
            self.assertEqual(status, 200, body)
            seen = b""
            while b"map.uploaded" not in seen:
                seen += events.recv(65536)
            events.close()
            self.assertEqual(there.get("/maps/file/crypt.png")[2], PNG)
            self.assertIn(b"<title>", there.get("/console")[2])
            plain.cut()
            shutil.rmtree(there.folder)


if __name__ == "__main__":
    unittest.main()
