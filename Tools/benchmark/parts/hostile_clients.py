"""What ill-meaning clients cost everybody else. The scenarios are those of the end-to-end tests, with larger numbers."""

import hostile
from server_process import Server

from benchmark.bench import Bench
from benchmark.rows import Row, row


def hostile_clients(bench: Bench) -> list[Row]:
    return [*_idle(1_000 if bench.quick else 10_000), *_never_reading(), *_unfinished(),
            *_floods(5 if bench.quick else 15), *_storm()]


def _acknowledged(figures: dict[str, float]) -> Row:
    return row("a command's acknowledgement meanwhile, median", figures["median"] * 1000, "ms")


def _idle(clients: int) -> list[Row]:
    # Both ends of every connection are on this machine; the server keeps a quarter of its descriptors back.
    clients = min(clients, hostile.raise_own_limit() * 3 // 4 - 100)
    with Server() as server:
        figures = hostile.idle(server, clients)
    return [row(f"resident per idle viewer ({clients:,} viewers)", figures["kb_each"], "KB", "< 30"), _acknowledged(figures)]


def _never_reading() -> list[Row]:
    with Server() as server:
        figures = hostile.never_reading(server, clients=100, updates=2_000)
    name = "100 viewers that never read, 2,000 scenes of 20 KB: memory"
    return [row(name, figures["growth_kb"] / 1000, "MB", "< 70"), _acknowledged(figures)]


def _unfinished() -> list[Row]:
    with Server() as server:
        figures = hostile.unfinished(server, clients=60, size=(16 << 20) - 8)
    return [row("60 clients that never end a message of 16 MiB: memory", figures["growth_kb"] / 1000, "MB", "< 700"),
            row("of these, closed with 1013", figures["closed"].count(1013), ""), _acknowledged(figures)]


def _floods(seconds: float) -> list[Row]:
    rows = []
    for kind in ("scenes", "commands"):
        with Server() as server:
            figures = hostile.flood(server, seconds=seconds, kind=kind)
        name = f"a client floods with {kind} for {seconds} s"
        rows += [row(f"{name}: messages taken", figures["messages"], ""),
                 row(f"{name}: memory", figures["growth_kb"] / 1000, "MB", "< 100"),
                 row(f"{name}: others' acknowledgement, median", figures["median"] * 1000, "ms", "< 100"),
                 row(f"{name}: others' acknowledgement, worst", figures["worst"] * 1000, "ms")]
    return rows


def _storm() -> list[Row]:
    with Server() as server:
        figures = hostile.storm(server, clients=500, changes=500)
    if not (figures["resumed"] == figures["live"] == 500 and figures["complete"]):
        raise RuntimeError(f"not all clients came back whole: {figures}")
    return [row("500 clients come back at once, 500 changes behind: all live in", figures["seconds"], "s", "< 5"),
            row("500 clients come back at once: memory", figures["growth_kb"] / 1000, "MB", "< 100")]
