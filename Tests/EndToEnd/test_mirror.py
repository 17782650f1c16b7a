"""`spell-replay mirror`: a copy of a running server, whatever comes between."""

import json
import random
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

from server_process import BIN, Server, replay
from spoiling_proxy import SpoilingProxy
from test_play import PIXEL, form


def upload(server, name, content):
    body, kind = form({"folder": ""}, name, content)
    status, _, answer = server.request("POST", "/maps/upload", body, {"Content-Type": kind})
    assert status == 200, answer


def play(server, scenes=20, maps=1):
    for number in range(scenes):
        assert server.post("/scenes/save", {"id": "x", "name": f"Scene {number}", "notes": "dark " * 50})[0] == 200
    for number in range(maps):
        upload(server, f"map-{random.randrange(1 << 30)}.png", PIXEL + random.randbytes(50_000))


class Load:
    """Some threads that change the table until the end of the `with` block."""

    def __init__(self, server):
        self.server = server
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(number,), daemon=True) for number in range(2)]
        self.failures = []

    def run(self, number):
        try:
            while not self.stopping.is_set():
                play(self.server, scenes=5, maps=number)
        except Exception as error:
            self.failures.append(error)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join()
        assert not self.failures, self.failures


class Mirroring(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="spelltable-copy-"))
        self.copy = self.folder / "copy"

    def tearDown(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def mirror(self, address, *arguments):
        address = address if isinstance(address, str) else f"http://127.0.0.1:{address.port}"
        return replay("mirror", address, self.copy, *arguments, check=False)

    def assertMirrors(self, address, *arguments):
        finished = self.mirror(address, "--json", *arguments)
        self.assertEqual(finished.returncode, 0, finished.stdout + finished.stderr)
        return json.loads(finished.stdout)

    def assertWhole(self):
        finished = replay("verify", "--journal", self.copy, check=False)
        self.assertEqual(finished.returncode, 0, finished.stdout + finished.stderr)

    def files(self):
        return {path.relative_to(self.copy): path.read_bytes() for path in self.copy.rglob("*") if path.is_file()
                and path.name != "lock"}

    def test_under_load_killed_and_resumed_it_is_served_with_the_same_digest(self):
        dice = random.Random(20261126)
        with Server("--max-changes-per-second", "0") as server:
            play(server, scenes=200, maps=10)
            with Load(server):
                for _ in range(12):
                    process = subprocess.Popen(
                        [str(part) for part in (
                            BIN / "spell-replay", "mirror", f"http://127.0.0.1:{server.port}", self.copy, "--follow")],
                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                    time.sleep(dice.uniform(0.02, 0.8))
                    process.send_signal(signal.SIGKILL)
                    process.wait()
                    if (self.copy / "default/journal.json").exists():
                        self.assertWhole()
                self.assertMirrors(server)
            report = self.assertMirrors(server)
            document, offset = server.snapshot()
            self.assertEqual(report["offset"], offset)
            self.assertWhole()
            self.assertEqual(self.assertMirrors(server)["events"], 0)
            original = json.loads(server.replay("info", "--json").stdout)
            with Server() as second:
                second.journal = self.copy
                second.stop()
                second.start()
                self.assertEqual(second.snapshot(), (document, offset))
                copied = json.loads(second.replay("info", "--json").stdout)
                self.assertEqual((copied["digest"], copied["chain"]), (original["digest"], original["chain"]))
                for name in document["maps"]:
                    self.assertEqual(
                        second.get(f"/maps/file/{name}")[2], server.get(f"/maps/file/{name}")[2], "each image is there")
                locked = self.mirror(server)
                self.assertEqual(locked.returncode, 3, "the copy is being served")
                self.assertIn("writing this journal", locked.stderr)
                play(second, scenes=1, maps=0)
                second.stop()
            play(server, scenes=2, maps=0)
            promoted = self.mirror(server)
            self.assertEqual(promoted.returncode, 1, promoted.stderr)
            self.assertIn("another history", promoted.stderr)

    def test_following_it_brings_what_is_new(self):
        with Server() as server:
            play(server, scenes=3)
            process = subprocess.Popen(
                [str(part) for part in (
                    BIN / "spell-replay", "mirror", f"http://127.0.0.1:{server.port}", self.copy, "--follow",
                    "--json")], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            try:
                self.assertEqual(json.loads(process.stdout.readline())["offset"], 3)
                play(server, scenes=1, maps=0)
                self.assertEqual(json.loads(process.stdout.readline())["offset"], 4)
                server.stop()
                self.assertIn("trying again", process.stderr.readline())
                server.start()
                play(server, scenes=1, maps=0)
                offset = 4
                while offset < 5:
                    offset = json.loads(process.stdout.readline())["offset"]
            finally:
                process.kill()
                process.wait()
                process.stdout.close()
                process.stderr.close()
            self.assertWhole()

    def test_bytes_that_are_flipped_on_the_way_are_named_and_not_written(self):
        dice = random.Random(7)

        def flip(path, body):
            if not path.endswith(".lz4") or not body:
                return body
            spoiled = bytearray(body)
            spoiled[dice.randrange(len(spoiled))] ^= 1 << dice.randrange(8)
            return bytes(spoiled)

        with Server() as server:
            play(server)
            self.assertMirrors(server)
            play(server)
            before = self.files()
            with SpoilingProxy(server.port, flip) as proxy:
                for _ in range(8):
                    finished = self.mirror(proxy.address)
                    self.assertEqual(finished.returncode, 1, finished.stdout + finished.stderr)
                    self.assertRegex(finished.stderr, "isn't right|isn't the same")
                    after = self.files()
                    for name, content in before.items():
                        self.assertTrue(after[name].startswith(content), name)
                    self.assertWhole()
            self.assertMirrors(server)
            self.assertWhole()

    def test_a_connection_that_is_cut_leaves_a_whole_copy(self):
        with Server() as server:
            play(server)
            with SpoilingProxy(server.port, lambda path, body: None if "/blobs/" in path else body) as proxy:
                finished = self.mirror(proxy.address)
                self.assertEqual(finished.returncode, 3, finished.stdout + finished.stderr)
            self.assertWhole()
            self.assertMirrors(server)
            self.assertWhole()

    def test_a_blob_that_is_spoiled_or_lost_is_named_and_fetched_later(self):
        with Server() as server:
            play(server)
            with SpoilingProxy(
                    server.port, lambda path, body: body[::-1] if "/blobs/" in path else body) as proxy:
                finished = self.mirror(proxy.address, "--json")
                self.assertEqual(finished.returncode, 1, finished.stderr)
                report = json.loads(finished.stdout)
                self.assertEqual([blob["event"] for blob in report["missingBlobs"]], [20])
                self.assertEqual(report["offset"], 20)
            (blob,) = (path for path in (server.journal / "default/blobs/sha256").rglob("*") if path.is_file())
            content = blob.read_bytes()
            blob.unlink()
            self.assertIn("doesn't have it", self.mirror(server).stdout)
            # A link to itself: a file that the server can't read. The mirror goes on, and says so.
            blob.symlink_to(blob)
            finished = self.mirror(server)
            self.assertEqual(finished.returncode, 1, finished.stderr)
            self.assertIn("can't be read from the server's disk", finished.stdout)
            blob.unlink()
            blob.write_bytes(content)
            self.assertEqual(self.assertMirrors(server)["blobs"], 1)
            self.assertWhole()

    def test_a_server_that_is_not_what_it_was_is_named_and_the_copy_stays(self):
        with Server() as server:
            play(server)
            server.stop()
            older = self.folder / "older"
            shutil.copytree(server.journal, older)
            server.start()
            play(server, scenes=3)
            self.assertMirrors(server)
            before = self.files()
            server.stop()
            shutil.rmtree(server.journal)
            shutil.copytree(older, server.journal)
            server.start()
            finished = self.mirror(server)
            self.assertEqual(finished.returncode, 1)
            self.assertIn("older state", finished.stderr)
            play(server, scenes=9)
            finished = self.mirror(server)
            self.assertEqual(finished.returncode, 1)
            self.assertIn("another history", finished.stderr)
            server.stop()
            shutil.rmtree(server.journal)
            server.start()
            play(server)
            finished = self.mirror(server)
            self.assertEqual(finished.returncode, 1)
            self.assertIn("another journal", finished.stderr)
            self.assertEqual(self.files(), before)

    def test_a_server_that_was_killed_and_recovered_goes_on_being_mirrored(self):
        with Server() as server:
            for _ in range(4):
                play(server, scenes=5)
                self.assertMirrors(server)
                play(server, scenes=5)
                server.kill()
                server.start()
                self.assertMirrors(server)
                self.assertWhole()

    def test_a_repaired_journal_is_copied_with_the_document_that_it_goes_on_from(self):
        with Server() as server:
            play(server, scenes=5)
            server.stop()
            (segment,) = (server.journal / "default").glob("*.jsonl.lz4")
            content = bytearray(segment.read_bytes())
            content[len(content) // 2] ^= 1
            segment.write_bytes(content)
            server.replay("repair", "--write")
            self.assertIn("start", json.loads((server.journal / "default/journal.json").read_text()))
            server.start()
            play(server, scenes=2)
            self.assertMirrors(server)
            self.assertWhole()
            self.assertEqual(
                json.loads(replay("state", "--journal", self.copy).stdout), server.snapshot()[0])

    def test_a_dry_run_says_what_would_be_copied_and_writes_nothing(self):
        with Server() as server:
            play(server, scenes=3, maps=0)
            finished = self.mirror(server, "--dry-run", "--json")
            self.assertEqual(finished.returncode, 0, finished.stderr)
            preview = json.loads(finished.stdout)
            self.assertEqual((preview["newest"], preview["offset"], preview["events"]), (-1, 2, 3))
            self.assertFalse(self.copy.exists())
            self.assertMirrors(server)
            play(server, scenes=2, maps=0)
            before = self.files()
            self.assertEqual(json.loads(self.mirror(server, "--dry-run", "--json").stdout)["events"], 2)
            self.assertEqual(self.files(), before)
            self.assertMirrors(server)
            self.assertIn("nothing to copy", self.mirror(server, "--dry-run").stdout)

    def test_what_is_no_server_is_told(self):
        self.assertEqual(self.mirror("nonsense").returncode, 2)
        self.assertEqual(self.mirror("http://127.0.0.1:9").returncode, 3)
        self.assertFalse(self.copy.exists())
