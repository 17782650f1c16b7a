"""Ctrl+Z by several clients at once, over REST and the WebSocket; what is restored is served as it was."""

import http.client
import json
import os
import pty
import subprocess
import unittest
import uuid

from server_process import BIN, Server
from table_client import EventClient
from websocket_client import WebSocket

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000000000200017e2cf40a0000000049454e44ae426082"
)


def upload(server, path, name, content, media_type="image/png", **fields):
    boundary = "spelltable-test"
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
             for key, value in fields.items()]
    parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
                 f"Content-Type: {media_type}\r\n\r\n".encode() + content + b"\r\n")
    body = b"".join(parts) + f"--{boundary}--\r\n".encode()
    status, headers, answer = server.request(
        "POST", path, body, {"Content-Type": f"multipart/form-data; boundary={boundary}"})
    assert status == 200, (status, answer)
    return json.loads(answer), int(headers["Spell-Offset"])


def post_from(server, address, path, body):
    """Sends a request from another address of this machine: another person's."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30, source_address=(address, 0))
    try:
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), json.loads(answer.read())
    finally:
        connection.close()


def answer_yes(arguments, meanwhile):
    """Runs spell-replay in a terminal and says yes to its question, after something else; (exit code, what it told)."""
    terminal, inside = pty.openpty()
    command = [str(part) for part in (BIN / "spell-replay", *arguments)]
    process = subprocess.Popen(command, stdin=inside, stdout=subprocess.DEVNULL, stderr=inside)
    os.close(inside)
    told = b""
    while b"[y/N]" not in told:
        told += os.read(terminal, 4096)
    meanwhile()
    os.write(terminal, b"y\n")
    try:
        while more := os.read(terminal, 4096):
            told += more
    except OSError:  # nobody has the terminal open any more
        pass
    os.close(terminal)
    return process.wait(timeout=60), told.decode()


class Client(EventClient):
    """An event client that sends commands and waits for their answers."""

    def command(self, name, data):
        self.socket.send({"type": "command", "id": str(uuid.uuid4()), "name": name, "data": data})
        return self.answer()

    def answer(self):
        while True:
            for line in self.lines():
                if line["type"] in ("ack", "error"):
                    return line

    def move(self, token, x):
        path = f"/live/tokens/{token}/x"
        answer = self.command("live.change", {"patch": [{"op": "replace", "path": path, "value": x}]})
        assert answer["type"] == "ack", answer

    def places(self):
        return [token["x"] for token in self.document["live"]["tokens"]]


SCENE = {"id": "crypt", "name": "Crypt", "tokens": [{"id": "goblin", "x": 0}, {"id": "orc", "x": 0}]}


class Undo(unittest.TestCase):
    def table(self, server):
        client = Client(server.port)
        client.connect()
        self.assertEqual(client.command("live.change", {"scene": SCENE})["type"], "ack")
        return client

    def test_a_drag_is_one_step_back_and_one_forward_over_the_websocket(self):
        with Server() as server:
            client = self.table(server)
            for x in range(1, 61):
                client.move(0, x)
            undone = client.command("table.undo", {})
            self.assertEqual((undone["type"], undone["answer"]["message"]), ("ack", "Events 1 to 60 undone"))
            client.until(undone["offset"])
            self.assertEqual(client.places(), [0, 0])
            self.assertEqual(client.events[-1]["data"]["events"], [[1, 60]])
            client.until(client.command("table.redo", {})["offset"])
            self.assertEqual(client.places(), [60, 0])
            client.until(client.command("table.undo", {})["offset"])
            client.until(client.command("table.undo", {})["offset"])
            self.assertIsNone(client.document["live"], "then the scene itself goes")
            nothing = client.command("table.undo", {})
            self.assertEqual((nothing["type"], nothing["code"]), ("error", "not-found"))
            self.assertEqual(client.document, server.snapshot()[0])

    def test_a_plain_clients_drag_is_undone_over_rest_from_the_same_machine(self):
        with Server() as server:
            plain = WebSocket(server.port)
            for x in [0, 1, 2, 3, 4, 5]:
                scene = json.loads(json.dumps(SCENE))
                scene["tokens"][0]["x"] = x
                plain.send({"type": "scene_update", "scene": scene})
            while server.snapshot()[1] < 5:
                pass
            status, headers, body = server.post("/undo", {})
            self.assertEqual((status, headers["Spell-Offset"]), (200, "6"), body)
            self.assertEqual(server.snapshot()[0]["live"]["tokens"][0]["x"], 0)
            shown = None
            while shown != 0:  # the client that dragged is shown what became of its drag
                message = plain.receive_json()
                if message["type"] == "scene_update":
                    shown = message["scene"]["tokens"][0]["x"]

    def test_two_people_undo_their_own_work_and_the_table_anybodys(self):
        with Server() as server:
            for address, name in [("127.0.0.1", "A"), ("127.0.0.2", "B"), ("127.0.0.1", "C"), ("127.0.0.2", "D")]:
                self.assertEqual(post_from(server, address, "/scenes/folder", {"folder_name": name})[0], 200)

            def folders():
                return sorted(server.snapshot()[0]["sceneFolders"])

            self.assertEqual(post_from(server, "127.0.0.1", "/undo", {})[0], 200)
            self.assertEqual(folders(), ["A", "B", "D"])
            self.assertEqual(post_from(server, "127.0.0.2", "/undo", {"scope": "actor"})[0], 200)
            self.assertEqual(folders(), ["A", "B"])
            self.assertEqual(post_from(server, "127.0.0.1", "/undo", {"scope": "table"})[0], 200)
            self.assertEqual(folders(), ["A"])
            self.assertEqual(post_from(server, "127.0.0.2", "/undo", {})[0], 404, "B is undone already")
            status, _, dry = post_from(server, "127.0.0.2", "/redo", {"dryRun": True})
            self.assertEqual((status, dry["type"], dry["data"]), (200, "table.redone", {"offset": 3}))
            self.assertEqual(folders(), ["A"], "a dry run changes nothing")
            self.assertEqual(post_from(server, "127.0.0.2", "/redo", {})[0], 200)
            self.assertEqual(post_from(server, "127.0.0.1", "/redo", {"scope": "table"})[0], 200)
            self.assertEqual(folders(), ["A", "B", "D"])
            self.assertEqual(post_from(server, "127.0.0.1", "/scenes/folder", {"folder_name": "E"})[0], 200)
            status, _, body = post_from(server, "127.0.0.1", "/redo", {})
            self.assertEqual((status, body["detail"]), (404, "Nothing to redo"), "a new change clears it")

    def test_a_conflict_says_where_and_who(self):
        with Server() as server:
            client = self.table(server)
            client.move(0, 1)
            server.post("/scenes/folder", {"folder_name": "between"})
            client.move(0, 2)
            status, _, body = server.post("/undo", {"offset": 1})
            conflict = json.loads(body)
            self.assertEqual(status, 409)
            self.assertEqual(conflict["offset"], 1)
            (place,) = conflict["conflicts"]
            self.assertEqual([place[key] for key in ("path", "was", "became", "now")], ["/live/tokens/0/x", 0, 1, 2])
            self.assertEqual((place["by"]["offset"], place["by"]["actor"]), (3, "ws@127.0.0.1"))
            line = client.command("table.undo", {"offset": 1})
            self.assertEqual((line["code"], line["conflicts"]), ("conflict", conflict["conflicts"]))
            refused = server.replay("undo", "1", "--yes", "--server", f"http://127.0.0.1:{server.port}", check=False)
            self.assertEqual(refused.returncode, 1)
            self.assertIn("/live/tokens/0/x: was 0, became 1, is 2 now; changed by event 3", refused.stderr)


class Restore(unittest.TestCase):
    def served(self, server, path):
        status, _, body = server.get(path)
        return status, body

    def test_files_that_were_deleted_or_overwritten_come_back_byte_for_byte(self):
        with Server() as server:
            other = PNG + b"other"
            upload(server, "/maps/upload", "crypt.png", PNG)
            upload(server, "/maps/upload", "inn.png", PNG)
            scene = json.loads(server.post("/scenes/save", {"id": "x", "name": "Crypt"})[2])["id"]
            image, _ = upload(server, f"/scenes/{scene}/image", "map.png", PNG + b"image")
            _, then = upload(server, "/audio/upload", "rain.mp3", b"ID3" + b"r" * 400, "audio/mpeg", category="loop")
            before, _ = server.snapshot()
            self.assertEqual(server.request("DELETE", "/maps/file/crypt.png")[0], 200)
            upload(server, "/maps/upload", "inn.png", other)
            self.assertEqual(server.request("DELETE", f"/scenes/{scene}")[0], 200)
            self.assertEqual(server.request("DELETE", "/audio/file/loop/rain.mp3")[0], 200)
            self.assertEqual(self.served(server, "/maps/file/crypt.png")[0], 404)
            self.assertEqual(self.served(server, "/maps/file/inn.png"), (200, other))
            paths = ["/maps/crypt.png", f"/scenes/{scene}"]
            status, _, body = server.post("/restore", {"to": then, "paths": paths})
            self.assertEqual(status, 200, body)
            self.assertEqual(self.served(server, "/maps/file/crypt.png"), (200, PNG))
            self.assertEqual(self.served(server, "/maps/file/inn.png"), (200, other), "it was not asked for")
            self.assertEqual(json.loads(body)["with"], [f"/sceneImages/{scene}"])
            server.replay("restore", "--to", then, "--yes", "--server", f"http://127.0.0.1:{server.port}")
            self.assertEqual(server.snapshot()[0], before)
            self.assertEqual(self.served(server, "/maps/file/inn.png"), (200, PNG))
            self.assertEqual(self.served(server, "/audio/file/loop/rain.mp3"), (200, b"ID3" + b"r" * 400))
            blob = next(iter(before["sceneImages"][scene].values()))["blob"]
            self.assertEqual(self.served(server, f"/blobs/{blob}"), (200, PNG + b"image"))

    def test_one_scene_comes_back_while_others_keep_their_changes(self):
        with Server() as server:
            crypt, inn = (json.loads(server.post("/scenes/save", {"id": "x", "name": name})[2])["id"]
                          for name in ("Crypt", "Inn"))
            client = Client(server.port)
            client.connect()
            for scene, name in [(crypt, "Crypt, flooded"), (inn, "Inn, burnt")]:
                self.assertEqual(server.request("PUT", f"/scenes/{scene}", {"id": scene, "name": name})[0], 200)
            url = f"http://127.0.0.1:{server.port}"
            server.replay("restore", "--to", "1", "scene", "Crypt", "--yes", "--server", url)
            client.until(4)
            scenes = {key: scene["name"] for key, scene in client.document["scenes"].items()}
            self.assertEqual(scenes, {crypt: "Crypt", inn: "Inn, burnt"})
            self.assertEqual(client.events[-1]["data"], {"to": 1, "paths": [f"/scenes/{crypt}"]})
            answer = client.command("table.restore", {"to": 1, "paths": [f"/scenes/{inn}"], "dryRun": True})
            self.assertEqual((answer["type"], answer["offset"]), ("ack", 4), "a dry run is none over the socket either")
            client.until(client.command("table.restore", {"to": 1, "paths": [f"/scenes/{inn}"]})["offset"])
            self.assertEqual(client.document["scenes"][inn]["name"], "Inn")

    def test_what_was_confirmed_is_what_is_done_or_nothing(self):
        with Server() as server:
            for name in "AB":
                server.post("/scenes/folder", {"folder_name": name})
            url = f"http://127.0.0.1:{server.port}"
            wanted = ["restore", "--journal", server.journal, "--to", 0]
            online = [*wanted, "--server", url]
            code, told = answer_yes(online, lambda: server.post("/scenes/folder", {"folder_name": "C"}))
            self.assertEqual(code, 1, told)
            self.assertIn("changed since this was shown", told)
            self.assertEqual(server.snapshot()[1], 2, "C is not taken away unseen")
            elsewhere = [*online, "--path", "/sceneFolders/B"]
            code, told = answer_yes(elsewhere, lambda: server.post("/scenes/folder", {"folder_name": "D"}))
            self.assertEqual(code, 0, told)
            self.assertEqual(sorted(server.snapshot()[0]["sceneFolders"]), ["A", "C", "D"])
            # The same patch by its text, but what it overwrites isn't what was shown.
            client = Client(server.port)
            client.connect()
            night = {"enabled": True, "brightness": 40}
            dark = client.command("viewer.night-mode", night)["offset"]
            client.command("viewer.night-mode", night | {"brightness": 60})
            darker = ["restore", "--to", dark, "--path", "/viewer/nightMode", "--server", url]
            code, told = answer_yes(darker, lambda: client.command("viewer.night-mode", night | {"brightness": 80}))
            self.assertEqual(code, 1, told)
            self.assertIn("look again", told)
            self.assertEqual(server.snapshot()[0]["viewer"]["nightMode"]["brightness"], 80)
            server.stop()
            code, told = answer_yes(wanted, lambda: server.replay("undo", "2", "--yes"))
            self.assertEqual(code, 1, told)
            self.assertIn("changed since this was shown", told)
            code, told = answer_yes(wanted, lambda: None)
            self.assertEqual(code, 0, told)

    def test_a_file_that_is_no_longer_on_disk_is_named_before_anything_changes(self):
        with Server() as server:
            upload(server, "/maps/upload", "crypt.png", PNG)
            _, then = upload(server, "/maps/upload", "inn.png", PNG + b"inn")
            document, _ = server.snapshot()
            for name in ("crypt.png", "inn.png"):
                self.assertEqual(server.request("DELETE", f"/maps/file/{name}")[0], 200)
            blob = document["maps"]["crypt.png"]["blob"]
            (server.journal / "default" / "blobs" / "sha256" / blob[:2] / blob).unlink()
            before = server.snapshot()
            status, _, body = server.post("/restore", {"to": then})
            self.assertEqual(status, 409)
            self.assertEqual(json.loads(body)["missingFiles"], [{"path": "/maps/crypt.png", "blob": blob}])
            url = f"http://127.0.0.1:{server.port}"
            for way in ([], ["--server", url]):
                refused = server.replay("restore", "--to", then, "--dry-run", *way, check=False)
                self.assertEqual(refused.returncode, 1)
                self.assertIn(f"/maps/crypt.png: blobs/sha256/…/{blob}", refused.stderr)
            status, _, body = server.post("/undo", {"offset": 2})
            self.assertEqual((status, json.loads(body)["missingFiles"][0]["blob"]), (409, blob))
            self.assertEqual(server.snapshot(), before)
            server.replay("restore", "--to", then, "--without-missing-files", "--yes", "--server", url)
            self.assertEqual(list(server.snapshot()[0]["maps"]), ["inn.png"])
