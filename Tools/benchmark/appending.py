"""Starts load/appends.c and reads its report."""

import json
import subprocess
from collections.abc import Sequence
from typing import Any

from benchmark.bench import Bench

SOURCES = ("load/appends.c", "load/websocket.c", "load/measuring.c")


def append(bench: Bench, to: str, port: int, in_flight: int, seconds: float, count: int | None = None,
           prefix: Sequence[str] = (), path: str = "/ws") -> dict[str, Any]:
    """Appends to a server for so long, or until it has so many events.

    - to: `spelltable`, `journal`, `redis` or `jetstream`.
    - path: Our WebSocket's; with the position of a client that is up to date, it is sent no snapshot first.
    """
    arguments = [f"--port={port}", f"--to={to}", f"--in-flight={in_flight}", f"--seconds={seconds}", f"--path={path}"]
    if count is not None:
        arguments.append(f"--count={count}")
    return report([*prefix, str(bench.program("appends", SOURCES)), *arguments])


def report(command: Sequence[object]) -> dict[str, Any]:
    """Runs a program that prints one JSON object."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr.strip()}")
    return json.loads(done.stdout)
