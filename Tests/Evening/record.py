"""Plays three evenings at a table against a real server and keeps the journal that it wrote, as test data.

    SPELLTABLE_BIN=.build/release python3 Tests/Evening/record.py FOLDER

A game master at 127.0.0.10 and a player, Anna, at 127.0.0.21 set the table up, play a fight in a crypt in which Anna's hand slips (she
deletes the crypt's map), and look at it once more on Sunday. The server's clock is set by libfaketime (Debian: faketime), so the evenings
have the length and the gaps of real ones. What is written differs from run to run in its random names (UUIDs) and in milliseconds,
so whoever records it anew has to look at the golden outputs of Tests/EndToEnd/test_evening.py as well.
"""

import json
import os
import shutil
import socket
import struct
import sys
import time
import zlib
from datetime import datetime, timedelta, timezone
from http.client import HTTPConnection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "EndToEnd"))

from server_process import Server  # noqa: E402
from websocket_client import WebSocket  # noqa: E402

FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
DM, ANNA = "127.0.0.10", "127.0.0.21"
SETUP = datetime(2026, 11, 13, 18, 30, tzinfo=timezone.utc)
FIGHT = datetime(2026, 11, 20, 19, 0, tzinfo=timezone.utc)
SUNDAY = datetime(2026, 11, 22, 15, 0, tzinfo=timezone.utc)


class Clock:
    """The time that the server sees."""

    def __init__(self, file):
        self.file = file

    def set(self, moment):
        self.moment = moment
        self.file.write_text(f"{(moment - datetime.now(timezone.utc)).total_seconds():+.3f}\n")

    def advance(self, seconds):
        self.set(self.moment + timedelta(seconds=seconds))


