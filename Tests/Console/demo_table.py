"""A table as an evening leaves it: a crypt with a fight in it, made through the wire contract's messages alone."""

import json
import random
import struct
import zlib

from forms import upload
from websocket_client import WebSocket

CELL = 20  # pixels of a map's image; at scale 50 / CELL a cell of the image is one of the grid


def png(width, height, pixels):
    """A PNG of rows of RGB bytes."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes(row) for row in pixels)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


ROOMS = [(1, 1, 9, 7), (12, 2, 22, 9), (2, 10, 7, 15), (10, 11, 17, 16), (19, 11, 23, 16)]
HALLS = [(9, 4, 12, 5), (4, 7, 5, 10), (14, 9, 15, 11), (17, 13, 19, 14), (7, 12, 10, 13)]


def dungeon(across=24, down=17, seed=3):
    """Rooms and halls of flagstones in dark rock."""
    rng = random.Random(seed)
    floor = {(x, y) for left, top, right, bottom in ROOMS + HALLS for x in range(left, right) for y in range(top, bottom)}
    stones = {cell: rng.uniform(0.88, 1.08) for cell in floor}
    rows = []
    for py in range(down * CELL):
        row = bytearray()
        for px in range(across * CELL):
            cell = (px // CELL, py // CELL)
            if cell in floor:
                joint = 0.8 if px % CELL == 0 or py % CELL == 0 else 1
                colour = [part * stones[cell] * joint for part in (142, 128, 108)]
            else:
                near = any((cell[0] + dx, cell[1] + dy) in floor for dx in (-1, 0, 1) for dy in (-1, 0, 1))
                colour = (64, 58, 54) if near else (38, 36, 38)
            row += bytes(max(0, min(255, round(part))) for part in colour)
        rows.append(row)
    return png(across * CELL, down * CELL, rows)


def plain(width, height, colour):
    return png(width, height, [bytes(colour) * width for _ in range(height)])


def token(key, name, hp, initiative, x, y, is_player=False, footprint=1, most=None):
    return {"id": key, "name": name, "initiative": initiative, "isPlayer": is_player, "isCurrentTurn": False, "hp": hp,
            "initialHP": most or hp, "isKilled": False, "tokenFootprint": footprint,
            "mapPosition": {"x": x, "y": y, "useGridCoordinates": True}}


def area(key, shape, feet, colour, label, x, y, rotation=0):
    return {"id": key, "shape": shape, "sizeInFeet": feet, "color": colour, "rotation": rotation, "opacity": 0.4,
            "label": label, "position": {"x": x, "y": y}, "useGridCoordinates": True, "revealed": True}


def fog(key, left, top, right, bottom):
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return {"id": key, "points": [{"x": x, "y": y} for x, y in corners], "useGridCoordinates": True, "color": "#0b0c10",
            "opacity": 0.94}


def crypt():
    return {
        "id": "crypt", "name": "The Crypt of Saint Ivo", "folder": "Old Abbey", "activeMapId": "crypt.png",
        "maps": [{"name": "crypt.png", "folder": "Dungeons", "data": {
            "position": {"x": 12, "y": 8.5}, "useGridCoordinates": True, "useGridScaling": True, "scale": 50 / CELL,
            "rotation": 0, "isHidden": False}}],
        "gridSettings": {"showGrid": True, "gridSize": 50, "useFixedGrid": True, "gridCellsX": 24, "gridCellsY": 17,
                         "gridColor": "#ffffff", "gridOpacity": 0.18},
        "initiativeOrder": [
            token("aldra", "Aldra Voss", 24, 18, 4.5, 4.5, True), token("brom", "Brom", 31, 11, 5.5, 5.5, True),
            token("celeste", "Celeste", 19, 15, 3.5, 5.5, True), token("g1", "Goblin 1", 7, 14, 14.5, 5.5),
            token("g2", "Goblin 2", 7, 12, 16.5, 4.5), token("g3", "Goblin 3", 7, 9, 17.5, 6.5),
            token("ogre", "Ogre", 59, 7, 20, 5, footprint=2)],
        "showCurrentPlayer": True, "encounterHistory": [], "images": [], "aoeMarkers": [],
        "fogOfWar": [fog("fog-1", 1, 9.5, 8, 16), fog("fog-2", 9.5, 10.5, 24, 17)]}


class DemoTable:
    """Fills a server. `live` is the scene as the game master's screen has it."""

    def __init__(self, server):
        self.server = server
        self.live = crypt()

    def ask(self, method, path, body=None):
        status, _, answer = self.server.request(method, path, body)
        assert status == 200, (method, path, status, answer)
        return json.loads(answer)

    def upload(self, path, name, content, **fields):
        status, _, answer = upload(self.server, path, name, content, **fields)
        assert status == 200, (path, status, answer)

    def set_up(self):
        self.ask("POST", "/maps/folder", {"folder_name": "Dungeons"})
        self.upload("/maps/upload", "crypt.png", dungeon(), folder="Dungeons")
        self.upload("/maps/upload", "tavern.png", plain(40, 30, (150, 100, 60)), folder="Town")
        self.upload("/audio/upload", "drums.mp3", (b"\xff\xfb\x50\xc4" + bytes(204)) * 6, category="loop", folder="Battle")
        self.ask("POST", "/scenes/folder", {"folder_name": "Old Abbey"})
        self.ask("POST", "/scenes/save", self.live)
        self.sit_down()
        self.show()

    def sit_down(self):
        self.socket = WebSocket(self.server.port)

    def show(self):
        """Sends the scene as the web client does, and waits until it is an event."""
        before = self.server.snapshot()[1]
        self.say({"type": "scene_update", "scene": self.live})
        while self.server.snapshot()[1] == before:
            pass

    def say(self, message):
        self.socket.send(message)

    def token(self, key):
        return next(entry for entry in self.live["initiativeOrder"] if entry["id"] == key)

    def move(self, key, x, y, steps=5):
        place = self.token(key)["mapPosition"]
        x0, y0 = place["x"], place["y"]
        for step in range(1, steps + 1):
            place.update(x=x0 + (x - x0) * step / steps, y=y0 + (y - y0) * step / steps)
            self.show()

    def turn(self, key):
        for entry in self.live["initiativeOrder"]:
            entry["isCurrentTurn"] = entry["id"] == key
        self.show()

    def hurt(self, key, points):
        entry = self.token(key)
        entry["hp"] = max(0, entry["hp"] - points)
        entry["isKilled"] = entry["hp"] == 0
        self.show()

    def fight(self):
        self.turn("aldra")
        self.move("aldra", 11.5, 4.5)
        self.live["aoeMarkers"].append(area("cone", "cone", 30, "#ff7a45", "Burning Hands", 14, 4, 270))
        self.show()
        self.hurt("g1", 7)
        self.turn("celeste")
        self.move("celeste", 8.5, 4.5)
        self.live["aoeMarkers"].append(area("web", "circle", 20, "#c9b8ff", "Web", 18, 6))
        self.show()
        self.turn("ogre")
        self.move("ogre", 14, 7)
        self.hurt("aldra", 15)
        self.live["fogOfWar"] = self.live["fogOfWar"][1:]
        self.show()
        self.turn("brom")
        self.move("brom", 12.5, 6.5)
        self.hurt("ogre", 21)
