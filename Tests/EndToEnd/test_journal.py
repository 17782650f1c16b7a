"""What is on disk: readable with two standard tools, whole after kill -9, the same when replayed elsewhere."""

import json
import shutil
import subprocess
import threading
import unittest

from server_process import Server, replay
from websocket_client import WebSocket


def fill(server, scenes=20):
    for number in range(scenes):
        status, headers, body = server.post("/scenes/save", {"id": "x", "name": f"Scene {number}", "folder": "Act 1"})
        assert status == 200, body
        assert headers["Spell-Offset"] == str(number), headers["Spell-Offset"]


class Journal(unittest.TestCase):
    def test_two_standard_tools_print_every_event_after_a_clean_stop(self):
        with Server() as server:
            fill(server)
            self.assertEqual(server.post("/maps/folder", {"folder_name": "Caves"})[0], 200)
            server.stop()
            command = f"lz4 -dcm {server.journal}/default/*.jsonl.lz4 | jq -c '[.offset,.type]'"
            printed = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True)
            self.assertEqual(printed.returncode, 0, printed.stderr)
            events = [json.loads(line) for line in printed.stdout.splitlines()]
            self.assertEqual(events, [[n, "scene.saved"] for n in range(20)] + [[20, "map-folder.created"]])

    def test_a_replay_without_snapshots_elsewhere_gives_the_running_servers_digest(self):
        with Server() as server:
            fill(server, 50)
            socket = WebSocket(server.port, protocol="spelltable.events.v1")
            digest = None
            while digest is None:
                for line in socket.receive().split("\n"):
                    digest = json.loads(line).get("digest", digest) if '"live"' in line[:16] else digest
            copy = server.folder / "copy"
            shutil.copytree(server.journal / "default", copy, ignore=shutil.ignore_patterns("snapshots", "lock"))
            printed = replay("state", "--journal", copy, "--digest").stdout
            self.assertIn(digest, printed)

    def test_space_that_was_prepared_for_commits_is_told_after_a_kill_and_is_gone_after_a_stop(self):
        with Server() as server:
            fill(server)
            segment = server.journal / "default/00000000000000000000.jsonl.lz4"
            self.assertGreater(segment.stat().st_size, 128 << 10)
            told = "space prepared for commits to come was taken off"
            self.assertNotIn(told, server.log())
            server.kill()
            server.start()
            self.assertIn(told, server.log())
            self.assertEqual(server.snapshot()[1], 19)
            self.assertLess(segment.stat().st_size, 64 << 10)
            self.assertEqual(list(segment.parent.glob("torn-*")), [])
            self.assertEqual(server.post("/maps/folder", {"folder_name": "Caves"})[0], 200)
            server.stop()
            self.assertEqual(subprocess.run(["lz4", "-tq", segment]).returncode, 0)
            server.start()
            self.assertEqual((server.folder / "output").read_text().count(told), 1)

    def test_a_snapshot_of_a_later_event_than_the_journals_newest_is_told_as_an_error(self):
        with Server() as server:
            fill(server)
            server.stop()
            snapshots = server.journal / "default/snapshots"
            newest = max(snapshots.iterdir())
            shutil.copy(newest, newest.with_name("00000000000000000999.json.lz4"))
            server.start()
            self.assertIn("A snapshot is of a later event than the journal's newest", server.log())

    def test_twenty_kills_under_load_lose_no_acknowledged_change(self):
        with Server() as server:
            acknowledged = {}
            for round_number in range(20):
                self.load_and_kill(server, round_number, acknowledged)
                verified = server.replay("verify", check=False)
                self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)
                server.start()
                document, offset = server.snapshot()
                for scene_id, (name, at) in acknowledged.items():
                    self.assertEqual(document["scenes"][scene_id]["name"], name)
                    self.assertLessEqual(at, offset)
            offsets = [json.loads(line)["offset"] for line in server.get("/events?after=-1")[2].splitlines()]
            self.assertEqual(offsets, list(range(offset + 1)))
            self.assertGreater(len(acknowledged), 100)

    def load_and_kill(self, server, round_number, acknowledged):
        enough = threading.Event()

        def save(worker):
            number = 0
            while True:
                name = f"r{round_number} w{worker} n{number}"
                try:
                    status, headers, body = server.post("/scenes/save", {"id": "x", "name": name, "maps": [{"n": 1.0}]})
                except OSError:
                    return
                if status != 200:
                    return
                acknowledged[json.loads(body)["id"]] = (name, int(headers["Spell-Offset"]))
                number += 1
                if number == 5 + round_number:
                    enough.set()

        workers = [threading.Thread(target=save, args=(worker,)) for worker in range(4)]
        for worker in workers:
            worker.start()
        self.assertTrue(enough.wait(30), server.log())
        server.kill()
        for worker in workers:
            worker.join()


class Restore(unittest.TestCase):
    def test_restore_offline_and_online_bring_the_document_back_in_one_event(self):
        with Server() as server:
            fill(server, 5)
            before, _ = server.snapshot()
            fill_more = server.post("/scenes/save", {"id": "x", "name": "mistake"})
            self.assertEqual(fill_more[0], 200)
            server.replay("restore", "--to", "4", "--yes", "--server", f"http://127.0.0.1:{server.port}")
            document, offset = server.snapshot()
            self.assertEqual((document, offset), (before, 6))
            server.stop()
            server.replay("restore", "--to", "5", "--yes")
            server.start()
            document, offset = server.snapshot()
            self.assertEqual(offset, 7)
            self.assertIn("mistake", [scene["name"] for scene in document["scenes"].values()])

    def test_export_and_import_round_trip(self):
        with Server() as server:
            fill(server, 3)
            server.stop()
            target = server.folder / "old layout"
            server.replay("export", "--to", target)
            fresh = server.folder / "fresh"
            replay("import", "--journal", fresh, "--from", target)
            first = json.loads(server.replay("state").stdout)
            second = json.loads(replay("state", "--journal", fresh).stdout)
            self.assertEqual(first["scenes"], second["scenes"])
            self.assertEqual(first["sceneFolders"], second["sceneFolders"])
