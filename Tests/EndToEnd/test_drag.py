"""Plain and event clients follow one another over real sockets."""

import json
import random
import threading
import time
import unittest

from scenes import make_scene
from server_process import Server
from table_client import EventClient
from websocket_client import Closed, WebSocket


class LastScene(threading.Thread):
    """A plain client that reads everything and keeps the last scene it was sent."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.socket = WebSocket(port)
        self.scene = None
        self.received = 0
        self.lock = threading.Lock()
        self.start()

    def run(self):
        while True:
            try:
                message = self.socket.receive_json(timeout=60)
            except (Closed, OSError):
                return
            if message["type"] == "scene_update":
                with self.lock:
                    self.scene = message["scene"]
                    self.received += 1


def eventually(check, seconds=120):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if check():
            return True
        time.sleep(0.02)
    return check()


class Drag(unittest.TestCase):
    def test_event_client_cut_off_in_the_middle_of_a_drag_misses_nothing(self):
        with Server() as server:
            dragger, viewer = WebSocket(server.port), LastScene(server.port)
            watcher = EventClient(server.port)
            scene = make_scene()
            for number in range(10):  # so that the missed events are always less than a snapshot
                self.assertEqual(server.post("/scenes/save", make_scene(f"s{number}"))[0], 200)
            dragger.send({"type": "scene_update", "scene": scene})
            watcher.connect()
            for step in range(500):
                scene["maps"][7]["data"]["position"] = {"x": 3 + step / 4, "y": 9.5}
                dragger.send({"type": "scene_update", "scene": scene})
                if step == 250:
                    watcher.until(100)
                    watcher.socket.cut()
                    watcher.connect()
                    self.assertTrue(watcher.resumed)
            self.assertTrue(eventually(lambda: viewer.scene == scene))
            document, offset = server.snapshot()
            watcher.until(offset)
            self.assertEqual(watcher.document, document)
            self.assertEqual(document["live"], scene)
            moves = [event for event in watcher.events if event["type"] == "live.changed" and event["offset"] > 11]
            self.assertGreaterEqual(len(moves), 490)
            sizes = sorted(len(json.dumps(event["patch"], separators=(",", ":"))) for event in moves)
            self.assertLess(sizes[-1], 200)

    def test_a_client_500_updates_behind_resyncs_with_less_than_200_kb(self):
        with Server() as server:
            dragger, watcher = WebSocket(server.port), EventClient(server.port)
            scene = make_scene()
            dragger.send({"type": "scene_update", "scene": scene})
            self.assertTrue(eventually(lambda: server.snapshot()[1] >= 0))
            watcher.connect()
            watcher.socket.cut()
            for step in range(500):
                scene["maps"][3]["data"]["position"]["x"] = step + 0.5
                dragger.send({"type": "scene_update", "scene": scene})
            self.assertTrue(eventually(lambda: server.snapshot()[0]["live"] == scene))
            watcher.message_sizes.clear()
            hello = watcher.connect()
            # The tail is longer than this small table's snapshot, so the server may choose that.
            self.assertIn(hello.get("reason"), (None, "cheaper"))
            self.assertEqual(watcher.document["live"], scene)
            self.assertLess(sum(watcher.message_sizes), 200_000)

    def test_two_users_drag_different_tokens_and_both_stay_where_they_were_left(self):
        with Server() as server:
            users = [LastScene(server.port), LastScene(server.port)]
            start = make_scene(tokens=8)
            users[0].socket.send({"type": "scene_update", "scene": start})
            users[0].scene = json.loads(json.dumps(start))
            self.assertTrue(eventually(lambda: users[1].scene is not None))

            def drag(user, token):
                chance = random.Random(token)
                for step in range(200):
                    time.sleep(chance.uniform(0, 0.01))
                    with user.lock:
                        user.scene["maps"][token]["data"]["position"] = {"x": step + 1, "y": token * 100}
                        message = json.dumps({"type": "scene_update", "scene": user.scene})
                    user.socket.send(message)

            draggers = [threading.Thread(target=drag, args=(users[index], index + 2)) for index in range(2)]
            for dragger in draggers:
                dragger.start()
            for dragger in draggers:
                dragger.join()
            wanted = {2: {"x": 200, "y": 200}, 3: {"x": 200, "y": 300}}

            def stands(scene):
                return all(scene["maps"][token]["data"]["position"] == wanted[token] for token in wanted)

            self.assertTrue(eventually(lambda: stands(server.snapshot()[0]["live"])))
            for user in users:
                self.assertTrue(eventually(lambda user=user: stands(user.scene)), user.scene["maps"][2:4])
