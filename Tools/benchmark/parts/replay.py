"""Out of a journal: replaying it, only reading it, and how soon a server stands that has to."""

import time
from dataclasses import dataclass
from pathlib import Path

from server_process import Server

from benchmark import journals
from benchmark.appending import append
from benchmark.bench import Bench, scratch
from benchmark.parts.history import measured_in_process
from benchmark.peers.redis import RedisServer
from benchmark.processes import cpu_seconds, resident_kb
from benchmark.rows import Row, median_row, ratio_row

EVENTS = 1_000_000


def replay(bench: Bench) -> list[Row]:
    """Replay, and decoding alone beside the same in C, over the same journal. A second is one of processor time."""
    rows = measured_in_process(bench, "replay")
    ours, in_c = [], []
    with scratch("scan") as folder:
        journal = Path(folder) / "journal"
        journals.write(bench, journal, EVENTS)
        for _ in range(bench.rounds):
            ours.append(measured_in_process(bench, "scan", str(journal))[0].value)
            in_c.append(journals.report(bench, "scan", str(journal))["per_cpu_second"])
    what = "decode and scan of small events, one core"
    return rows + [
        median_row(what, ours, "/s"), median_row(f"{what}: in C", in_c, "/s"),
        ratio_row(f"{what}: ours ÷ C", ours, in_c, ">= 0.7")]


@dataclass(frozen=True)
class Started:
    """From exec until ready. Seconds; KB."""

    wall: float
    cpu: float
    resident_kb: int


def start_server(server: Server) -> Started:
    begun = time.monotonic()
    server.start(wait=300)
    wall = time.monotonic() - begun
    return Started(wall, cpu_seconds(server.process.pid), resident_kb(server.process.pid))


def start(bench: Bench) -> list[Row]:
    """A real server from exec to ready on a million small events, without and with a snapshot; Redis on the same number."""
    events = EVENTS // 10 if bench.quick else EVENTS
    cold, warm, redis = [], [], []
    with scratch("start") as folder:
        for number in range(bench.rounds):
            journal = Path(folder) / f"journal-{number}"
            journals.write(bench, journal, events)
            server = Server(journal=journal)
            try:
                cold.append(start_server(server))
                server.stop(60)  # writes a snapshot
                warm.append(start_server(server))
            finally:
                server.__exit__()
    for _ in range(bench.rounds):
        redis.append(start_redis(bench, events))
    what = f"from start to ready, {events:,} small events"
    return [
        median_row(f"{what}, without a snapshot: CPU", [each.cpu for each in cold], "s", "< 1.5"),
        median_row(f"{what}, without a snapshot", [each.wall for each in cold], "s"),
        median_row(f"{what}, with a snapshot", [each.wall * 1000 for each in warm], "ms", "< 100"),
        median_row(f"{what}, with a snapshot: CPU", [each.cpu * 1000 for each in warm], "ms"),
        median_row(f"{what}: redis-server", [each.wall for each in redis], "s"),
        ratio_row(f"{what}: redis-server ÷ ours without a snapshot", [each.wall for each in redis],
                  [each.wall for each in cold], "> 1")]


def start_redis(bench: Bench, events: int) -> Started:
    """Fills a stream, stops, and starts again."""
    with RedisServer(sync="no") as peer:
        append(bench, "redis", peer.port, in_flight=1_000, seconds=600, count=events)
        peer.stop()
        begun = time.monotonic()
        peer.start()
        return Started(time.monotonic() - begun, cpu_seconds(peer.pid), resident_kb(peer.pid))
