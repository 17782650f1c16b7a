"""Clients that come back: many at once, and what one is sent."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

from scenes import make_scene
from server_process import Server
from table_client import EventClient
from websocket_client import WebSocket

from benchmark import messages, viewers
from benchmark.appending import append
from benchmark.bench import Bench
from benchmark.parts.fanout import newest, put_scene
from benchmark.processes import PeakMemory
from benchmark.rows import Row, median_row, row

SAVERS = 8  # so that several scenes share a sync


def reconnect(bench: Bench, clients: int = 500, behind: int = 10_000) -> list[Row]:
    """500 clients vanish, 10,000 small events happen, all come back at once and resume."""
    seconds, grown, sent = [], [], []
    for _ in range(bench.rounds):
        with Server("--max-changes-per-second", "0") as server:
            # So large a table that the events are less than a snapshot, and everybody is sent those.
            save_scenes(server.port, 400)
            put_scene(server)
            path = resume_path(server)
            append(bench, "spelltable", server.port, in_flight=256, seconds=120, count=behind)
            with PeakMemory(server.process.pid) as peak:
                report = viewers.resume(bench, server.port, clients, path, server.process.pid)
            seconds.append(report["taken_us"] / 1e6)
            grown.append(peak.growth_kb / 1000)
            sent.append(report["bytes"] / clients / 1e6)
    what = f"{clients} clients come back at once, {behind:,} events behind"
    return [
        median_row(f"{what}: all live in", seconds, "s", "< 2"),
        median_row(f"{what}: memory", grown, "MB", "< 100"),
        median_row(f"{what}: each was sent", sent, "MB")]


def resume_path(server: Server) -> str:
    """Where a client that is up to date now will go on later."""
    journal = newest(server)
    return f"/ws?journal={journal['journal']}&after={journal['offset']}"


def save_scenes(port: int, count: int, byte_count: int = 20_000) -> list[str]:
    """Saves scenes over some kept connections; returns the ids that they were given."""
    with ThreadPoolExecutor(SAVERS) as pool:
        shares = pool.map(lambda first: _save(port, range(first, count, SAVERS), byte_count), range(SAVERS))
        return [identifier for share in shares for identifier in share]


def _save(port: int, numbers: range, byte_count: int) -> list[str]:
    connection, identifiers = HTTPConnection("127.0.0.1", port), []
    scene = messages.stamped_scene(byte_count)
    for number in numbers:
        body = messages.compact(scene | {"name": f"Scene {number}"})
        connection.request("POST", "/scenes/save", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        saved = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"scene {number} was not saved: {answer.status} {saved[:200]!r}")
        identifiers.append(json.loads(saved)["id"])
    connection.close()
    return identifiers


def resync(_: Bench) -> list[Row]:
    """What a client is sent that comes back 500 drag messages later."""
    with Server() as server:
        watcher, dragger, scene = EventClient(server.port), WebSocket(server.port), make_scene()
        dragger.send(messages.compact({"type": "scene_update", "scene": scene}))
        while server.snapshot()[1] < 0:
            time.sleep(0.05)
        watcher.connect()
        watcher.socket.cut()
        for step in range(500):
            scene["maps"][3]["data"]["position"]["x"] = step + 0.5
            dragger.send(messages.compact({"type": "scene_update", "scene": scene}))
        while server.snapshot()[0]["live"] != scene:
            time.sleep(0.05)
        watcher.message_sizes.clear()
        watcher.connect()
        return [row("resync of a client 500 small updates behind", sum(watcher.message_sizes), "bytes", "< 200000")]
