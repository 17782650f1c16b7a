"""`spell-replay play`: an evening watched again by plain clients and event clients."""

import json
import os
import pty
import signal
import termios
import time
import unittest
import uuid

from play_process import Player
from scenes import make_scene
from server_process import Server
from table_client import EventClient
from websocket_client import Closed, WebSocket

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fcffff3f030005fe02fe"
    "a73581840000000049454e44ae426082")


def command(client, name, data):
    """Sends a command and waits for its answer."""
    ident = str(uuid.uuid4())
    client.socket.send({"type": "command", "id": ident, "name": name, "data": data})
    while True:
        for line in client.lines():
            if line.get("id") == ident:
                return line


def form(fields, name, content):
    boundary = "boundary"
    body = b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items())
    body += f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    return body + content + f"\r\n--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def record(server):
    """A short evening: 0 a map, 1 a scene on the table, 2 to 11 a token moves, 12 the map goes, 13 the screens go dark."""
    body, kind = form({"folder": ""}, "crypt.png", PIXEL)
    status, _, answer = server.request("POST", "/maps/upload", body, {"Content-Type": kind})
    assert status == 200, answer
    client = EventClient(server.port)
    client.connect()
    scene = make_scene(tokens=2)
    assert command(client, "live.change", {"scene": scene})["type"] == "ack"
    for step in range(10):
        patch = [{"op": "replace", "path": "/live/maps/0/data/position/x", "value": 100 + step}]
        assert command(client, "live.change", {"patch": patch})["type"] == "ack"
    assert server.request("DELETE", "/maps/file/crypt.png")[0] == 200
    assert command(client, "viewer.blank", {})["type"] == "ack"
    client.socket.cut()


def position(scene):
    return scene["maps"][0]["data"]["position"]["x"]


class PlainClient:
    """A plain client that remembers the newest scene and whether its screen is dark."""

    def __init__(self, port):
        self.socket = WebSocket(port)
        self.scene = None
        self.blank = None

    def until(self, condition):
        while not condition(self):
            message = self.socket.receive_json()
            if message["type"] == "scene_update":
                self.scene = message["scene"]
            if message["type"] in ("blank_viewer", "unblank_viewer"):
                self.blank = message["type"] == "blank_viewer"


