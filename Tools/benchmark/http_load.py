"""Asks an HTTP server for paths as fast as it answers, with wrk."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmark.bench import SOURCES, scratch
from benchmark.peers.packages import find
from benchmark.processes import cpu_seconds_of_all

CONNECTIONS = 8


@dataclass(frozen=True)
class Answers:
    """What one run measured."""

    per_second: float
    bytes_per_second: float
    p99_ms: float
    cpu_us_each: float


def ask(port: int, paths: Sequence[str], seconds: float, pids: list[int]) -> Answers:
    """Eight connections, each asking again as soon as it was answered.

    - pids: The server's processes, for their processor time.
    """
    with scratch("paths") as folder:
        listing = Path(folder) / "paths.txt"
        listing.write_text("\n".join(paths) + "\n")
        command = [find("wrk", "wrk"), "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "--timeout", "60s", "-s",
                   str(SOURCES / "load" / "paths.lua"), f"http://127.0.0.1:{port}", "--", str(listing)]
        before = cpu_seconds_of_all(pids)
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        cpu = cpu_seconds_of_all(pids) - before
    report = json.loads(printed.rpartition("REPORT ")[2])
    if report["failed"] or not report["requests"]:
        raise RuntimeError(f"wrk got {report['requests']} answers, {report['failed']} failed")
    taken = report["duration_us"] / 1e6
    return Answers(report["requests"] / taken, report["bytes"] / taken, report["p99_us"] / 1000, cpu / report["requests"] * 1e6)
