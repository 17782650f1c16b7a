"""An HTTP proxy in front of a server that spoils what it passes on."""

import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class SpoilingProxy:
    """Passes GETs on to a port; `spoil(path, body)` returns the body to send, or None to cut the connection halfway."""

    def __init__(self, port, spoil):
        proxy = self
        self.asked = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                proxy.asked.append((self.path, self.headers.get("Range")))
                headers = {"Range": self.headers["Range"]} if self.headers.get("Range") else {}
                request = urllib.request.Request(f"http://127.0.0.1:{port}{self.path}", headers=headers)
                try:
                    answer = urllib.request.urlopen(request, timeout=30)
                except urllib.error.HTTPError as error:
                    answer = error
                with answer:
                    body = answer.read()
                    spoiled = spoil(self.path, body)
                    self.send_response(answer.status)
                    for name in ("Content-Type", "Content-Range"):
                        if answer.headers.get(name):
                            self.send_header(name, answer.headers[name])
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    if spoiled is None:
                        self.wfile.write(body[: len(body) // 2])
                        self.wfile.flush()
                        self.connection.close()
                        self.close_connection = True
                    else:
                        self.wfile.write(spoiled)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
