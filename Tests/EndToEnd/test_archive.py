"""`spell-replay export`, `import`, `fork`, `archive` and `prune` on what a real server wrote, and servers on what they make."""

import json
import os
import time
import unittest
import uuid

import mounts
from server_process import Server, replay
from table_client import EventClient

PNG = b"\x89PNG\r\n\x1a\n"


def upload(server, name, content):
    body = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n' % name.encode()
    body += b"Content-Type: image/png\r\n\r\n" + PNG + content + b"\r\n--edge--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=edge"}
    status, _, answer = server.request("POST", "/maps/upload", body, headers)
    assert status == 200, answer


def play(server, scenes=6):
    """Two maps, some scenes, and one of the maps deleted: the newest event's offset."""
    upload(server, "crypt.png", b"crypt")
    upload(server, "inn.png", b"inn")
    for number in range(scenes):
        status, _, body = server.post("/scenes/save", {"id": "x", "name": f"Scene {number}"})
        assert status == 200, body
    status, _, body = server.request("DELETE", "/maps/file/crypt.png")
    assert status == 200, body
    return server.snapshot()[1]


def age_blobs(server):
    """Makes every blob so old that `prune` may take it."""
    for path in (server.journal / "default" / "blobs").rglob("*"):
        os.utime(path, (time.time() - 7200, time.time() - 7200))


def answer(client, order):
    """The acknowledgement of a command."""
    client.socket.send(order)
    while True:
        for line in client.lines():
            if line.get("id") == order["id"] and "." not in line["type"]:
                return line


class ForkTests(unittest.TestCase):
    def test_a_fork_of_a_running_table_is_served_at_once(self):
        with Server() as server:
            newest = play(server)
            other = Server()
            told = json.loads(server.replay("fork", "--at", newest - 1, "--to", other.journal, "--json").stdout)
            with other:
                document, offset = other.snapshot()
                self.assertEqual(offset, newest - 1)
                self.assertIn("crypt.png", document["maps"])
                self.assertEqual(other.get("/maps/file/crypt.png")[2], PNG + b"crypt")
                journal = json.loads(other.get("/journal")[2])["journal"]
                self.assertEqual(journal, told["journal"])
                self.assertNotEqual(journal, json.loads(server.get("/journal")[2])["journal"])
                self.assertEqual(other.post("/scenes/save", {"id": "x", "name": "Elsewhere"})[0], 200)
                client = EventClient(other.port)
                client.connect()
                self.assertEqual(client.offset, newest)
                # A client of the table that it was taken from doesn't take it for that one.
                stranger = EventClient(other.port)
                stranger.journal, stranger.offset = told["ancestor"], 3
                self.assertEqual(stranger.connect()["reason"], "other-journal")
                other.stop()
                self.assertEqual(other.replay("verify", check=False).returncode, 0)
            self.assertEqual(server.snapshot()[1], newest)
            self.assertNotIn("crypt.png", server.snapshot()[0]["maps"])


