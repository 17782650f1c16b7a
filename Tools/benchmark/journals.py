"""The journal's format in C (reference/journal.c): journals to measure with, written in no time, and figures to compare with."""

from pathlib import Path
from typing import Any

from benchmark import appending
from benchmark.bench import Bench

SOURCES = ("reference/journal.c", "load/measuring.c")
LIBRARIES = ("-llz4", "-lxxhash", "-lcrypto")
SCENE_TOKENS = 60
PREPARED = 128 << 10  # bytes of zeros at once, as JournalOptions has it
IDENTITY = "00000000-0000-4000-8000-00000000c0de"  # of every journal that it writes


def reference(bench: Bench) -> Path:
    """The program."""
    return bench.program("journal-reference", SOURCES, LIBRARIES, "liblz4-dev libxxhash-dev libssl-dev")


def write(bench: Bench, folder: Path, events: int, per_commit: int = 256, tokens: int = SCENE_TOKENS,
          scenes: int = 0) -> dict[str, Any]:
    """A journal of so many events in a new folder: saved scenes, one on the table, and moves of its tokens."""
    folder.mkdir(parents=True)
    return report(bench, "write", str(folder), str(events), str(per_commit), str(tokens), str(scenes))


def report(bench: Bench, *arguments: str) -> dict[str, Any]:
    """What the program prints."""
    return appending.report([reference(bench), *arguments])
