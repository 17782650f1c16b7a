"""Backups: scheduled ones and their restore, both forms over HTTP, and an import that is taken back."""

import http.client
import io
import json
import os
import re
import shutil
import time
import unittest
import urllib.request
import zipfile

import mounts
from forms import PNG, upload
from server_process import Server, replay

NAME = re.compile(r"spelltable-\d{4}-\d\d-\d\dT\d{6}Z\.[0-9a-f]{8}\.(\d+)-[0-9a-f]{8}\.zip")


def play(server, number=0):
    """A map, a scene, and the map deleted again where the number is odd."""
    assert upload(server, "/maps/upload", f"map-{number}.png", PNG + b"%d" % number)[0] == 200
    assert server.post("/scenes/save", {"id": "x", "name": f"Scene {number}"})[0] == 200
    if number % 2:
        assert server.request("DELETE", f"/maps/file/map-{number}.png")[0] == 200


def until(found, what):
    """The first answer of `found` that is not empty."""
    for _ in range(1200):
        if answer := found():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"waited in vain for {what}")


def status(server):
    return json.loads(server.get("/status")[2])["backup"]


class BackupFolder:
    """A folder beside a server's that backups go to."""

    def __init__(self, server, path=None, make=True):
        self.path = path or server.folder / "backups"
        if make:
            self.path.mkdir(exist_ok=True)
        server.arguments = ("--backup-to", self.path, "--backup-every", "1s", "--backup-keep", "2")

    def names(self):
        return sorted(path.name for path in self.path.iterdir())

    def newest(self):
        """The newest backup's file and its offset."""
        name = [name for name in self.names() if NAME.fullmatch(name)][-1]
        return self.path / name, int(NAME.fullmatch(name)[1])

    def holds(self, offset):
        """Whether there is one with all events up to this one."""
        return any(int(match[1]) >= offset for match in map(NAME.fullmatch, self.names()) if match)


class ScheduleTests(unittest.TestCase):
    def test_backups_are_made_kept_and_told_of(self):
        server = Server()
        folder = BackupFolder(server)
        (folder.path / "notes.txt").write_text("mine")
        with server:
            for number in range(4):
                play(server, number)
                offset = server.snapshot()[1]
                until(lambda: folder.holds(offset), f"a backup of event {offset}")
            until(lambda: status(server)["last"]["offset"] == offset, "the status")
            names = folder.names()
            self.assertEqual(names[0], "notes.txt")
            self.assertEqual(len(names), 3, names)
            told = status(server)
            self.assertEqual((told["everySeconds"], told["keep"], told["failures"], told["failure"]), (1, 2, 0, None))
            file, _ = folder.newest()
            self.assertEqual((told["last"]["file"], told["last"]["bytes"]), (file.name, file.stat().st_size))
            metrics = server.get("/metrics")[2].decode()
            self.assertIn(f"spelltable_backup_bytes {file.stat().st_size}\n", metrics)
            self.assertRegex(metrics, r"spelltable_backup_last_success_timestamp_seconds \d{10}\n")
            self.assertIn("spelltable_backup_failures_total 0\n", metrics)
            # Nothing changed: none is made, and that is said once, also after a restart.
            until(lambda: "nothing changed since" in server.log(), "the log")
            self.assertEqual(folder.names(), names)
            server.stop()
            server.start()
            until(lambda: status(server)["last"], "the backup that was there before")
            self.assertEqual(status(server)["last"]["file"], file.name)
            until(lambda: server.log().count("nothing changed since") == 2, "the log")
            self.assertEqual(folder.names(), names)

    def test_a_folder_that_is_not_there_is_told_loudly_and_not_made(self):
        server = Server()
        folder = BackupFolder(server, make=False)
        with server:
            play(server)
            failure = until(lambda: status(server)["failure"], "a failure")
            self.assertIn("there is no folder", failure["reason"])
            self.assertIn("The scheduled backup FAILED", server.log())
            self.assertNotIn("spelltable_backup_failures_total 0\n", server.get("/metrics")[2].decode())
            self.assertFalse(folder.path.exists())
            # It is tried again without a restart.
            folder.path.mkdir()
            until(lambda: folder.holds(1), "a backup")
            until(lambda: status(server)["failure"] is None, "the failure's end")

    def test_a_full_disk_leaves_no_half_file(self):
        with mounts.tmpfs("256k") as disk:
            if disk is None:
                self.skipTest("mounting is not allowed here")
            server = Server()
            folder = BackupFolder(server, disk)
            with server:
                upload(server, "/maps/upload", "large.png", PNG + bytes(range(256)) * 4000)
                upload(server, "/maps/upload", "noise.png", PNG + os.urandom(400_000))
                until(lambda: status(server)["failure"], "a failure")
                self.assertEqual(server.post("/scenes/save", {"id": "x", "name": "goes on"})[0], 200)
                server.stop()
                self.assertEqual(folder.names(), [])


