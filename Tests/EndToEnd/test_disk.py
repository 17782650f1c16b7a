"""Bad disks and bad moments, with the real server: what is refused is said clearly, what was acknowledged stays."""

import json
import os
import resource
import shutil
import time
import unittest
from datetime import datetime
from pathlib import Path

import mounts
from forms import PNG, upload
from server_process import Server

FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)


def save(server, name, size=0):
    return server.post("/scenes/save", {"id": "x", "name": name, "notes": os.urandom(size // 2).hex()})


def fill(server, size, limit=2000):
    """Saves scenes until one is refused; returns the names that were acknowledged, and the refusal."""
    names = []
    for number in range(limit):
        status, _, body = save(server, f"scene {number}", size)
        if status != 200:
            return names, status, json.loads(body)
        names.append(f"scene {number}")
    raise AssertionError("nothing was ever refused")


def names(server):
    return {scene["name"] for scene in server.snapshot()[0]["scenes"].values()}


class FullDisk(unittest.TestCase):
    def check(self, server, make_room):
        acknowledged, status, body = fill(server, 20_000)
        self.assertEqual(status, 507, body)
        self.assertIn("full", body["detail"])
        self.assertGreater(len(acknowledged), 10)
        self.assertEqual(names(server), set(acknowledged), "reads go on, and show what was acknowledged")
        status, _, body = server.get("/ready")
        self.assertEqual((status, json.loads(body)["status"]), (503, "refusing"), body)
        self.assertIn("space", json.loads(body)["reason"])
        self.assertEqual(server.get("/health")[::2], (200, b'{"status":"ok"}'))
        lines = server.get("/events?after=-1")[2].splitlines()
        self.assertEqual(len(lines), len(acknowledged))
        make_room()
        for number in range(5):
            status, _, body = save(server, f"later {number}", 20_000)
            self.assertEqual(status, 200, body)
            acknowledged.append(f"later {number}")
        self.assertEqual(server.get("/ready")[0], 200)
        server.kill()
        verified = server.replay("verify", check=False)
        self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)
        server.start()
        self.assertEqual(names(server), set(acknowledged), "nothing acknowledged is lost")
        server.stop()
        self.assertEqual(server.replay("verify", check=False).returncode, 0)

    def test_a_full_disk_refuses_changes_until_there_is_room(self):
        with mounts.tmpfs("3m") as disk:
            if disk is None:
                self.skipTest("mounting is not allowed here; see the file size limit below")
            ballast = disk / "ballast"
            ballast.write_bytes(bytes(1 << 20))
            with Server(journal=disk / "journal") as server:
                self.check(server, ballast.unlink)

    def test_a_full_disk_refuses_uploads_and_gives_their_room_back(self):
        with mounts.tmpfs("8m") as disk:
            if disk is None:
                self.skipTest("mounting is not allowed here")
            with Server(journal=disk / "journal") as server:
                for path, name in [("/maps/upload", "a.png"), ("/backup/import", "b.zip")]:
                    status, _, content = upload(server, path, name, PNG + bytes(20 << 20))
                    self.assertEqual(status, 507, content)
                    self.assertIn("disk is full", json.loads(content)["detail"])
                    self.assertEqual(server.leftovers(), [])
                self.assertEqual(save(server, "kept")[0], 200, "what is small still fits")
                self.assertEqual(upload(server, "/maps/upload", "a.png", PNG + bytes(4 << 20))[0], 200)
                self.assertEqual(list(server.snapshot()[0]["maps"]), ["a.png"])

    def test_a_file_size_limit_refuses_changes_until_it_is_lifted(self):
        with Server() as server:
            resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (1 << 20, resource.RLIM_INFINITY))
            lift = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
            self.check(server, lambda: resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, lift))


class ReadOnlyDisk(unittest.TestCase):
    def test_a_read_only_folder_is_told_at_the_start(self):
        with mounts.tmpfs("4m") as disk:
            if disk is None:
                self.skipTest("mounting is not allowed here")
            with Server(journal=disk / "journal") as server:
                self.assertEqual(save(server, "kept")[0], 200)
                server.stop()
                mounts.remount(disk, "ro")
                with self.assertRaises(AssertionError) as refused:
                    server.start()
                self.assertIn("Read-only file system", str(refused.exception))
                self.assertIn(str(disk), str(refused.exception))
                self.assertEqual(server.process.returncode, 74)
                self.assertEqual(server.replay("verify", check=False).returncode, 0, "reading needs no writing")
                mounts.remount(disk, "rw")
                server.start()
                self.assertEqual(names(server), {"kept"})


