"""Starts load/viewers.c and reads its report."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmark.appending import report
from benchmark.bench import Bench

SOURCES = ("load/viewers.c", "load/connection.c", "load/websocket.c", "load/measuring.c")


@dataclass(frozen=True)
class Deliveries:
    """What one run of a fan-out measured."""

    report: dict[str, Any]

    def _cpu(self, which: str) -> float:
        return self.report[which] / max(1, self.report["deliveries"])

    @property
    def server_us(self) -> float:
        """The server's processor time per delivery, µs."""
        return self._cpu("server_cpu_us")

    @property
    def server_user_us(self) -> float:
        """Of that outside the kernel, µs; to 10 ms in all."""
        return self._cpu("server_user_us")

    @property
    def client_us(self) -> float:
        """The load program's own processor time per delivery, µs."""
        return self._cpu("client_cpu_us")

    @property
    def per_second(self) -> float:
        return self.report["deliveries"] / self.report["busy_us"] * 1e6

    @property
    def p99_ms(self) -> float:
        return self.report["p99_us"] / 1000

    @property
    def server_cores(self) -> float:
        """How many cores the server kept busy."""
        return self.report["server_cpu_us"] / self.report["busy_us"]

    @property
    def server_us_per_update(self) -> float:
        return self.report["server_cpu_us"] / max(1, self.report["sent"])

    @property
    def complete(self) -> bool:
        """Whether nearly every message got to every viewer (plain ones may be sent a newer scene in place of an older one)."""
        return self.report["deliveries"] >= 0.99 * self.report["expected"]


def run(bench: Bench, port: int, protocol: str, viewers: int, messages: Path, rate: float, seconds: float,
        pid: int) -> Deliveries:
    """Sends `rate` messages a second to so many viewers for so long."""
    arguments = {"port": port, "protocol": protocol, "viewers": viewers, "messages": messages, "rate": rate,
                 "seconds": seconds, "pid": pid}
    report = _report(bench, [f"--{name}={value}" for name, value in arguments.items()])
    if not report["deliveries"]:
        raise RuntimeError(f"nothing was delivered to {viewers} viewers")
    return Deliveries(report)


def resume(bench: Bench, port: int, viewers: int, path: str, pid: int) -> dict[str, Any]:
    """Connects all at once and waits until each is live; `taken_us` and `bytes` of the report are for all together."""
    arguments = {"port": port, "protocol": "events", "viewers": viewers, "path": path, "pid": pid}
    return _report(bench, [*(f"--{name}={value}" for name, value in arguments.items()), "--resume"])


class Held:
    """So many connections that only are there, within a `with` block.

    - path: With the position of a client that is up to date, none is sent a snapshot.
    """

    def __init__(self, bench: Bench, port: int, protocol: str, viewers: int, path: str = "/ws") -> None:
        program = bench.program("viewers", SOURCES)
        self._command = [str(program), f"--port={port}", f"--protocol={protocol}", f"--viewers={viewers}",
                         f"--path={path}", "--hold"]

    def __enter__(self) -> "Held":
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        if self._process.stdout.readline() != "ready\n":
            raise RuntimeError("the viewers did not get connected")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()


def _report(bench: Bench, arguments: list[str]) -> dict[str, Any]:
    return report([bench.program("viewers", SOURCES), *arguments])
