"""What all parts are given: where the programs are, and how long they may take."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = Path(__file__).resolve().parent
PRODUCTS = ("spell-server", "journal-benchmark", "spell-replay")
C_FLAGS = ("-std=c17", "-O2", "-Wall", "-Wextra")


class Unavailable(Exception):
    """Something that a measurement needs isn't there; says what to do."""


@dataclass
class Bench:
    """One run of Tools/bench."""

    binaries: Path
    quick: bool
    rounds: int
    compiled: dict[str, Path] = field(default_factory=dict)

    def binary(self, name: str) -> Path:
        path = self.binaries / name
        if not path.exists():
            raise Unavailable(f"{path} is not there; build it with: swift build -c release --static-swift-stdlib --product {name}")
        return path

    def seconds(self, usual: float, quick: float | None = None) -> float:
        """How long a stretch of measuring takes in this run."""
        return (quick if quick is not None else usual / 3) if self.quick else usual

    def program(self, name: str, sources: Sequence[str], libraries: Sequence[str] = (), package: str = "gcc") -> Path:
        """A C program, built from sources beside this file.

        - libraries: what follows the sources on the compiler's command line.
        - package: Debian's name of what is missing if it can't be built.
        """
        if name not in self.compiled:
            target = ROOT / ".build" / "benchmark" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            command = ["cc", *C_FLAGS, "-o", str(target), *(str(SOURCES / source) for source in sources), *libraries]
            try:
                done = subprocess.run(command, capture_output=True, text=True)
            except FileNotFoundError:
                raise Unavailable("there is no C compiler: apt-get install gcc libc6-dev") from None
            if done.returncode != 0:
                raise Unavailable(f"{name} can't be built (apt-get install {package}?):\n{done.stderr}")
            self.compiled[name] = target
        return self.compiled[name]

    def journal_benchmark(self, *arguments: str, prefix: Sequence[str] = ()) -> list[dict[str, object]]:
        """The rows that journal-benchmark prints: {"what", "value", "unit", "target"}."""
        command = [*prefix, str(self.binary("journal-benchmark")), *arguments]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise Unavailable(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip()}")
        return [json.loads(line) for line in done.stdout.splitlines()]


def build() -> Path:
    """Builds the release products, as everything that installs or tests them does; returns their folder."""
    command = ["swift", "build", "--configuration", "release", "--static-swift-stdlib"]
    for product in PRODUCTS:
        subprocess.run([*command, "--product", product], cwd=ROOT, check=True, stdout=sys.stderr)
    shown = subprocess.run([*command, "--show-bin-path"], cwd=ROOT, check=True, capture_output=True, text=True)
    return Path(shown.stdout.strip())


def use(binaries: Path) -> None:
    """Lets the end-to-end tests' helpers (scenes, Server) be imported, and start these programs."""
    missing = [name for name in PRODUCTS if not (binaries / name).exists()]
    if missing:
        print(f"{binaries} lacks {', '.join(missing)}; parts that need them will say so", file=sys.stderr)
    os.environ["SPELLTABLE_BIN"] = str(binaries)
    sys.path.insert(0, str(ROOT / "Tests" / "EndToEnd"))


def scratch(what: str) -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix=f"spelltable-{what}-")