class ArchiveTests(unittest.TestCase):
    def test_a_server_goes_on_after_its_events_were_archived(self):
        with Server() as server:
            newest = play(server)
            client = EventClient(server.port)
            client.connect()
            order = {"type": "command", "id": str(uuid.uuid4()), "name": "scene-folder.create", "data": {"path": "A"}}
            done = answer(client, order)
            newest = done["offset"]
            busy = server.replay("archive", "--before", "now", "--yes", check=False)
            self.assertEqual(busy.returncode, 3)
            self.assertIn(str(server.process.pid), busy.stderr)
            server.stop()
            log = server.replay("log", "--json").stdout
            before = [server.replay("state", "--digest", "--at", offset).stdout for offset in range(newest + 1)]
            elsewhere = server.folder / "old"
            server.replay("archive", "--before", "now", "--to", elsewhere, "--yes")
            server.start()
            document, offset = server.snapshot()
            self.assertEqual(offset, newest + 1)
            self.assertEqual(len(document["scenes"]), 6)
            self.assertEqual(server.get("/maps/file/inn.png")[2], PNG + b"inn")

            # Whoever was there when the events ended misses one event; who was away longer gets the document.
            self.assertTrue(client.connect()["resumed"])
            self.assertEqual(client.offset, newest + 1)
            late = EventClient(server.port)
            late.journal, late.offset = client.journal, 2
            hello = late.connect()
            self.assertEqual((hello["resumed"], hello["reason"]), (False, "pruned"))
            self.assertEqual(late.document, document)
            self.assertEqual(server.get("/events?after=0")[0], 409)
            self.assertEqual(server.get("/snapshot?at=2")[0], 404)

            # A command that was done before is still known, though its event is elsewhere.
            self.assertEqual(answer(late, order), done)
            self.assertEqual(server.post("/scenes/save", {"id": "x", "name": "Later"})[0], 200)
            both = ("--archive", elsewhere)
            server.stop()
            whole = server.replay("log", "--json", *both).stdout
            self.assertTrue(whole.startswith(log))
            self.assertEqual(len(whole.splitlines()), newest + 3)
            for offset, digest in enumerate(before):
                self.assertEqual(server.replay("state", "--digest", "--at", offset, *both).stdout, digest)
            self.assertEqual(server.replay("verify", *both, check=False).returncode, 0)
            self.assertEqual(server.replay("verify", check=False).returncode, 0)
            self.assertEqual(server.replay("state", "--at", 2, check=False).returncode, 1)

            # The deleted map's file is in the archive, and here until it is pruned.
            age_blobs(server)
            self.assertEqual(server.replay("prune", *both, check=False).returncode, 1)
            pruned = json.loads(server.replay("prune", "--yes", "--json").stdout)
            self.assertEqual(len(pruned["unnamed"]), 1)
            self.assertEqual(server.replay("verify", *both, check=False).returncode, 0)
            server.replay("export", "--at", newest - 2, "--to", server.folder / "then", *both)
            self.assertEqual((server.folder / "then/maps/crypt.png").read_bytes(), PNG + b"crypt")
            server.start()
            self.assertEqual(server.get("/maps/file/inn.png")[2], PNG + b"inn")

            # It comes back from there with what names it.
            server.stop()
            back = server.replay("restore", "--to", newest - 2, "map", "crypt.png", "--yes", *both)
            self.assertIn("1 file, 13 B, came back from the archive", back.stderr)
            server.start()
            self.assertEqual(server.get("/maps/file/crypt.png")[2], PNG + b"crypt")
            self.assertEqual(server.replay("verify", check=False).returncode, 0)

    def test_another_disk_gets_copies(self):
        with mounts.tmpfs("8m") as disk:
            if disk is None:
                self.skipTest("mounting is not allowed here")
            with Server() as server:
                newest = play(server)
                server.stop()
                log = server.replay("log", "--json").stdout
                server.replay("archive", "--before", "now", "--to", disk / "old", "--yes")
                whole = server.replay("log", "--json", "--archive", disk / "old").stdout
                self.assertTrue(whole.startswith(log))
                self.assertEqual(len(whole.splitlines()), newest + 2)
                self.assertEqual(server.replay("verify", "--archive", disk / "old", check=False).returncode, 0)
                age_blobs(server)
                server.replay("prune", "--yes")
                server.replay("restore", "--to", newest - 1, "map", "crypt.png", "--yes", "--archive", disk / "old")
                server.start()
                self.assertEqual(server.get("/maps/file/crypt.png")[2], PNG + b"crypt")

    def test_a_full_disk_archives_nothing_and_exports_nothing(self):
        with mounts.tmpfs("64k") as disk:
            if disk is None:
                self.skipTest("mounting is not allowed here")
            with Server() as server:
                upload(server, "large.png", os.urandom(200_000))
                server.stop()
                before = server.replay("log", "--json").stdout
                refused = server.replay("archive", "--before", "now", "--to", disk / "old", "--yes", check=False)
                self.assertEqual(refused.returncode, 3, refused.stdout)
                self.assertTrue(server.replay("log", "--json").stdout.startswith(before))
                self.assertEqual(server.replay("verify", check=False).returncode, 0)
                for form in ("archive", "events"):
                    target = disk / "out"
                    made = server.replay("export", "--as", form, "--to", target, check=False)
                    if form == "archive":
                        self.assertEqual(made.returncode, 3)
                        self.assertFalse(target.exists())
                self.assertFalse([path.name for path in disk.iterdir() if "partial" in path.name])
                server.replay("archive", "--before", "now", "--to", server.folder / "old", "--yes")
                server.start()
                self.assertEqual(server.get("/maps/file/large.png")[0], 200)


class CarryTests(unittest.TestCase):
    def test_an_archive_of_a_running_table_is_served_elsewhere(self):
        with Server() as server:
            newest = play(server)
            file = server.folder / "table.zip"
            server.replay("export", "--as", "archive", "--to", file)
            client = EventClient(server.port)
            client.connect()
            document, _ = server.snapshot()
            other = Server()
            replay("import", "--from", file, "--journal", other.journal / "default")
            with other:
                self.assertEqual(other.snapshot(), (document, newest))
                self.assertEqual(other.get("/maps/file/inn.png")[2], PNG + b"inn")
                self.assertEqual(other.post("/scenes/save", {"id": "x", "name": "There"})[0], 200)
                # The same journal: a client goes on where it was.
                client.port = other.port
                self.assertTrue(client.connect()["resumed"])
                self.assertEqual(client.offset, newest + 1)

    def test_a_range_is_served_too(self):
        with Server() as server:
            newest = play(server)
            file = server.folder / "part.zip"
            server.replay("export", "--as", "archive", "--from", 4, "--to", file)
            other = Server()
            replay("import", "--from", file, "--journal", other.journal / "default")
            with other:
                self.assertEqual(other.snapshot()[1], newest)
                status, _, body = other.get("/events?after=3")
                self.assertEqual(status, 200)
                self.assertEqual(body, server.get("/events?after=3")[2])

    def test_a_backup_of_the_server_comes_in_offline(self):
        with Server() as server:
            play(server)
            status, _, archive = server.get("/backup/export")
            self.assertEqual(status, 200)
            file = server.folder / "backup.zip"
            file.write_bytes(archive)
            other = Server()
            looked = replay("import", "--from", file, "--journal", other.journal / "default", "--dry-run", "--json")
            self.assertEqual(json.loads(looked.stdout)["took"]["scenes"], 6)
            self.assertFalse(other.journal.exists())
            replay("import", "--from", file, "--journal", other.journal / "default")
            with other:
                document, offset = other.snapshot()
                self.assertEqual(offset, 0)
                self.assertEqual(document["scenes"], server.snapshot()[0]["scenes"])
                self.assertEqual(other.get("/maps/file/inn.png")[2], PNG + b"inn")


if __name__ == "__main__":
    unittest.main()
