"""Starts `spell-replay play` on a journal and turns its knobs."""

import subprocess
import time
import urllib.error
import urllib.request
import json

from server_process import BIN, free_port


class Player:
    """A running player. Use it in a `with` block; `stdin` and the like go to Popen."""

    def __init__(self, journal, *arguments, **popen):
        self.port = free_port()
        self.command = [BIN / "spell-replay", "play", "--journal", journal, "--port", self.port, *arguments]
        self.popen = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **popen}

    def __enter__(self):
        self.process = subprocess.Popen([str(part) for part in self.command], **self.popen)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"the player ended with {self.process.returncode}: {self.process.stderr.read()}")
            try:
                self.state()
                return self
            except OSError:
                time.sleep(0.02)
        raise AssertionError("the player did not begin to listen")

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe:
                pipe.close()

    def request(self, method, path, body=None):
        """(status, headers, bytes)"""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} if data else {}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

    def state(self):
        status, _, body = self.request("GET", "/play")
        assert status == 200, (status, body)
        return json.loads(body)

    def turn(self, **knobs):
        status, _, body = self.request("POST", "/play", knobs)
        assert status == 200, (status, body)
        return json.loads(body)

    def until(self, condition, wait=60):
        """The first state that fulfils a condition."""
        deadline = time.monotonic() + wait
        while time.monotonic() < deadline:
            state = self.state()
            if condition(state):
                return state
            time.sleep(0.02)
        raise AssertionError(f"it never came to that: {state}")

    def snapshot(self):
        status, headers, body = self.request("GET", "/snapshot")
        assert status == 200, (status, body)
        return json.loads(body), int(headers["ETag"].strip('"').rsplit(":", 1)[1])
