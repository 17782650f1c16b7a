"""How figures grow with viewers, events and the document: is there a cliff?"""

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from server_process import Server

from benchmark import journals, messages
from benchmark.appending import append
from benchmark.bench import Bench, scratch
from benchmark.curve import Curve, Figure
from benchmark.parts.fanout import SCENE_BYTES, Publisher, nats, spelltable
from benchmark.parts.replay import start_redis, start_server
from benchmark.viewers import Deliveries, run

VIEWERS = (1, 10, 100, 500, 1000, 2000, 5000)
EVENTS = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
REDIS_EVENTS_MAX = 1_000_000
# Saved scenes of 17 KB and tokens of 0.29 KB on the table: about 1 KB, 20 KB, 200 KB, 2 MB, 20 MB, 200 MB.
DOCUMENT_BYTES = (1_000, 20_000, 200_000, 2_000_000, 20_000_000, 200_000_000)
DOCUMENTS = ((2, 0), (60, 0), (60, 10), (60, 110), (60, 1_100), (60, 11_000))


def viewers_curve(bench: Bench) -> Curve:
    """Whole scenes of 20 KB to plain viewers, and small patches to event viewers."""
    curve = Curve("viewers")
    cpu, p99 = curve.figure("cpu", "server CPU per delivery", "µs"), curve.figure("p99", "p99 of deliveries", "ms")
    with scratch("curve") as folder:
        scenes = messages.write(folder, messages.scene_updates(SCENE_BYTES)).rename(Path(folder) / "scenes.jsonl")
        commands = messages.write(folder, messages.small_commands())
        for count in VIEWERS[::2] if bench.quick else VIEWERS:
            few, many = min(20, 10_000 / count), min(60, 60_000 / count)
            for name, opened, file, rate in (
                    ("20 KB scene, plain viewers", lambda: spelltable("plain"), scenes, few),
                    ("20 KB scene, nats-server's WebSocket", nats, scenes, few),
                    ("150 B patch, event viewers", lambda: spelltable("events"), commands, many)):
                with opened() as publisher:
                    taken = _deliver(bench, publisher, count, file, rate)
                cpu.line(name).add(count, taken.server_us)
                p99.line(name).add(count, taken.p99_ms)
    return curve


def _deliver(bench: Bench, publisher: Publisher, count: int, file: Path, rate: float) -> Deliveries:
    return run(bench, publisher.port, publisher.protocol, count, file, rate, bench.seconds(3, 1.5), publisher.pid)


def events_curve(bench: Bench) -> Curve:
    """A server on journals of so many small events, and spell-replay looking into their middle."""
    curve = Curve("events")
    start = curve.figure("start", "from start to ready", "s")
    size, memory = curve.figure("disk", "on disk", "MB"), curve.figure("memory", "resident after start", "MB")
    back = curve.figure("replay", "spell-replay, in the middle", "ms")
    for count in EVENTS[:4] if bench.quick else EVENTS:
        with scratch("curve") as folder:
            journal = Path(folder) / "journal"
            size.line("journal").add(count, journals.write(bench, journal, count)["bytes"] / 1e6)
            _add_starts(start, memory, count, journal)
            for name, *arguments in (("show", "show", str(count // 2)), ("state", "state", "--at", str(count // 2), "--digest")):
                back.line(name).add(count, _replay_ms(bench, journal, *arguments))
        if count <= REDIS_EVENTS_MAX:
            redis = start_redis(bench, count)
            start.line("redis-server").add(count, redis.wall)
            memory.line("redis-server").add(count, redis.resident_kb / 1000)
    _add_inside(bench, curve, "curve-events", EVENTS[:4] if bench.quick else EVENTS,
                {"µs of one core an event": ("inside", "inside one process, an event")})
    return curve


def document_curve(bench: Bench) -> Curve:
    """A server on tables of so many bytes: starting, changing a little, reading all."""
    curve = Curve("bytes of the document")
    start = curve.figure("start", "from start to ready", "s")
    memory, change = curve.figure("memory", "resident", "MB"), curve.figure("change", "a small change's acknowledgement", "ms")
    read = curve.figure("read", "GET /snapshot", "ms")
    for tokens, scenes in DOCUMENTS[:4] if bench.quick else DOCUMENTS:
        with scratch("curve") as folder:
            journal, count = Path(folder) / "journal", scenes + 1_000
            journals.write(bench, journal, count, tokens=tokens, scenes=scenes)
            with _running(journal) as server:
                byte_count, taken = _snapshot_ms(server)
            read.line("GET /snapshot").add(byte_count, taken)
            _add_starts(start, memory, byte_count, journal)
            with _running(journal) as server:
                path = f"/ws?journal={journals.IDENTITY}&after={count - 1}"
                report = append(bench, "spelltable", server.port, in_flight=1, seconds=bench.seconds(4, 1), path=path)
            for name, member in (("median", "p50_us"), ("p99", "p99_us"), ("slowest", "max_us")):
                change.line(name).add(byte_count, report[member] / 1000)
    _add_inside(bench, curve, "curve-document", DOCUMENT_BYTES[:4] if bench.quick else DOCUMENT_BYTES,
                {"µs": ("inside", "inside one process, a change"), "ms": ("snapshot", "inside one process")})
    return curve


def _add_inside(bench: Bench, curve: Curve, part: str, sizes: Sequence[int], wanted: dict[str, tuple[str, str]]) -> None:
    """What journal-benchmark measures of the same, without sockets.

    - wanted: For a unit of its rows, the figure's name and label. Rows of other units say what a real server shows above.
    """
    figures = {unit: curve.figure(name, label, unit) for unit, (name, label) in wanted.items()}
    for each in bench.journal_benchmark(part, *map(str, sizes)):
        figure = figures.get(str(each["unit"]))
        if figure:
            figure.line(str(each["what"]).removeprefix(f"{part}: ")).add(float(str(each["x"])), float(str(each["value"])))


@contextmanager
def _running(journal: Path) -> Iterator[Server]:
    server = Server("--max-changes-per-second", "0", journal=journal)
    try:
        server.start(wait=300)
        yield server
    finally:
        server.__exit__()


def _add_starts(start: Figure, memory: Figure, x: float, journal: Path) -> None:
    server = Server(journal=journal)
    try:
        cold = start_server(server)
        server.stop(120)  # writes a snapshot
        warm = start_server(server)
    finally:
        server.__exit__()
    start.line("without a snapshot").add(x, cold.wall)
    start.line("without a snapshot, CPU").add(x, cold.cpu)
    start.line("with a snapshot").add(x, warm.wall)
    memory.line("without a snapshot").add(x, cold.resident_kb / 1000)
    memory.line("with a snapshot").add(x, warm.resident_kb / 1000)


def _snapshot_ms(server: Server) -> tuple[int, float]:
    """The document's bytes, and how long it took to be sent them."""
    begun = time.monotonic()
    status, _, body = server.request("GET", "/snapshot", timeout=120)
    if status != 200:
        raise RuntimeError(f"GET /snapshot was answered with {status}")
    return len(body), (time.monotonic() - begun) * 1000


def _replay_ms(bench: Bench, journal: Path, *arguments: str) -> float:
    begun = time.monotonic()
    subprocess.run([str(bench.binary("spell-replay")), *arguments, "--journal", str(journal)], check=True, capture_output=True)
    return (time.monotonic() - begun) * 1000
