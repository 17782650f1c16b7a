"""Starts the real programs in scratch folders, asks them, and stops or kills them."""

import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

BIN = Path(os.environ.get("SPELLTABLE_BIN", ".build/debug")).resolve()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A spell-server on a journal in a scratch folder. Use it in a `with` block."""

    def __init__(self, *arguments, journal=None, prefix=()):
        self.folder = Path(tempfile.mkdtemp(prefix="spelltable-"))
        self.journal = journal or self.folder / "journal"
        self.sounds = self.folder / "sounds"
        self.port = free_port()
        self.arguments = arguments
        self.process = None
        self.descriptors = None  # the hard limit of open files, if it is to be another than ours
        self.environment = {}  # variables beside ours
        self.prefix = prefix  # what stands before the command, such as chrt and its arguments

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, wait=60):
        command = [*self.prefix, BIN / "spell-server", "--host", "127.0.0.1", "--port", self.port, "--journal", self.journal]
        command += ["--sounds", self.sounds, "--logs", self.folder / "logs", *self.arguments]
        self.output = open(self.folder / "output", "ab")
        limits = (self.descriptors, self.descriptors)
        self.process = subprocess.Popen(
            [str(part) for part in command], stdout=self.output, stderr=self.output,
            env={**os.environ, **self.environment},
            preexec_fn=(lambda: resource.setrlimit(resource.RLIMIT_NOFILE, limits)) if self.descriptors else None)
        deadline = time.monotonic() + wait
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended with {self.process.returncode}: {self.log()}")
            try:
                if self.get("/ready")[0] == 200:
                    return
            except OSError:
                time.sleep(0.005)
        raise AssertionError(f"the server was not ready in {wait} s: {self.log()}")

    def log(self):
        return (self.folder / "output").read_text(errors="replace")[-3000:]

    def resident_kb(self):
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        raise AssertionError("no VmRSS in /proc")

    def cpu_seconds(self):
        """CPU time so far, in user mode and in the kernel."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        ticks = os.sysconf("SC_CLK_TCK")
        return int(fields[11]) / ticks, int(fields[12]) / ticks

    def open_descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, timeout=10):
        """Asks the server to stop; returns the seconds that it took."""
        begun = time.monotonic()
        self.process.terminate()
        self.process.wait(timeout)
        return time.monotonic() - begun

    def request(self, method, path, body=None, headers=None, timeout=30):
        """(status, headers, bytes); `body` is bytes, or a value sent as JSON. The path goes out as it is."""
        headers = dict(headers or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

    def get(self, path, headers=None):
        return self.request("GET", path, headers=headers)

    def post(self, path, body):
        return self.request("POST", path, body)

    def leftovers(self):
        """The files of uploads that did not become blobs."""
        return [path for path in self.journal.rglob("*") if path.parent.name == "uploads" or path.suffix == ".tmp"]

    def snapshot(self):
        status, headers, body = self.get("/snapshot")
        assert status == 200, (status, body)
        return json.loads(body), int(headers["ETag"].strip('"').rsplit(":", 1)[1])

    def replay(self, *arguments, check=True):
        """Runs spell-replay on this server's journal; returns the finished process."""
        return replay(arguments[0], "--journal", self.journal, *arguments[1:], check=check)


def replay(*arguments, check=True):
    command = [str(part) for part in (BIN / "spell-replay", *arguments)]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if check and finished.returncode != 0:
        raise AssertionError(f"{command} ended with {finished.returncode}: {finished.stdout}{finished.stderr}")
    return finished


class Echo:
    """A websocket-echo on a free port. Use it in a `with` block."""

    def __init__(self, *arguments):
        self.port = free_port()
        self.arguments = arguments

    def __enter__(self):
        command = [BIN / "websocket-echo", "--port", self.port, *self.arguments]
        self.process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return self
            except OSError:
                time.sleep(0.02)
        raise AssertionError(f"websocket-echo did not start: {self.process.poll()}")

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