class Playing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.server.__enter__()
        record(cls.server)
        cls.document, cls.newest = cls.server.snapshot()
        cls.server.stop()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def at(self, offset):
        return json.loads(self.server.replay("state", "--at", str(offset)).stdout)

    def test_the_evening_is_recorded_as_the_tests_expect(self):
        self.assertEqual(self.newest, 13)
        self.assertEqual(position(self.at(5)["live"]), 103)

    def test_both_kinds_of_clients_see_it_unfold_and_follow_a_way_back(self):
        with Player(self.server.journal, "--paused") as player:
            self.assertEqual((player.state()["state"], player.state()["offset"]), ("paused", -1))
            events, plain = EventClient(player.port), PlainClient(player.port)
            events.connect()
            self.assertEqual(events.offset, -1)
            player.turn(speed="max", paused=False)
            events.until(self.newest)
            self.assertEqual(events.document, self.document)
            self.assertEqual(len(events.events), 14)
            plain.until(lambda client: client.scene and position(client.scene) == 109 and client.blank)
            self.assertEqual(player.until(lambda state: state["state"] == "ended")["offset"], self.newest)

            state = player.turn(paused=True, offset=5)
            self.assertEqual((state["state"], state["offset"]), ("paused", 5))
            plain.until(lambda client: position(client.scene) == 103 and client.blank is False)
            with self.assertRaises(Closed) as closed:
                while True:
                    events.lines()
            self.assertEqual(closed.exception.code, 1012)
            hello = events.connect()
            self.assertEqual((hello["resumed"], hello["reason"]), (False, "ahead"))
            self.assertEqual((events.offset, events.document), (5, self.at(5)))
            self.assertEqual(player.snapshot(), (self.at(5), 5))

            player.turn(offset=8)
            events.until(8)
            self.assertEqual(events.document, self.at(8))
            plain.until(lambda client: position(client.scene) == 106)

    def test_a_late_client_begins_with_the_picture_of_the_moment(self):
        with Player(self.server.journal, "--paused", "--from", "4") as player:
            player.turn(offset=6)
            events, plain = EventClient(player.port), PlainClient(player.port)
            events.connect()
            self.assertEqual((events.offset, events.document), (6, self.at(6)))
            plain.until(lambda client: client.scene is not None)
            self.assertEqual(plain.scene, self.at(6)["live"])

    def test_ten_times_as_fast_it_comes_to_the_end_of_the_range_by_itself(self):
        with Player(self.server.journal, "--from", "2", "--to", "9", "--speed", "10") as player:
            events = EventClient(player.port)
            events.connect()
            events.until(9)
            self.assertEqual(events.document, self.at(9))
            state = player.until(lambda state: state["state"] == "ended")
            self.assertEqual((state["first"], state["last"], state["speed"]), (2, 9, 10))
            self.assertEqual(player.turn(offset=999)["offset"], 9, "it stays within its range")
            self.assertEqual(player.turn(offset=0, paused=True)["offset"], 1)

    def test_a_time_is_a_place_too(self):
        time_of_7 = json.loads(self.server.replay("show", "7", "--json").stdout)["time"]
        with Player(self.server.journal, "--paused") as player:
            offset = player.turn(time=time_of_7)["offset"]
            self.assertGreaterEqual(offset, 7)
            for bad in ({"time": "soon"}, {"speed": 0}, {"paused": "yes"}, {"offset": 1, "time": time_of_7}, [1]):
                status, _, body = player.request("POST", "/play", bad)
                self.assertEqual(status, 422, body)
            self.assertEqual(player.state()["offset"], offset)

    def test_images_are_those_of_the_moment(self):
        with Player(self.server.journal, "--paused") as player:
            player.turn(offset=3)
            self.assertEqual(player.request("GET", "/maps/file/crypt.png")[::2], (200, PIXEL))
            player.turn(offset=13)
            self.assertEqual(player.request("GET", "/maps/file/crypt.png")[0], 404)

    def test_nothing_can_be_changed(self):
        before = sorted((path.name, path.stat().st_size) for path in self.server.journal.rglob("*"))
        with Player(self.server.journal, "--paused") as player:
            player.turn(offset=5)
            body, kind = form({"folder": ""}, "new.png", PIXEL + b"new")
            for method, path in (
                    ("POST", "/scenes/save"), ("DELETE", "/maps/file/crypt.png"), ("POST", "/undo"),
                    ("POST", "/maps/upload"), ("POST", "/restore")):
                status, _, answer = player.request(method, path, {})
                self.assertEqual(status, 403, answer)
                self.assertIn("recording", json.loads(answer)["detail"])
            for path in ("/journal", "/nothing"):
                self.assertEqual(player.request("GET", path)[0], 404)
            self.assertEqual(player.request("GET", "/ready")[0], 503)
            events, plain = EventClient(player.port), PlainClient(player.port)
            events.connect()
            self.assertEqual(command(events, "viewer.blank", {})["code"], "read-only")
            plain.until(lambda client: client.scene is not None)
            plain.socket.send({"type": "scene_update", "scene": {"id": "mine", "maps": []}})
            plain.socket.send({"type": "blank_viewer"})
            plain.socket.send({"type": "highlight_marker", "markerId": "m-1"})
            while True:
                if any(line["type"] == "effect" for line in events.lines()):
                    break
            self.assertEqual(player.snapshot(), (self.at(5), 5))
            status, _, lines = player.request("GET", "/events?after=3")
            self.assertEqual((status, lines.count(b"\n")), (200, 2), "the future isn't shown")
        after = sorted((path.name, path.stat().st_size) for path in self.server.journal.rglob("*"))
        self.assertEqual(after, before)

    def test_it_plays_while_the_server_writes(self):
        with Server() as server:
            record(server)
            with Player(server.journal, "--speed", "max") as player:
                player.until(lambda state: state["state"] == "ended")
                self.assertEqual(player.snapshot(), server.snapshot())
                self.assertEqual(server.post("/scenes/save", {"id": "x", "name": "Later"})[0], 200)

    def test_a_long_way_forward_is_a_jump_after_which_event_clients_resume(self):
        count = 1_200
        with Server("--max-changes-per-second", "0") as server:
            client = EventClient(server.port)
            client.connect()
            assert command(client, "live.change", {"scene": make_scene(tokens=1)})["type"] == "ack"
            for step in range(count):
                patch = [{"op": "replace", "path": "/live/maps/0/data/position/x", "value": step + 1}]
                client.socket.send({
                    "type": "command", "id": str(uuid.uuid4()), "name": "live.change", "data": {"patch": patch}})
                if step % 50 == 49:
                    client.until(step + 1)
            document = client.document
            client.socket.cut()
            with Player(server.journal, "--paused") as player:
                events, plain = EventClient(player.port), PlainClient(player.port)
                events.connect()
                player.turn(offset=count)
                plain.until(lambda client: client.scene and position(client.scene) == count)
                with self.assertRaises(Closed) as closed:
                    while True:
                        events.lines()
                self.assertEqual(closed.exception.code, 1012)
                events.connect()
                self.assertEqual((events.offset, events.document), (count, document))
                player.turn(offset=600)
                player.turn(speed="max", paused=False)
                events.socket.cut()
                events = EventClient(player.port)
                events.connect()
                events.until(count)
                self.assertEqual(events.document, document)

    def test_json_and_exit_codes(self):
        with Player(self.server.journal, "--json", "--speed", "max") as player:
            player.until(lambda state: state["state"] == "ended")
            player.process.send_signal(signal.SIGTERM)
            out, errors = player.process.communicate(timeout=20)
            self.assertEqual(player.process.returncode, 0, errors)
            first, last = (json.loads(line) for line in out.decode().splitlines())
            self.assertEqual(first["addresses"], [f"http://127.0.0.1:{player.port}"])
            self.assertEqual(first["offset"], -1, "nothing is shown before anybody can watch")
            self.assertEqual((last["state"], last["offset"]), ("ended", 13))
        self.assertEqual(self.server.replay("play", "--from", "99", check=False).returncode, 1)
        self.assertEqual(self.server.replay("play", "--speed", "fast", check=False).returncode, 2)
        with Player(self.server.journal, "--paused") as player:
            taken = self.server.replay("play", "--port", str(player.port), check=False)
            self.assertEqual(taken.returncode, 3, taken.stderr)
            self.assertIn("taken", taken.stderr)


