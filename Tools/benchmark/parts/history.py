"""What spell-replay answers out of a million small events, and what journal-benchmark measures by itself."""

import json
import subprocess
import time
from collections.abc import Sequence

from benchmark.bench import Bench, scratch
from benchmark.rows import Row, median_row


def measured_in_process(bench: Bench, *arguments: str, prefix: Sequence[str] = ()) -> list[Row]:
    """The rows of a part of journal-benchmark, which is started behind `prefix`."""
    return [Row(str(each["what"]), float(str(each["value"])), str(each["unit"]), str(each["target"]))
            for each in bench.journal_benchmark(*arguments, prefix=prefix)]


def trace(bench: Bench) -> list[Row]:
    """See TraceBenchmark in journal-benchmark."""
    return measured_in_process(bench, "trace")


def history(bench: Bench) -> list[Row]:
    """The document at any offset; and spell-replay, each time a process of its own, as a person starts it."""
    with scratch("history") as folder:
        rows = measured_in_process(bench, "history", folder)

        def replay(*arguments: str) -> bytes:
            command = [str(bench.binary("spell-replay")), *arguments, "--journal", folder]
            return subprocess.run(command, check=True, capture_output=True).stdout

        def answers(name: str, *arguments: str, target: str = "") -> Row:
            taken = []
            for _ in range(1 if bench.quick else 5):
                begun = time.monotonic()
                replay(*arguments)
                taken.append((time.monotonic() - begun) * 1000)
            return median_row(f"spell-replay {name}", taken, "ms", target)

        middle = json.loads(replay("sessions", "--json"))["sessions"][9]["start"]
        return rows + [
            answers("state, in the middle of the journal", "state", "--at", "525000", "--digest", target="< 500"),
            answers("show, in the middle of the journal", "show", "525000", target="< 500"),
            answers("log, one minute in the middle", "log", "--since", middle, "--through", "450300", target="< 200"),
            answers("log --last 20", "log", "--last", "20", target="< 200"),
            answers("diff of one session", "diff", "--session", "10", target="< 1000"),
            answers("log, all million events", "log", "--json"),
            answers("sessions", "sessions"),
            answers("stats", "stats"),
            answers("history of one number, its newest 5 values", "history", "/live/maps/7/data/position/x", "--last", "5")]
