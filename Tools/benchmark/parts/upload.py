"""A large upload: memory and rate, beside what the disk takes."""

import os
import time
from http.client import HTTPConnection
from pathlib import Path

from forms import HEADERS, form
from server_process import Server

from benchmark.bench import Bench, scratch
from benchmark.processes import PeakMemory
from benchmark.rows import Row, median_row, ratio_row

CHUNK_BYTES = 1 << 20


def upload(bench: Bench) -> list[Row]:
    """500 MB to /maps/upload, in turns with writing as much to a file and syncing it."""
    megabytes = 100 if bench.quick else 500
    # Not compressible, and different in each megabyte.
    chunk = os.urandom(CHUNK_BYTES)
    ours, disk, grown = [], [], []
    for _ in range(bench.rounds):
        with scratch("disk") as folder:
            disk.append(_write_rate(Path(folder) / "file", chunk, megabytes))
        with Server() as server, PeakMemory(server.process.pid) as peak:
            ours.append(_upload_rate(server.port, chunk, megabytes))
        grown.append(peak.growth_kb / 1000)
    what = f"upload of {megabytes} MB"
    return [
        median_row(what, ours, "MB/s"),
        median_row(f"{what}: writing as much to a file and syncing it", disk, "MB/s"),
        ratio_row(f"{what}: ours ÷ the disk", ours, disk, ">= 0.7"),
        median_row(f"{what}: memory", grown, "MB", "< 20")]


def _write_rate(path: Path, chunk: bytes, megabytes: int) -> float:
    begun = time.monotonic()
    with path.open("wb", buffering=0) as file:
        for _ in range(megabytes):
            file.write(chunk)
        os.fdatasync(file.fileno())
    return megabytes / (time.monotonic() - begun)


def _upload_rate(port: int, chunk: bytes, megabytes: int) -> float:
    head, tail = form([("file", "large.bin.png", b"\x00SPLIT\x00")]).split(b"\x00SPLIT\x00")
    connection = HTTPConnection("127.0.0.1", port, timeout=300)
    begun = time.monotonic()
    connection.putrequest("POST", "/maps/upload")
    connection.putheader("Content-Type", HEADERS["Content-Type"])
    connection.putheader("Content-Length", str(len(head) + megabytes * len(chunk) + len(tail)))
    connection.endheaders(head)
    for _ in range(megabytes):
        connection.send(chunk)
    connection.send(tail)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"the upload was answered with {answer.status}: {body[:200]!r}")
    return megabytes / (time.monotonic() - begun)