class Keyboard(unittest.TestCase):
    """The player on a terminal of its own."""

    @classmethod
    def setUpClass(cls):
        Playing.setUpClass()
        cls.server = Playing.server

    @classmethod
    def tearDownClass(cls):
        Playing.tearDownClass()

    def setUp(self):
        self.terminal, self.slave = pty.openpty()
        self.before = termios.tcgetattr(self.slave)

    def tearDown(self):
        os.close(self.terminal)
        os.close(self.slave)

    def player(self, *arguments):
        def own_terminal():
            os.setsid()
            import fcntl
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        return Player(
            self.server.journal, *arguments, stdin=self.slave, stderr=self.slave, preexec_fn=own_terminal)

    def press(self, keys):
        os.write(self.terminal, keys)

    def raw(self):
        deadline = time.monotonic() + 20
        while termios.tcgetattr(self.slave)[3] & termios.ICANON:
            self.assertLess(time.monotonic(), deadline, "the terminal was never read key by key")
            time.sleep(0.02)

    def test_keys_turn_the_knobs_and_q_puts_the_terminal_back(self):
        with self.player("--paused", "--speed", "0.25") as player:
            self.raw()
            self.press(b"..")
            player.until(lambda state: state["offset"] == 1)
            self.press(b",")
            player.until(lambda state: state["offset"] == 0)
            self.press(b"++")
            player.until(lambda state: state["speed"] == 1)
            self.press(b"-")
            player.until(lambda state: state["speed"] == 0.5)
            self.press(b"\x1b[C")
            player.until(lambda state: state["offset"] > 0)
            self.press(b"\x1b[H")
            player.until(lambda state: state["offset"] == -1)
            self.press(b" ")
            player.until(lambda state: state["state"] == "playing")
            self.press(b" ")
            player.until(lambda state: state["state"] == "paused")
            shown = os.read(self.terminal, 1 << 16).decode(errors="replace")
            self.assertIn("event ", shown)
            self.press(b"q")
            self.assertEqual(player.process.wait(20), 0)
            self.assertEqual(termios.tcgetattr(self.slave), self.before)

    def test_interrupted_it_puts_the_terminal_back_too(self):
        for how in ("key", signal.SIGTERM):
            with self.player("--paused") as player:
                self.raw()
                if how == "key":
                    self.press(b"\x03")
                else:
                    player.process.send_signal(how)
                self.assertEqual(player.process.wait(20), 0)
                self.assertEqual(termios.tcgetattr(self.slave), self.before)

    def test_in_the_background_the_terminal_is_left_alone(self):
        with Player(self.server.journal, "--paused", stdin=self.slave) as player:
            time.sleep(0.2)
            self.assertEqual(termios.tcgetattr(self.slave), self.before)
            player.process.send_signal(signal.SIGINT)
            self.assertEqual(player.process.wait(20), 0)