class Person:
    """Somebody at a screen: REST and a plain WebSocket, from an address of their own."""

    def __init__(self, server, clock, address):
        self.server, self.clock, self.address = server, clock, address

    def sit_down(self):
        # The client of the tests connects from wherever the system likes; people here have addresses.
        connect = socket.create_connection
        socket.create_connection = lambda to, timeout=None: connect(to, timeout=timeout, source_address=(self.address, 0))
        try:
            self.socket = WebSocket(self.server.port)
        finally:
            socket.create_connection = connect
        return self

    def stand_up(self):
        self.socket.cut()

    def say(self, message, pause=2):
        before = self.newest()
        self.socket.send(message)
        deadline = time.monotonic() + 10
        while self.newest() == before:
            if time.monotonic() > deadline:
                raise SystemExit(f"nothing came of {message}")
            time.sleep(0.001)
        self.clock.advance(pause)

    def newest(self):
        answer = self.ask("GET", "/snapshot")
        return answer[0].headers["Spell-Offset"]

    def ask(self, method, path, body=None, headers=None, pause=0):
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=30, source_address=(self.address, 0))
        headers = dict(headers or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        if answer.status != 200:
            raise SystemExit(f"{method} {path}: {answer.status} {data!r}")
        if pause:
            self.clock.advance(pause)
        return answer, data

    def upload(self, path, name, content, pause=20, **fields):
        boundary = "evening"
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in fields.items()
        ]
        parts.append(
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n".encode() + content + b"\r\n")
        body = b"".join(parts) + f"--{boundary}--\r\n".encode()
        self.ask("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}, pause)


def picture(width, height, colour):
    """A small PNG of one colour with a darker frame."""
    dark = tuple(part // 2 for part in colour)
    rows = b"".join(
        b"\0" + b"".join(
            bytes(dark if y in (0, height - 1) or x in (0, width - 1) else colour) for x in range(width))
        for y in range(height))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def silence(frames):
    """An MP3 of silent frames (MPEG 1 layer III, 64 kbit/s, 44.1 kHz, mono: 208 bytes each)."""
    return (b"\xff\xfb\x50\xc4" + bytes(204)) * frames


def map_entry(name, folder, x, y, scale=1, hidden=False):
    return {"name": name, "folder": folder, "data": {
        "position": {"x": x, "y": y}, "useGridCoordinates": True, "useGridScaling": True, "scale": scale, "rotation": 0,
        "isHidden": hidden}}


def fighter(key, name, hp, initiative, x, y, is_player=False):
    return {
        "id": key, "name": name, "initiative": initiative, "isPlayer": is_player, "isCurrentTurn": False, "hp": hp,
        "initialHP": hp, "isKilled": False, "mapPosition": {"x": x, "y": y, "useGridCoordinates": True},
        "tokenFootprint": 1}


def scene(name, folder, maps, fighters, fog):
    return {
        "id": name.lower(), "name": name, "folder": folder, "maps": maps, "activeMapId": maps[0]["name"],
        "gridSettings": {"showGrid": True, "gridSize": 50}, "initiativeOrder": fighters, "showCurrentPlayer": True,
        "encounterHistory": [], "images": [], "aoeMarkers": [], "fogOfWar": fog}


def fog(key, x, y, size):
    corners = [(x, y), (x + size, y), (x + size, y + size), (x, y + size)]
    return {"id": key, "points": [{"x": a, "y": b} for a, b in corners], "useGridCoordinates": True,
            "color": "#1a1a1a", "opacity": 0.9}


def heroes():
    return [fighter("hero-1", "Aldra", 24, 17, 2, 12, True), fighter("hero-2", "Brom", 31, 9, 3, 12, True)]


def goblins():
    return [fighter(f"goblin-{index}", f"Goblin {index}", 7, 12 - index, 3 + index, 5) for index in range(1, 5)]


TAVERN = scene("The Leaky Bucket", "Town", [map_entry("tavern.png", "Town", 9, 8)], heroes(), [])
CRYPT = scene(
    "Crypt", "Dungeons/Old Abbey",
    [map_entry("crypt.png", "Dungeons", 9, 16), map_entry("altar.png", "Dungeons", 9, 3, 0.5, hidden=True)],
    heroes() + goblins(), [fog("fog-1", 0, 0, 8), fog("fog-2", 8, 0, 8), fog("fog-3", 0, 8, 4)])


class Table:
    """The live scene, as both screens have it."""

    def __init__(self, person, live):
        self.live = json.loads(json.dumps(live))
        self.show(person)

    def show(self, person, pause=3):
        person.say({"type": "scene_update", "scene": self.live}, pause)

    def token(self, name):
        return next(entry for entry in self.live["initiativeOrder"] if entry["name"] == name)

    def drag(self, person, name, x, y, steps=6):
        """As a browser does it: an update every 50 ms along the way."""
        position = self.token(name)["mapPosition"]
        x0, y0 = position["x"], position["y"]
        for step in range(1, steps + 1):
            position["x"] = round(x0 + (x - x0) * step / steps, 2)
            position["y"] = round(y0 + (y - y0) * step / steps, 2)
            self.show(person, 0.05)
        person.clock.advance(9)

    def hurt(self, person, name, points):
        token = self.token(name)
        token["hp"] = max(0, token["hp"] - points)
        token["isKilled"] = token["hp"] == 0
        self.live["encounterHistory"].append(
            {"id": f"e{len(self.live['encounterHistory'])}", "timestamp": 1_795_000_000_000,
             "text": f"{name} HP -{points} → {token['hp']}"})
        self.show(person, 15)

    def turn(self, person, name):
        for entry in self.live["initiativeOrder"]:
            entry["isCurrentTurn"] = entry["name"] == name
        self.show(person, 20)


def set_up(dm):
    for path in ("Town", "Dungeons"):
        dm.ask("POST", "/maps/folder", {"folder_name": path}, pause=8)
    dm.upload("/maps/upload", "tavern.png", picture(24, 16, (150, 100, 60)), folder="Town")
    dm.upload("/maps/upload", "crypt.png", picture(20, 32, (70, 80, 90)), folder="Dungeons")
    dm.upload("/maps/upload", "altar.png", picture(8, 8, (180, 30, 30)), folder="Dungeons")
    dm.upload("/audio/upload", "tavern-chatter.mp3", silence(4), category="loop", folder="Ambience")
    dm.upload("/audio/upload", "drums.mp3", silence(6), category="loop", folder="Battle")
    dm.ask("POST", "/scenes/folder", {"folder_name": "Town"}, pause=30)
    dm.ask("POST", "/scenes/folder", {"folder_name": "Old Abbey", "parent_folder": "Dungeons"}, pause=30)
    dm.ask("POST", "/scenes/save", TAVERN, pause=240)
    dm.ask("POST", "/scenes/save", {**CRYPT, "name": "Cript"}, pause=60)
    saved = json.loads(dm.ask("GET", "/scenes/list")[1])["scenes"]
    crypt = next(entry for entry in saved if entry["name"] == "Cript")
    dm.ask("PUT", f"/scenes/{crypt['id']}", {**crypt, "name": "Crypt"}, pause=30)  # a typing error put right
    return crypt["id"]


def play_the_fight(dm, anna, crypt_id):
    table = Table(dm, TAVERN)
    dm.ask("POST", "/audio/playback", {"action": "play", "sound": "loop/Ambience/tavern-chatter.mp3", "volume": 0.6}, pause=600)
    table.drag(anna, "Aldra", 6, 9)
    table.drag(dm, "Brom", 7, 9)
    dm.clock.advance(1500)
    dm.say({"type": "blank_viewer"}, 40)
    crypt = json.loads(dm.ask("GET", f"/scenes/load/{crypt_id}")[1])
    table = Table(dm, crypt)
    dm.say({"type": "unblank_viewer"}, 10)
    dm.ask("POST", "/audio/playback", {"action": "play", "sound": "loop/Battle/drums.mp3", "volume": 0.8}, pause=20)
    dm.say({"type": "scene_event", "eventType": "night_mode", "enabled": True, "brightness": 0.5}, 20)
    table.live["fogOfWar"] = [area for area in table.live["fogOfWar"] if area["id"] != "fog-3"]
    table.show(dm, 60)
    table.turn(dm, "Aldra")
    table.drag(anna, "Aldra", 4, 7)
    table.hurt(dm, "Goblin 1", 7)
    table.turn(dm, "Goblin 3")
    table.token("Goblin 3")["mapPosition"].update(x=4, y=5)
    table.show(dm, 30)
    table.drag(dm, "Goblin 3", 7, 5)
    table.hurt(dm, "Brom", 6)
    table.live["fogOfWar"] = [area for area in table.live["fogOfWar"] if area["id"] != "fog-1"]
    table.show(dm, 60)
    table.turn(dm, "Brom")
    table.drag(anna, "Brom", 6, 6)
    table.hurt(anna, "Goblin 3", 3)
    table.live["aoeMarkers"].append(
        {"shape": "circle", "sizeInFeet": 20, "color": "#FF5A5A", "rotation": 0, "opacity": 0.5, "label": "Fireball",
         "id": "aoe-1", "position": {"x": 6.5, "y": 4.5}, "useGridCoordinates": True, "revealed": True})
    table.show(dm, 30)
    table.hurt(dm, "Goblin 2", 7)
    table.hurt(dm, "Goblin 4", 5)
    table.live["aoeMarkers"] = []
    table.show(dm, 45)
    # Anna wants to tidy her own picture away and hits the wrong line.
    anna.ask("DELETE", "/maps/file/crypt.png", pause=75)
    altar = next(entry for entry in table.live["maps"] if entry["name"] == "altar.png")
    altar["data"]["isHidden"] = False
    table.show(dm, 40)
    table.drag(dm, "Goblin 4", 9, 2)
    table.token("Brom")["hp"] += 4
    table.show(dm, 60)
    saved = json.loads(dm.ask("GET", f"/scenes/load/{crypt_id}")[1])
    dm.ask("PUT", f"/scenes/{crypt_id}", {**table.live, "id": saved["id"], "folder": saved["folder"]}, pause=30)
    dm.ask("POST", "/audio/playback", {"action": "stop"}, pause=20)
    dm.say({"type": "scene_event", "eventType": "night_mode", "enabled": False, "brightness": 1}, 20)


def tidy_up(dm):
    dm.ask("PUT", "/maps/rename/tavern.png", {"new_name": "bucket.png"}, pause=90)
    dm.upload("/maps/upload", "altar.png", picture(8, 8, (220, 190, 60)), pause=120, folder="Dungeons")
    dm.ask("DELETE", "/scenes/folder/Town", pause=60)


def run(server, clock):
    dm, anna = Person(server, clock, DM), Person(server, clock, ANNA)
    clock.set(SETUP)
    crypt_id = set_up(dm)
    clock.set(FIGHT)
    dm.sit_down(), anna.sit_down()
    play_the_fight(dm, anna, crypt_id)
    dm.stand_up(), anna.stand_up()
    clock.set(SUNDAY)
    tidy_up(dm)


def main(folder):
    if FAKETIME is None:
        raise SystemExit("libfaketime isn't installed: apt-get install faketime")
    with Server() as server:
        server.stop()
        shutil.rmtree(server.journal)
        clock = Clock(server.folder / "clock")
        clock.set(SETUP - timedelta(minutes=1))
        # Preloaded, the program doesn't see its arguments.
        os.environ.update(
            SPELLTABLE_HOST="127.0.0.1", SPELLTABLE_PORT=str(server.port), SPELLTABLE_JOURNAL=str(server.journal),
            SPELLTABLE_SOUNDS=str(server.sounds), SPELLTABLE_LOGS="none", LD_PRELOAD=str(FAKETIME),
            FAKETIME_TIMESTAMP_FILE=str(clock.file), FAKETIME_NO_CACHE="1", FAKETIME_DONT_FAKE_MONOTONIC="1")
        server.start()
        del os.environ["LD_PRELOAD"]
        run(server, clock)
        server.stop()
        kept = server.journal / "default"
        shutil.rmtree(kept / "snapshots", ignore_errors=True)
        (kept / "lock").unlink(missing_ok=True)
        shutil.copytree(kept, folder)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(sys.argv[1])
