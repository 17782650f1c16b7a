"""`spell-replay repair` on journals that a real server wrote and that were damaged since."""

import json
import random
import shutil
import signal
import subprocess
import time
import unittest

import mounts
from forms import PNG, upload
from server_process import BIN, Server


def segments(server):
    return sorted((server.journal / "default").glob("*.jsonl.lz4"))


def flip(path, position):
    content = bytearray(path.read_bytes())
    content[position] ^= 0x10
    path.write_bytes(content)


def play(server, rounds=3, scenes=12):
    """Some evenings, each ended by a clean stop, so that each has a frame of its own and a snapshot."""
    for evening in range(rounds):
        for number in range(scenes):
            status, _, body = server.post("/scenes/save", {"id": "x", "name": f"Evening {evening}, scene {number}"})
            assert status == 200, body
        status, _, body = upload(server, "/maps/upload", f"map-{evening}.png", PNG + b"%d" % evening)
        assert status == 200, body
        server.stop()
        server.start()


def frame_starts(path):
    """Where the frames of a segment begin: at their headers' magic."""
    content = path.read_bytes()
    magic = (0x184D2A53).to_bytes(4, "little")
    return [index for index in range(len(content)) if content[index : index + 4] == magic]


class Repair(unittest.TestCase):
    def damage_second_evening(self, server):
        (path,) = segments(server)
        starts = frame_starts(path)
        self.assertEqual(len(starts), 3)
        # In the middle of a block of the second frame: its own events can't be read any more.
        flip(path, (starts[1] + starts[2]) // 2 + 60)
        return path, starts

    def test_a_damaged_evening_is_lost_and_everything_else_stays(self):
        with Server() as server:
            play(server)
            document, newest = server.snapshot()
            identity = json.loads((server.journal / "default/journal.json").read_text())
            refused = server.replay("repair", check=False)
            self.assertEqual(refused.returncode, 3)
            self.assertIn(f"process {server.process.pid} is writing", refused.stderr)
            server.stop()
            self.assertEqual(server.replay("repair").returncode, 0, "nothing to repair")
            path, starts = self.damage_second_evening(server)
            damaged = path.read_bytes()
            with self.assertRaises(AssertionError) as broken:
                server.start()
            self.assertIn("spell-replay repair", str(broken.exception))

            plan = server.replay("repair", "--json", check=False)
            self.assertEqual(plan.returncode, 1, plan.stderr)
            plan = json.loads(plan.stdout)
            finding = plan["findings"][0]
            self.assertEqual((finding["file"], finding["frame"]), (str(path), starts[1]))
            lost = [offset for first, last in plan["lost"] for offset in range(first, last + 1)]
            self.assertTrue(lost and all(13 <= offset <= 25 for offset in lost), plan)
            self.assertTrue(plan["presentIsKnown"], "the second evening's last snapshot bridges it")
            self.assertEqual(path.read_bytes(), damaged, "a dry run writes nothing")
            shown = server.replay("repair", check=False)
            self.assertIn(f"lost      {len(lost)} event", shown.stdout)

            done = server.replay("repair", "--write")
            self.assertIn("repaired", done.stdout)
            self.assertEqual(server.replay("verify", check=False).returncode, 0)
            self.assertEqual(server.replay("repair", check=False).returncode, 0)
            (copy,) = server.journal.glob("default.damaged-*")
            self.assertEqual((copy / path.name).read_bytes(), damaged, "the damaged journal is kept as it was")
            repaired = json.loads((server.journal / "default/journal.json").read_text())
            self.assertNotEqual(repaired["journal"], identity["journal"])
            self.assertEqual(repaired["start"]["ancestor"], identity["journal"])
            info = json.loads(server.replay("info", "--json").stdout)
            self.assertEqual(info["ancestor"], identity["journal"])
            self.assertIn(identity["journal"], server.replay("info").stdout)
            server.start()
            now, offset = server.snapshot()
            self.assertEqual((now, offset), (document, newest + 1), "the table is as it was; one event says so")
            for event in json.loads("[" + ",".join(server.replay("log", "--json").stdout.splitlines()) + "]"):
                self.assertEqual(event["type"] == "event.lost", event["offset"] in lost)
            self.assertEqual(server.get("/maps/file/map-1.png")[0], 200, "blobs came along")
            self.assertEqual(server.post("/scenes/save", {"id": "x", "name": "goes on"})[0], 200)
            server.stop()
            self.assertEqual(server.replay("verify", check=False).returncode, 0)

    def test_a_kill_at_any_moment_leaves_the_old_journal_or_the_new_one(self):
        rounds = 25
        with Server() as server:
            play(server)
            document, _ = server.snapshot()
            server.stop()
            self.damage_second_evening(server)
            original = server.folder / "original"
            shutil.copytree(server.journal, original)
            old = json.loads((original / "default/journal.json").read_text())["journal"]
            begun = time.monotonic()
            self.write(server)
            whole = time.monotonic() - begun
            chance = random.Random(20261125)
            seen = {"old": 0, "new": 0}
            amid = 0
            for _ in range(rounds):
                shutil.rmtree(server.journal)
                shutil.copytree(original, server.journal)
                command = [BIN / "spell-replay", "repair", "--write", "--journal", server.journal]
                process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(chance.random() * whole * 1.1)
                process.send_signal(signal.SIGKILL)
                process.wait()
                present = json.loads((server.journal / "default/journal.json").read_text())["journal"]
                seen["old" if present == old else "new"] += 1
                amid += (server.journal / "default.repairing").exists()
                state = server.replay("verify", check=False).returncode
                self.assertEqual(state, 1 if present == old else 0)
                self.write(server)
                self.assertEqual(server.replay("verify", check=False).returncode, 0)
                self.assertEqual(list(server.journal.glob("default.repairing")), [])
                kept = [folder for folder in server.journal.iterdir() if folder.name != "default"]
                self.assertEqual(
                    [json.loads((folder / "journal.json").read_text())["journal"] for folder in kept], [old],
                    "the damaged journal is kept exactly once")
            print(f"seed 20261125: killed {rounds} times within {whole:.3f} s, {seen}, {amid} amid the writing")
            self.assertTrue(seen["old"])
            self.assertTrue(amid, "a kill before or after everything shows nothing")
            server.start()
            self.assertEqual(server.snapshot()[0], document)

    def write(self, server):
        finished = server.replay("repair", "--write", check=False)
        self.assertEqual(finished.returncode, 0, finished.stdout + finished.stderr)

    def test_without_room_nothing_is_changed(self):
        with mounts.tmpfs("2m") as disk:
            if disk is None:
                self.skipTest("mounting is not allowed here")
            with Server(journal=disk / "journal") as server:
                play(server)
                server.stop()
                path, _ = self.damage_second_evening(server)
                before = path.read_bytes()
                (disk / "ballast").write_bytes(b"")
                with open(disk / "ballast", "wb", buffering=0) as ballast:
                    try:
                        while ballast.write(bytes(4096)):
                            pass
                    except OSError:
                        pass
                refused = server.replay("repair", "--write", check=False)
                self.assertEqual(refused.returncode, 3, refused.stdout)
                self.assertIn("Nothing was changed", refused.stderr)
                self.assertEqual(path.read_bytes(), before)
                self.assertEqual([entry.name for entry in server.journal.iterdir()], ["default"])
                (disk / "ballast").unlink()
                self.write(server)
                self.assertEqual(server.replay("verify", check=False).returncode, 0)

    def test_a_wrong_snapshot_alone_is_set_aside_and_the_journal_stays(self):
        with Server() as server:
            play(server, rounds=2)
            server.stop()
            identity = (server.journal / "default/journal.json").read_text()
            snapshot = sorted((server.journal / "default/snapshots").iterdir())[-1]
            flip(snapshot, snapshot.stat().st_size // 2)
            self.assertEqual(server.replay("repair", check=False).returncode, 1)
            self.write(server)
            self.assertEqual((server.journal / "default/journal.json").read_text(), identity)
            self.assertTrue(snapshot.with_name(snapshot.name + ".wrong").exists())
            self.assertEqual(server.replay("verify", check=False).returncode, 0)

    def test_what_is_lost_at_the_end_is_said_to_be_lost(self):
        with Server() as server:
            play(server)
            newest = server.snapshot()[1]
            server.stop()
            # As after a kill: no snapshot says how the table was at the end.
            for snapshot in (server.journal / "default/snapshots").iterdir():
                snapshot.unlink()
            (path,) = segments(server)
            flip(path, (frame_starts(path)[2] + path.stat().st_size) // 2)
            plan = json.loads(server.replay("repair", "--json", check=False).stdout)
            kept = plan["kept"][-1][1]
            self.assertLess(kept, newest)
            self.assertFalse(plan["presentIsKnown"], plan)
            self.assertEqual(plan["lost"][0][0], kept + 1, "the block that can't be read held an event at least")

    def test_nothing_to_go_by_is_told_and_nothing_is_changed(self):
        with Server() as server:
            play(server, rounds=1)
            server.stop()
            for snapshot in (server.journal / "default/snapshots").iterdir():
                snapshot.unlink()
            (path,) = segments(server)
            flip(path, 300)  # in the first block, which all others of the frame build on
            refused = server.replay("repair", "--write", check=False)
            self.assertEqual(refused.returncode, 3)
            self.assertIn("backup", refused.stderr)
            self.assertEqual([entry.name for entry in server.journal.iterdir()], ["default"])
