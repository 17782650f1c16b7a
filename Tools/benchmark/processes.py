"""What can be read and done about another process: processor time, memory, waiting for it."""

import os
import resource
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType


def cpu_seconds(pid: int) -> float:
    """The process's processor time so far, ended threads included, to a microsecond.

    Linux makes a process's clock of its id: clock_getcpuclockid(3).
    """
    return time.clock_gettime((~pid << 3) | 2)


def cpu_seconds_of_all(pids: list[int]) -> float:
    return sum(map(cpu_seconds, pids))


def children(pid: int) -> list[int]:
    """The processes that a process has started, such as nginx's workers."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def resident_kb(pid: int) -> int:
    return _status_kb(pid, "VmRSS")


def _status_kb(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise RuntimeError(f"no {name} in /proc/{pid}/status")


class PeakMemory:
    """The highest resident size of a process within a `with` block, in KB, looked at every 10 ms."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def __enter__(self) -> "PeakMemory":
        self.before = self.kb = resident_kb(self.pid)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def _watch(self) -> None:
        while not self._ended.wait(0.01):
            self.kb = max(self.kb, resident_kb(self.pid))

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._ended.set()
        self._thread.join()

    @property
    def growth_kb(self) -> int:
        return self.kb - self.before


def wait_until(done: Callable[[], bool], what: str, seconds: float = 60, step: float = 0.005) -> None:
    """Asks again and again. An OSError counts as no."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if done():
                return
        except OSError:
            pass
        time.sleep(step)
    raise TimeoutError(f"{what} did not come about in {seconds} s")


def accepts(port: int) -> bool:
    """Whether something listens on the port. Raises OSError where nothing does."""
    socket.create_connection(("127.0.0.1", port), timeout=1).close()
    return True


def raise_descriptor_limit() -> int:
    """Lets this process and those that it starts open as many files as the hard limit says; returns that."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def realtime_prefix() -> list[str]:
    """`chrt -r 1` where this user may use it, else nothing.

    On busy cores a thread waits for the next tick after each sync, so all durable systems look alike; with
    real-time priority they don't. It is given to all of them or to none.
    """
    try:
        policy = os.sched_getscheduler(0)
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
        os.sched_setscheduler(0, policy, os.sched_param(0))
    except PermissionError:
        return []
    return ["chrt", "-r", "1"]
