"""The recorded evenings of Tests/Evening: what spell-replay says of them, and the walk through docs/replay.md, run as written.

Each file of Tests/Evening/golden holds console lines: `$ spell-replay …`, what it prints (standard output, then standard error), and
`[exit N]` where that isn't 0. docs/replay.md has the same in its blocks marked `console`; they are run one after the other on one copy.
After a deliberate change, write them anew and look at the difference:

    SPELLTABLE_BIN=.build/debug python3 Tests/EndToEnd/test_evening.py --write
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from play_process import Player
from server_process import BIN
from table_client import EventClient

ROOT = Path(__file__).resolve().parent.parent.parent
EVENING = ROOT / "Tests/Evening"
GOLDEN = sorted((EVENING / "golden").glob("*.txt"))
WALK = ROOT / "docs/replay.md"
PLAY = re.compile(r"(?<=^```play\n).*(?=\n```$)", re.MULTILINE)
BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)


class Console:
    """A folder with a copy of the recorded journal in the place where spell-replay looks, and commands run in it."""

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="spelltable-"))
        shutil.copytree(EVENING / "journal", self.folder / "journal/default")
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, line):
        """What the console shows for one line of input, the line included."""
        # The zone is a fixed one, so that the outputs are the same everywhere.
        environment = {
            **os.environ, "TZ": "Europe/Berlin", "LANG": "C.UTF-8", "NO_COLOR": "1", "USER": "dm",
            "PATH": f"{BIN}:{os.environ['PATH']}"}
        done = subprocess.run(
            ["bash", "-c", line], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=120)
        shown = done.stdout if done.stdout.endswith("\n") or not done.stdout else done.stdout + "\n"
        return f"$ {line}\n{shown}" + (f"[exit {done.returncode}]\n" if done.returncode else "")

    def transcript(self, text):
        """The same console lines with what they print now."""
        return "".join(self.run(line[2:]) for line in text.splitlines() if line.startswith("$ "))


def walked(text):
    """docs/replay.md with what its commands print now."""
    with Console() as console:
        return BLOCK.sub(lambda block: console.transcript(block.group()), text)


class Evening(unittest.TestCase):
    maxDiff = None

    def test_each_command_says_of_the_evenings_what_it_said_before(self):
        self.assertTrue(GOLDEN, "there are golden outputs")
        for file in GOLDEN:
            with self.subTest(file.stem), Console() as console:
                text = file.read_text()
                self.assertRegex(text, r"^\$ ")
                self.assertEqual(console.transcript(text), text)

    def test_the_fight_can_be_watched_again_as_the_docs_say(self):
        (command,) = PLAY.findall(WALK.read_text())
        words = command.split()
        self.assertEqual(words[:2], ["spell-replay", "play"])
        with Console() as console, Player(console.folder / "journal", *words[2:], "--max-gap", "500ms") as player:
            client = EventClient(player.port)
            client.connect()
            player.turn(offset=38)
            self.assertEqual(player.snapshot()[0]["live"]["name"], "Crypt")
            client = EventClient(player.port)
            client.connect()
            player.turn(paused=False, speed="max")
            client.until(73)
            self.assertIn("map.deleted", [event["type"] for event in client.events])
            self.assertNotIn("Dungeons/crypt.png", client.document["maps"])

    def test_the_walk_through_in_the_docs_happens_as_it_is_written(self):
        text = WALK.read_text()
        self.assertGreater(len(BLOCK.findall(text)), 5)
        self.assertEqual(walked(text), text)


def write():
    for file in GOLDEN:
        with Console() as console:
            file.write_text(console.transcript(file.read_text()))
    WALK.write_text(walked(WALK.read_text()))


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        raise SystemExit(__doc__)
    write()
