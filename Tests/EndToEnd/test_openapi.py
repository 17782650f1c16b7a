"""What /openapi.json says is true of the real server's answers."""

import json
import unittest
from urllib.parse import quote

import openapi_tools
from forms import PNG, upload
from server_process import Server
from websocket_client import WebSocket

validate, Validator = openapi_tools.load()


class Description:
    """A server's own description, and whether answers are as it says."""

    def __init__(self, server):
        status, headers, body = server.get("/openapi.json")
        assert (status, headers["Content-Type"]) == (200, "application/json"), (status, headers)
        self.document = json.loads(body)

    def resolved(self, value):
        while "$ref" in value:
            found = self.document
            for name in value["$ref"].split("/")[1:]:
                found = found[name]
            value = found
        return value

    def faults(self, schema, value):
        """What is wrong with a value; the schema's references are found in the whole document."""
        checker = Validator({**schema, "components": self.document["components"]}, format_checker=Validator.FORMAT_CHECKER)
        return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(value)]

    def without_parameters(self):
        """The paths that a GET needs nothing else for."""
        for path, item in self.document["paths"].items():
            if "get" in item and not any(parameter.get("required") for parameter in item["get"].get("parameters", [])):
                yield path

    def check(self, test, server, path, documented=None):
        """Asks, and holds the answer against what is said of its status and type; returns its status."""
        operation = self.document["paths"][documented or path]["get"]
        status, headers, body = server.get(path)
        said = self.resolved(operation["responses"].get(str(status)) or operation["responses"]["default"])
        if status < 400:
            test.assertIn(str(status), operation["responses"], f"{path}: {status} isn't described")
        for name in said.get("headers", {}):
            test.assertIn(name, headers, f"{path}: the header is missing")
        content = said.get("content", {})
        media = headers["Content-Type"]
        test.assertTrue(media in content or "*/*" in content, f"{path}: {media} isn't described, but {list(content)}")
        schema = content.get(media, content.get("*/*", {})).get("schema", {})
        if media == "application/json":
            test.assertEqual(self.faults(schema, json.loads(body)), [], f"{path} {status}: {body[:300]}")
        if media == "application/jsonl":
            for line in body.splitlines():
                test.assertEqual(self.faults({"$ref": "#/components/schemas/Event"}, json.loads(line)), [], line)
        return status


def fill(server):
    """Makes something of every kind, so that the lists hold entries."""
    def done(answer):
        assert answer[0] == 200, answer
        return json.loads(answer[2])

    scene = done(server.post("/scenes/save", {"id": "x", "name": "Crypt", "folder": "Act 1", "aoeMarkers": [{"id": 1}]}))["id"]
    done(server.post("/scenes/folder", {"folder_name": "Empty/Below"}))
    image = done(upload(server, f"/scenes/{scene}/image", "face.png", PNG))["image_id"]
    done(upload(server, "/maps/upload", "crypt.png", PNG, folder="Dungeons/Deep"))
    done(upload(server, "/maps/upload", "root.png", PNG))
    done(server.post("/maps/data", {"name": "crypt.png", "folder": None, "data": {"scale": 2}}))
    done(upload(server, "/audio/upload", "rain.mp3", b"\xff\xfb\x50\xc4" + bytes(1000), category="loop", folder="Wet"))
    done(server.post("/audio/playback", {"action": "play", "sound": "loop/Wet/rain.mp3", "position": 1.5}))
    done(server.request("PUT", "/maps/rename/root.png", {"new_name": "top.png"}))
    done(server.request("POST", "/undo"))
    return scene, image