class DrillTests(unittest.TestCase):
    def test_a_lost_journal_comes_back_from_the_newest_backup(self):
        server = Server()
        folder = BackupFolder(server)
        digests, images = {}, {}
        with server:
            for number in range(6):
                play(server, number)
                document, offset = server.snapshot()
                for event in range(offset + 1):
                    if event not in digests:
                        digests[event] = server.replay("state", "--digest", "--at", event).stdout
                images = {name: server.get(f"/maps/file/{name}")[2] for name in document["maps"]}
                if number == 3:
                    until(lambda: folder.holds(offset), "a backup")
            server.kill()
            shutil.rmtree(server.journal)

            file, offset = folder.newest()
            fresh = server.folder / "fresh"
            said = replay("import", "--from", file, "--journal", fresh / "default")
            self.assertIn("became the journal", said.stdout)
            self.assertEqual(replay("verify", "--journal", fresh, check=False).returncode, 0)
            server.journal = fresh
            server.start()
            document, served = server.snapshot()
            self.assertEqual(served, offset)
            self.assertEqual(server.replay("state", "--digest").stdout, digests[offset])
            self.assertGreater(len(document["maps"]), 0)
            for name in document["maps"]:
                self.assertEqual(server.get(f"/maps/file/{name}")[2], images[name])
            play(server, 8)


def export(server, form):
    """(file name, bytes) of a download."""
    code, headers, body = server.get(f"/backup/export?format={form}")
    assert code == 200, body
    return re.search(r'filename="([^"]+)"', headers["Content-Disposition"])[1], body


class FormTests(unittest.TestCase):
    def test_an_archive_is_streamed_while_the_table_goes_on_and_is_the_journal_elsewhere(self):
        with Server() as server:
            for number in range(3):
                play(server, number)
            assert upload(server, "/maps/upload", "large.png", PNG + os.urandom(8 << 20))[0] == 200
            document, offset = server.snapshot()
            digest = server.replay("state", "--digest").stdout
            with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/backup/export?format=archive") as answer:
                name = re.search(r'filename="([^"]+)"', answer.headers["Content-Disposition"])[1]
                self.assertEqual(int(NAME.fullmatch(name)[1]), offset)
                first = answer.read(1000)
                play(server, 4)
                archive = first + answer.read()
            file = server.folder / name
            file.write_bytes(archive)
            other = Server()
            said = replay("import", "--from", file, "--journal", other.journal / "default")
            self.assertIn("became the journal", said.stdout)
            self.assertEqual(other.replay("verify", check=False).returncode, 0)
            self.assertEqual(other.replay("state", "--digest").stdout, digest)
            with other:
                self.assertEqual(other.snapshot(), (document, offset))
                self.assertEqual(other.get("/maps/file/large.png")[2], server.get("/maps/file/large.png")[2])
            # It is the same file that spell-replay writes.
            server.replay("export", "--as", "archive", "--through", offset, "--to", server.folder / "tool.zip")
            self.assertEqual((server.folder / "tool.zip").read_bytes(), archive)
            self.assertEqual([path.name for path in (server.journal / "default").glob("export*")], [])

    def test_another_form_is_refused_with_the_right_ones_named(self):
        with Server() as server:
            code, _, body = server.get("/backup/export?format=tar")
            self.assertEqual(code, 422)
            self.assertIn(b"'folders' or 'archive' is expected", body)

    def test_what_a_killed_server_was_working_on_is_gone_after_its_start(self):
        with Server() as server:
            assert upload(server, "/maps/upload", "large.png", PNG + os.urandom(16 << 20))[0] == 200
            with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/backup/export?format=archive"):
                server.kill()
            table = server.journal / "default"
            self.assertEqual([path.name for path in table.glob("*.partial")], ["export-0.partial"])
            strange = table / "import-1.partial"
            strange.mkdir()
            (strange / "notes.txt").write_text("somebody else's")
            server.start()
            self.assertEqual([path.name for path in table.glob("*.partial")], ["import-1.partial"])
            self.assertIn("What was left of an archive that was being worked on is removed", server.log())
            self.assertIn("A folder in the table's own can't be removed", server.log())
            self.assertEqual((strange / "notes.txt").read_text(), "somebody else's")

    def test_a_damaged_image_breaks_both_forms_off_and_the_log_says_why(self):
        with Server() as server:
            play(server)
            assert upload(server, "/maps/upload", "large.png", PNG + os.urandom(1 << 20))[0] == 200
            blob = next(path for path in (server.journal / "default" / "blobs").rglob("*") if path.is_file() and path.stat().st_size > 1 << 20)
            content = blob.read_bytes()
            blob.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
            for form in ("folders", "archive"):
                with self.subTest(form):
                    with self.assertRaises(http.client.IncompleteRead):
                        server.request("GET", f"/backup/export?format={form}", headers={"X-Request-Id": f"of-{form}"})
                    line = until(lambda: [line for line in server.log().splitlines() if f"request=of-{form}" in line], "the log")[0]
                    self.assertIn("ERROR    An answer was broken off in the middle", line)
                    self.assertIn(f"{blob.name}", line)
                    self.assertIn("isn't what its name says", line)

    def test_a_missing_image_is_left_out_of_both_forms_and_named_in_the_log(self):
        with Server() as server:
            play(server)
            play(server, 2)
            blob = next(path for path in (server.journal / "default" / "blobs").rglob("*") if path.is_file())
            blob.unlink()
            for form in ("folders", "archive"):
                with self.subTest(form):
                    _, archive = export(server, form)
                    with zipfile.ZipFile(io.BytesIO(archive)) as file:
                        self.assertIsNone(file.testzip())
                        held = [file.read(name) for name in file.namelist()]
                    self.assertEqual(sum(content.startswith(PNG) for content in held), 1)
            said = [line for line in server.log().splitlines() if "Left out of the export: it isn't on disk" in line]
            self.assertEqual([blob.name in line for line in said], [True, True])

    def test_a_client_that_leaves_frees_its_place(self):
        with Server() as server:
            assert upload(server, "/maps/upload", "large.png", PNG + os.urandom(16 << 20))[0] == 200
            leaving = [urllib.request.urlopen(f"http://127.0.0.1:{server.port}/backup/export?format=archive") for _ in range(4)]
            code, headers, _ = server.get("/backup/export?format=archive")
            self.assertEqual(code, 503)
            self.assertIn("Retry-After", headers)
            for answer in leaving:
                answer.close()
            until(lambda: server.get("/backup/export?format=archive")[0] == 200, "a free place")
            until(lambda: not list((server.journal / "default").glob("export*")), "the folders to go")