class LostFolder(unittest.TestCase):
    def check(self, take_away):
        with Server() as server:
            for number in range(5):
                self.assertEqual(save(server, f"scene {number}")[0], 200)
            before = names(server)
            take_away(server.journal / "default")
            status, _, body = save(server, "into the void")
            self.assertEqual(status, 503, body)
            self.assertIn("folder", json.loads(body)["detail"])
            for path in ("/scenes/list", "/snapshot", "/scenes/active"):
                self.assertLess(server.get(path)[0], 500, path)
            self.assertEqual(names(server), before)
            self.assertEqual(save(server, "still not")[0], 503)
            self.assertIn("spelltable_writable 0", server.get("/metrics")[2].decode())
            status = json.loads(server.get("/status")[2])
            self.assertEqual((status["status"], status["snapshot"]), ("read-only", None))
            self.assertIn("No such file", status["reason"])
            self.assertGreaterEqual(upload(server, "/maps/upload", "m.png", PNG)[0], 500)
            self.assertIsNone(server.process.poll(), "it goes on serving")
            server.stop()
            self.assertEqual(server.process.returncode, 0, server.log())
            self.assertFalse((server.journal / "default").exists(), "nothing comes back in the folder's place")
            yield server, before

    def test_a_folder_that_is_removed_stops_changes_and_is_not_made_again(self):
        for _ in self.check(shutil.rmtree):
            pass

    def test_a_folder_that_is_renamed_stops_changes_and_loses_nothing(self):
        for server, before in self.check(lambda folder: folder.rename(folder.parent / "elsewhere")):
            (server.journal / "elsewhere").rename(server.journal / "default")
            verified = server.replay("verify", check=False)
            self.assertEqual(verified.returncode, 0, verified.stdout)
            server.start()
            self.assertEqual(names(server), before)


class Clock(unittest.TestCase):
    def times(self, server):
        events = [json.loads(line) for line in server.get("/events?after=-1")[2].splitlines()]
        times = [event["time"] for event in events]
        self.assertEqual(times, sorted(times), "time never goes back")
        return events

    def test_a_clock_that_jumps_back_a_day_repeats_the_last_time_and_says_so(self):
        if FAKETIME is None:
            self.skipTest("libfaketime isn't installed")
        with Server() as server:
            server.stop()
            offset = server.folder / "clock"
            # Preloaded, the program doesn't see its arguments.
            server.environment = {
                "SPELLTABLE_HOST": "127.0.0.1", "SPELLTABLE_PORT": str(server.port),
                "SPELLTABLE_JOURNAL": str(server.journal), "SPELLTABLE_SOUNDS": str(server.sounds),
                "SPELLTABLE_LOGS": "none", "LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(offset),
                "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
            offset.write_text("+0\n")
            server.start()
            self.assertEqual(save(server, "today")[0], 200)
            offset.write_text("-1d\n")  # during a run
            self.assertEqual(save(server, "yesterday")[0], 200)
            during = self.times(server)
            server.stop()
            server.start()  # between two runs
            self.assertEqual(save(server, "yesterday still")[0], 200)
            between = self.times(server)
            offset.write_text("+0\n")
            time.sleep(0.01)
            self.assertEqual(save(server, "today again")[0], 200)
            events = self.times(server)
            server.stop()
            self.assertNotIn("clock", during[0])
            self.assertEqual(during[1]["time"], during[0]["time"])
            self.assertEqual(between[2]["time"], during[0]["time"])
            for event in events[1:3]:
                said, shown = (datetime.fromisoformat(event[key]) for key in ("clock", "time"))
                self.assertAlmostEqual((shown - said).total_seconds(), 86_400, delta=60)
            self.assertNotIn("clock", events[3])
            self.assertGreater(events[3]["time"], events[0]["time"])
            verified = server.replay("verify", check=False)
            self.assertEqual(verified.returncode, 0, verified.stdout)
