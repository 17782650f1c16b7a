"""Durable appends: at the Journal's interface beside the same format in C, through a socket beside servers; and bytes."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from benchmark import appending, journals
from benchmark.appending import report
from benchmark.bench import Bench, scratch
from benchmark.journal_server import JournalServer
from benchmark.parts.fanout import spelltable
from benchmark.parts.history import measured_in_process
from benchmark.peers.nats import NatsServer
from benchmark.peers.postgres import Postgres
from benchmark.peers.redis import RedisServer
from benchmark.processes import realtime_prefix
from benchmark.rows import Row, median_row, ratio_row

IN_FLIGHT = (1, 16, 256)
AT_THE_INTERFACE_TARGETS = {1: ">= 0.8", 16: ">= 0.7", 256: ">= 0.6"}
SOCKET_TARGETS = {1: ">= 6000", 16: ">= 80000", 256: ">= 400000"}


@dataclass
class Rates:
    """Events a second of one system: for each number in flight, one figure a round."""

    name: str
    taken: dict[int, list[float]] = field(default_factory=lambda: {count: [] for count in IN_FLIGHT})


def append(bench: Bench) -> list[Row]:
    """Ours and all peers in turns, all with the same priority."""
    prefix = realtime_prefix()
    systems = [
        (Rates("at the Journal's interface"), _at_the_interface),
        (Rates("the same format in C, a file that grows"), partial(_reference_in_c, prepared=0)),
        (Rates("the same format in C, prepared as ours"), partial(_reference_in_c, prepared=journals.PREPARED)),
        (Rates("the journal through a socket"), _journal_through_a_socket), (Rates("Redis Streams, appendfsync always"), _redis),
        (Rates("JetStream (syncs every two minutes)"), _jetstream), (Rates("PostgreSQL"), _postgres),
        (Rates("SQLite, WAL, synchronous=FULL"), _sqlite),
        (Rates("commands over the table's WebSocket"), _through_the_table)]
    for _ in range(bench.rounds):
        for rates, measure in systems:
            for count, rate in measure(bench, prefix).items():
                rates.taken[count].append(rate)
    by_name = [rates for rates, _ in systems]
    ours, in_c, in_prepared_c, socket, redis, *_others = by_name
    rows: list[Row] = []
    for count in IN_FLIGHT:
        what = f"durable appends of 150 B, {count} in flight{', all at real-time priority' if prefix else ''}"
        rows += [median_row(f"{what}: {each.name}", each.taken[count], "/s", SOCKET_TARGETS[count] if each is socket else "")
                 for each in by_name]
        rows += [
            ratio_row(f"{what}: ours ÷ C", ours.taken[count], in_c.taken[count], AT_THE_INTERFACE_TARGETS[count]),
            ratio_row(f"{what}: ours ÷ C, prepared as ours", ours.taken[count], in_prepared_c.taken[count]),
            ratio_row(f"{what}: ours ÷ Redis", ours.taken[count], redis.taken[count], ">= 2.5" if count == 256 else ""),
            ratio_row(f"{what}: the journal through a socket ÷ Redis", socket.taken[count], redis.taken[count])]
    return rows


def _each(measure: Callable[[int], float]) -> dict[int, float]:
    return {count: measure(count) for count in IN_FLIGHT}


def _at_the_interface(bench: Bench, prefix: Sequence[str]) -> dict[int, float]:
    """The rows `…, 16 in flight`; others say more than is compared here."""
    rates = {}
    for each in bench.journal_benchmark("append", prefix=prefix):
        match = re.search(r", (\d+) in flight$", str(each["what"]))
        if match:
            rates[int(match[1])] = float(str(each["value"]))
    return rates


def _reference_in_c(bench: Bench, prefix: Sequence[str], prepared: int) -> dict[int, float]:
    def measure(count: int) -> float:
        with scratch("reference") as folder:
            return _rate([*prefix, journals.reference(bench), "append", folder, count, bench.seconds(2, 1), prepared])
    return _each(measure)


def _appends(bench: Bench, prefix: Sequence[str], to: str, port: int, count: int) -> float:
    return appending.append(bench, to, port, count, bench.seconds(2, 1), prefix=prefix)["per_second"]


def _journal_through_a_socket(bench: Bench, prefix: Sequence[str]) -> dict[int, float]:
    def measure(count: int) -> float:
        with JournalServer(bench, prefix) as server:
            return _appends(bench, prefix, "journal", server.port, count)
    return _each(measure)


def _through_the_table(bench: Bench, prefix: Sequence[str]) -> dict[int, float]:
    def measure(count: int) -> float:
        with spelltable("events", prefix=prefix) as publisher:
            return _appends(bench, prefix, "spelltable", publisher.port, count)
    return _each(measure)


def _redis(bench: Bench, prefix: Sequence[str]) -> dict[int, float]:
    def measure(count: int) -> float:
        with RedisServer(prefix=prefix) as peer:
            return _appends(bench, prefix, "redis", peer.port, count)
    return _each(measure)


def _jetstream(bench: Bench, prefix: Sequence[str]) -> dict[int, float]:
    def measure(count: int) -> float:
        with NatsServer(jetstream=True, prefix=prefix) as peer:
            return _appends(bench, prefix, "jetstream", peer.port, count)
    return _each(measure)


def _postgres(bench: Bench, prefix: Sequence[str]) -> dict[int, float]:
    program = bench.program("postgres", ("load/postgres.c", "load/append_rows.c", "load/measuring.c"),
                            ("-I/usr/include/postgresql", "-lpq"), "libpq-dev")
    with Postgres(prefix=prefix) as peer:
        return _each(lambda count: _rate([*prefix, program, peer.connection, count, bench.seconds(2, 1)]))


def _sqlite(bench: Bench, prefix: Sequence[str]) -> dict[int, float]:
    sources = ("load/sqlite.c", "load/append_rows.c", "load/measuring.c")
    program = bench.program("sqlite", sources, ("-lsqlite3",), "libsqlite3-dev")

    def measure(count: int) -> float:
        with scratch("sqlite") as folder:
            return _rate([*prefix, program, Path(folder) / "events.db", count, bench.seconds(2, 1)])
    return _each(measure)


def _rate(command: Sequence[object]) -> float:
    """Events a second, as a load program reports them."""
    return report(command)["per_second"]


def commands(bench: Bench) -> list[Row]:
    """Commands through the whole table (decide, patch, append, sync, publish)."""
    return measured_in_process(bench, "commands", prefix=realtime_prefix())


def bytes_on_disk(bench: Bench) -> list[Row]:
    """What a small event takes on disk."""
    return measured_in_process(bench, "bytes")