class UndoTests(unittest.TestCase):
    def test_an_import_of_either_form_is_one_event_that_is_taken_back(self):
        with Server() as other, Server() as server:
            for number in range(4):
                play(other, number)
            assert upload(other, "/maps/upload", "shared.png", PNG + b"theirs")[0] == 200
            play(server, 10)
            assert upload(server, "/maps/upload", "shared.png", PNG + b"ours")[0] == 200
            before = server.get("/snapshot")[2]
            for form in ("folders", "archive"):
                with self.subTest(form):
                    _, offset = server.snapshot()
                    name, archive = export(other, form)
                    code, _, body = upload(server, "/backup/import", name, archive)
                    self.assertEqual(code, 200, body)
                    document, after = server.snapshot()
                    self.assertEqual(after, offset + 1)
                    self.assertIn("map-2.png", document["maps"])
                    self.assertIn("map-10.png", document["maps"])
                    self.assertEqual(server.get("/maps/file/shared.png")[2], PNG + b"theirs")
                    self.assertEqual(server.post("/undo", {})[0], 200)
                    self.assertEqual(server.get("/snapshot")[2], before)
                    self.assertEqual(server.get("/maps/file/shared.png")[2], PNG + b"ours")
                    self.assertEqual(server.get("/maps/file/map-10.png")[2], PNG + b"10")
            self.assertEqual(server.replay("verify", check=False).returncode, 0)
            self.assertEqual(list((server.journal / "default").glob("import*")), [])

    def test_a_full_disk_is_told_as_that_and_changes_nothing(self):
        with mounts.tmpfs("24m") as disk:
            if disk is None:
                self.skipTest("mounting is not allowed here")
            with Server(journal=disk / "journal") as server:
                assert upload(server, "/maps/upload", "large.png", PNG + os.urandom(4 << 20))[0] == 200
                name, archive = export(server, "archive")
                before = server.snapshot()
                ballast = disk / "ballast"
                # Room for the upload, and not for what is in it.
                ballast.write_bytes(bytes(13 << 20))
                code, _, body = upload(server, "/backup/import", name, archive)
                self.assertEqual(code, 507, body)
                self.assertIn(b"The disk is full: nothing was changed", body)
                with open(ballast, "ab", buffering=0) as file, self.assertRaises(OSError):
                    while True:
                        file.write(bytes(4096))
                code, _, body = server.get("/backup/export?format=archive")
                self.assertEqual(code, 507, body)
                ballast.unlink()
                self.assertEqual(server.snapshot(), before)
                self.assertEqual(upload(server, "/backup/import", name, archive)[0], 200)
                left = [path.name for path in (server.journal / "default").iterdir()]
                self.assertEqual([name for name in left if name.startswith(("import", "export"))], [])

    def test_a_damaged_archive_changes_nothing(self):
        with Server() as server:
            play(server)
            name, archive = export(server, "archive")
            before = server.snapshot()
            flipped = bytearray(archive)
            # In the packed content of the blob.
            flipped[archive.index(b"PK", archive.index(b"blobs/sha256/")) - 6] ^= 0x10
            for bad in (bytes(flipped), archive[:len(archive) // 2]):
                code, _, body = upload(server, "/backup/import", name, bad)
                self.assertEqual(code, 400, body)
                self.assertNotIn(b"/proc/", body)
            self.assertEqual(server.snapshot(), before)
            self.assertEqual(list((server.journal / "default").glob("import*")), [])


if __name__ == "__main__":
    unittest.main()
