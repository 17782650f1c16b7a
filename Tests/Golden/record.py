"""Records golden journals of the format that the programs write now, for the test that reads those of every version.

    SPELLTABLE_BIN=.build/debug python3 -B Tests/Golden/record.py          writes Tests/Golden/format-N

N is the version that `journal.json` names. Each journal is a table's folder, and beside it stands what it has to give: `NAME.json`
with the newest offset, the chain and the document's digest as `spell-replay` told them, and `NAME.document.json` as the server sent it.

  whole     stopped cleanly: every frame is ended, there are snapshots and blobs
  killed    cut off in the midst: the last frame is open, no snapshots, no file of the lock
  forked    begins with another table's document (`start` with an `ancestor`)
  archive   what `spell-replay archive` moved elsewhere
  archived  goes on from there: `start` without an ancestor

What is there is never written over: a released version's journals stay as that version wrote them. A version that was never released is
removed by hand before it is recorded anew.
"""

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "EndToEnd"))

from forms import PNG, upload  # noqa: E402
from server_process import Server, replay  # noqa: E402
from websocket_client import WebSocket  # noqa: E402

NAMES = "Grüße, \U0001f409 & \"Drachen\""


def ask(server, method, path, body=None, headers=None):
    status, headers, answer = server.request(method, path, body, headers)
    if status != 200:
        raise SystemExit(f"{method} {path}: {status} {answer!r}")
    return headers


def say(server, socket, message):
    """Sends a message and waits until an event came of it."""
    before = ask(server, "GET", "/snapshot")["Spell-Offset"]
    socket.send(message)
    deadline = time.monotonic() + 10
    while ask(server, "GET", "/snapshot")["Spell-Offset"] == before:
        if time.monotonic() > deadline:
            raise SystemExit(f"nothing came of {message}")
        time.sleep(0.005)


def play(server):
    """A little of everything that changes a table."""
    ask(server, "POST", "/maps/folder", {"folder_name": "Dungeons"})
    for name in ("crypt.png", "altar.png"):
        if upload(server, "/maps/upload", name, PNG + name.encode(), folder="Dungeons")[0] != 200:
            raise SystemExit(f"{name} was not taken")
    ask(server, "POST", "/scenes/folder", {"folder_name": NAMES})
    scene = {
        "id": "crypt", "name": NAMES, "folder": None, "maps": [], "activeMapId": None,
        "gridSettings": {"showGrid": True, "gridSize": 50.0}, "initiativeOrder": [], "encounterHistory": [], "images": [],
        "aoeMarkers": [], "fogOfWar": [], "numbers": [1.0, 1e3, -0.5, 12345678901234567]}
    ask(server, "POST", "/scenes/save", scene)
    ask(server, "PUT", "/maps/rename/altar.png", {"new_name": "shrine.png"})
    socket = WebSocket(server.port)
    say(server, socket, {"type": "scene_update", "scene": scene})
    for step in range(20):
        hero = {"id": "hero", "name": "Aldra", "initiative": 17, "mapPosition": {"x": step / 4, "y": step}}
        say(server, socket, {"type": "scene_update", "scene": {**scene, "initiativeOrder": [hero]}})
    say(server, socket, {"type": "blank_viewer"})
    socket.cut()
    ask(server, "POST", "/undo", {})
    ask(server, "DELETE", "/maps/file/crypt.png")
    ask(server, "POST", "/undo", {})


def keep(folder, target, name):
    """Copies a table's folder, and notes what `spell-replay` and a server on a copy of it make of it."""
    kept = target / name
    shutil.copytree(folder, kept, ignore=shutil.ignore_patterns("lock", "uploads"))
    told = json.loads(replay("info", "--json", "--no-snapshots", "--journal", kept).stdout)
    with tempfile.TemporaryDirectory() as scratch:
        copy = shutil.copytree(kept, Path(scratch) / "copy")
        with Server(journal=copy) as server:
            _, headers, document = server.get("/snapshot")
    if headers["Spell-Offset"] != str(told["newest"]):
        raise SystemExit(f"{name}: the server is at event {headers['Spell-Offset']}, spell-replay at {told['newest']}")
    (target / f"{name}.document.json").write_bytes(document)
    expected = {member: told[member] for member in ("newest", "chain", "digest")}
    (target / f"{name}.json").write_text(json.dumps(expected, indent=1) + "\n")


def record(target):
    with Server() as server:
        table = server.journal / "default"
        play(server)
        server.stop()
        keep(table, target, "whole")
        server.start()
        ask(server, "POST", "/scenes/folder", {"folder_name": "Since"})
        server.kill()
        shutil.rmtree(table / "snapshots")
        keep(table, target, "killed")
        server.start()
        newest = server.snapshot()[1]
        server.stop()
        fork = server.folder / "fork"
        replay("fork", "--journal", table, "--at", newest - 5, "--to", fork)
        go_on(fork, target, "forked")
        replay("archive", "--journal", table, "--before", "now", "--to", server.folder / "old", "--yes")
        keep(server.folder / "old", target, "archive")
        go_on(table, target, "archived")


def go_on(table, target, name):
    """Adds an event to a journal that begins with a document."""
    with Server(journal=table) as server:
        ask(server, "POST", "/scenes/folder", {"folder_name": "Afterwards"})
        server.stop()
        keep(table, target, name)


def main():
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "golden"
        target.mkdir()
        record(target)
        version = json.loads((target / "whole/journal.json").read_text())["format"]
        place = HERE / f"format-{version}"
        if place.exists():
            raise SystemExit(f"{place} is there already; golden journals are kept as they were written")
        shutil.copytree(target, place)
        print(f"{place}: {', '.join(sorted(path.name for path in place.iterdir() if path.is_dir()))}")


if __name__ == "__main__":
    if len(sys.argv) != 1:
        raise SystemExit(__doc__)
    main()
