"""Deliveries: scenes to plain viewers beside nats-server's WebSocket, patches to event viewers; and what an update costs."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server_process import Server
from websocket_client import WebSocket

from benchmark import messages, viewers
from benchmark.bench import Bench, Unavailable, scratch
from benchmark.peers.nats import NatsServer
from benchmark.processes import wait_until
from benchmark.rows import Row, median_row, ratio_row

OLD_SERVER_US = 544  # of CPU per delivery of 20 KB to 100 viewers, measured on such a machine
SCENE_BYTES = 20_000
DELIVERIES_PER_SECOND = 10_000  # of whole scenes; what is measured there is processor time
P99_LIMIT_MS = 100


@dataclass(frozen=True)
class Publisher:
    """A running server, and the protocol that the load program speaks with it."""

    port: int
    protocol: str
    pid: int


@contextmanager
def spelltable(protocol: str, prefix: Sequence[str] = ()) -> Iterator[Publisher]:
    """Our server, started behind `prefix`, with a scene of 20 KB on the table and no limit of changes."""
    with Server("--max-changes-per-second", "0", prefix=prefix) as server:
        put_scene(server)
        yield Publisher(server.port, protocol, server.process.pid)


def put_scene(server: Server, byte_count: int = SCENE_BYTES) -> None:
    """Puts a scene on the table, as a browser does."""
    before = newest(server)["offset"]
    dragger = WebSocket(server.port)
    dragger.send(next(messages.scene_updates(byte_count)))
    wait_until(lambda: newest(server)["offset"] > before, "a scene on the table")
    dragger.cut()


def newest(server: Server) -> dict[str, Any]:
    """The journal's identity (`journal`) and its newest event (`offset`)."""
    status, _, body = server.get("/journal")
    if status != 200:
        raise RuntimeError(f"GET /journal was answered with {status}: {body[:200]!r}")
    return json.loads(body)


@contextmanager
def nats() -> Iterator[Publisher]:
    with NatsServer(websocket=True) as peer:
        yield Publisher(peer.websocket_port, "nats", peer.pid)


def fanout(bench: Bench) -> list[Row]:
    """A scene of 20 KB to 100, 500 and 2,000 plain viewers; the same messages through nats-server."""
    with scratch("fanout") as folder:
        updates = messages.write(folder, messages.scene_updates(SCENE_BYTES))
        rows: list[Row] = []
        for count in (100, 500, 2000):
            rows += _cpu_rows(bench, updates, count)
        return rows + _sustainable_rows(bench, updates, 100)


def _cpu_rows(bench: Bench, updates: Path, count: int) -> list[Row]:
    ours: list[viewers.Deliveries] = []
    theirs: list[viewers.Deliveries] = []
    for _ in range(bench.rounds):
        for opened, taken in ((lambda: spelltable("plain"), ours), (nats, theirs)):
            with opened() as publisher:
                taken.append(_deliver(bench, publisher, count, updates, DELIVERIES_PER_SECOND / count, bench.seconds(4, 2)))
    to = f"20 KB scene to {count:,} plain viewers"
    our_us, their_us = [each.server_us for each in ours], [each.server_us for each in theirs]
    rows = [
        median_row(f"{to}: server CPU per delivery", our_us, "µs", "<= 16"),
        median_row(f"{to}: of that outside the kernel", [each.server_user_us for each in ours], "µs"),
        median_row(f"{to}: deliveries of those due", [_share(each) for each in ours], "%", ">= 99"),
        median_row(f"{to}: the load program's own CPU per delivery", [each.client_us for each in ours], "µs"),
        median_row(f"{to}: nats-server's WebSocket", their_us, "µs"),
        ratio_row(f"{to}: nats-server ÷ ours", their_us, our_us, ">= 2.5")]
    if count == 100:
        old = [OLD_SERVER_US] * len(our_us)
        rows.append(ratio_row(f"{to}: old server ({OLD_SERVER_US} µs, measured elsewhere) ÷ ours", old, our_us, ">= 35"))
    return rows