class OpenAPI(unittest.TestCase):
    def test_it_is_a_valid_description(self):
        with Server() as server:
            document = Description(server).document
            self.assertTrue(document["openapi"].startswith("3.1."))
            validate(document)
            for name, schema in document["components"]["schemas"].items():
                with self.subTest(name):
                    Validator.check_schema(schema)

    def check_all(self, server):
        description = Description(server)
        paths = list(description.without_parameters())
        self.assertGreater(len(paths), 15)
        statuses = {}
        for path in paths:
            with self.subTest(path):
                statuses[path] = description.check(self, server, path)
        # A plain GET for a WebSocket, and the player of a recording that isn't one.
        self.assertEqual({path for path, status in statuses.items() if status != 200}, {"/ws", "/play"})
        return description

    def test_an_empty_table_answers_as_described(self):
        with Server() as server:
            self.check_all(server)

    def test_a_table_with_something_of_everything_answers_as_described(self):
        with Server() as server:
            scene, _ = fill(server)
            plain, events = WebSocket(server.port), WebSocket(server.port, protocol="spelltable.events.v1")
            plain.send({"type": "scene_update", "scene": {"id": "live", "name": "Inn", "maps": [{"name": "crypt.png"}]}})
            while server.snapshot()[0]["live"] is None:
                pass
            description = self.check_all(server)
            self.assertEqual(len(json.loads(server.get("/status")[2])["clients"]), 2)
            for socket in (plain, events):
                socket.socket.close()
            segment = json.loads(server.get("/journal")[2])["segments"][0]["name"]
            blob = server.snapshot()[0]["maps"]["Dungeons/Deep/crypt.png"]["blob"]
            image = server.snapshot()[0]["scenes"][scene]["images"][0]["path"]
            for path, documented in [
                (f"/scenes/load/{scene}", "/scenes/load/{id}"), ("/scenes/load/no", "/scenes/load/{id}"),
                (f"/scenes/image/{quote(image)}", "/scenes/image/{path}"), ("/maps/file/Dungeons/Deep/crypt.png", "/maps/file/{path}"),
                ("/maps/data/crypt.png", "/maps/data/{name}"), ("/audio/file/loop/Wet/rain.mp3", "/audio/file/{category}/{path}"),
                ("/audio/file/no/rain.mp3", "/audio/file/{category}/{path}"), ("/console/style.css", "/console/{path}"),
                (f"/journal/{segment}", "/journal/{segment}"), (f"/blobs/{blob}", "/blobs/{sha256}"),
                ("/snapshot?at=1", "/snapshot"), ("/snapshot?at=soon", "/snapshot"), ("/snapshot?at=9999", "/snapshot"),
                ("/events?after=9999", "/events"), ("/events?limit=x", "/events"), ("/journal?at=2", "/journal"),
                ("/backup/export?maps=perhaps", "/backup/export"),
            ]:
                with self.subTest(path):
                    description.check(self, server, path, documented)

    def test_changes_answer_as_described(self):
        with Server() as server:
            description = Description(server)

            def check(method, path, documented, value=None, expected=200):
                operation = description.document["paths"][documented][method.lower()]
                status, headers, body = server.request(method, path, value)
                self.assertEqual(status, expected, body)
                said = description.resolved(operation["responses"].get(str(status)) or operation["responses"]["default"])
                for name in said.get("headers", {}):
                    self.assertIn(name, headers)
                answer = json.loads(body)
                self.assertEqual(description.faults(said["content"]["application/json"]["schema"], answer), [], body)
                return answer

            fill(server)
            scene = check("POST", "/scenes/save", "/scenes/save", {"id": "x", "name": "Inn"})["id"]
            check("PUT", f"/scenes/{scene}", "/scenes/{id}", {}, 422)
            check("PUT", "/maps/rename/crypt.png", "/maps/rename/{name}", {"new_name": "tomb.png"})
            check("PUT", "/maps/rename/none.png", "/maps/rename/{name}", {"new_name": "a.png"}, 404)
            check("POST", "/restore", "/restore", {"to": 3, "dryRun": True})
            check("POST", "/restore", "/restore", {"to": 3, "paths": ["/scenes"]})
            check("POST", "/restore", "/restore", {"too": 3}, 422)
            check("POST", "/undo", "/undo", {"dryRun": True})
            check("POST", "/undo", "/undo", {})
            check("POST", "/redo", "/redo", {})
            check("POST", "/undo", "/undo", {"offset": 9999}, 404)
            check("POST", "/audio/playback", "/audio/playback", {"action": "stop"})
            check("POST", "/play", "/play", {"paused": True}, 404)


if __name__ == "__main__":
    unittest.main()