def _share(taken: viewers.Deliveries) -> float:
    return 100 * taken.report["deliveries"] / taken.report["expected"]


def _deliver(bench: Bench, to: Publisher, count: int, updates: Path, rate: float, seconds: float) -> viewers.Deliveries:
    return viewers.run(bench, to.port, to.protocol, count, updates, rate, seconds, to.pid)


def _sustainable_rows(bench: Bench, updates: Path, count: int) -> list[Row]:
    ours, theirs, half = [], [], []
    for _ in range(max(1, bench.rounds - 1)):
        with spelltable("plain") as publisher:
            ours.append(sustainable(bench, publisher, count, updates))
            rate = ours[-1] / count / 2
            half.append(_deliver(bench, publisher, count, updates, rate, bench.seconds(4, 2)).p99_ms)
        with nats() as publisher:
            theirs.append(sustainable(bench, publisher, count, updates))
    what = f"deliveries of 20 KB a second to {count} viewers with p99 < {P99_LIMIT_MS} ms"
    return [
        median_row(what, ours, "/s"),
        median_row(f"{what}: nats-server's WebSocket", theirs, "/s"),
        ratio_row(f"{what}: ours ÷ nats-server", ours, theirs, ">= 1.5"),
        median_row("p99 at half of our rate", half, "ms", "< 10")]


def sustainable(bench: Bench, publisher: Publisher, count: int, updates: Path) -> float:
    """The most deliveries a second at which all arrive, 99 of 100 within 100 ms. Bisected to 8 %."""
    seconds = bench.seconds(2, 1)
    good, bad, rate = 0.0, float("inf"), 60.0
    while bad > 1.08 * max(good, 1):
        taken = _deliver(bench, publisher, count, updates, rate, seconds)
        if not _holds(taken):  # one failure may be a hiccup of the machine
            taken = _deliver(bench, publisher, count, updates, rate, seconds)
        if _holds(taken):
            good = rate
            rate = good * 1.5 if bad == float("inf") else (good + bad) / 2
        else:
            bad = rate
            rate = (good + bad) / 2
    if good == 0:
        raise Unavailable(f"not even {bad:.0f} updates a second reach {count} viewers within {P99_LIMIT_MS} ms on this machine")
    return good * count


def _holds(taken: viewers.Deliveries) -> bool:
    return taken.complete and taken.p99_ms < P99_LIMIT_MS


def patches(bench: Bench, count: int = 2000, rate: float = 60) -> list[Row]:
    """Small patches to 2,000 event viewers, 60 times a second."""
    with scratch("patches") as folder:
        commands = messages.write(folder, messages.small_commands())
        taken = []
        for _ in range(bench.rounds):
            with spelltable("events") as publisher:
                taken.append(_deliver(bench, publisher, count, commands, rate, bench.seconds(6, 2)))
    to = f"150 B patch to {count:,} event viewers at {rate:.0f} Hz"
    return [
        median_row(f"{to}: server CPU per delivery", [each.server_us for each in taken], "µs", "<= 2"),
        median_row(f"{to}: cores that the server kept busy", [each.server_cores for each in taken], "", "<= 1"),
        median_row(f"{to}: deliveries of those due", [_share(each) for each in taken], "%", ">= 99"),
        median_row(f"{to}: p99", [each.p99_ms for each in taken], "ms", "< 25")]


def update(bench: Bench, rate: float = 50, more: int = 100) -> list[Row]:
    """What a scene of 20 KB costs that comes in: the same updates to 1 and to 101 viewers tell a delivery's share."""
    with scratch("update") as folder:
        updates = messages.write(folder, messages.scene_updates(SCENE_BYTES))
        costs = []
        for _ in range(bench.rounds):
            with spelltable("plain") as publisher:
                one, many = (
                    _deliver(bench, publisher, count, updates, rate, bench.seconds(5, 2)).server_us_per_update
                    for count in (1, 1 + more))
            costs.append(one - (many - one) / more)
    return [median_row("scene_update of 20 KB in, patch on disk, others informed: server CPU without deliveries", costs, "µs",
                       "< 100")]

