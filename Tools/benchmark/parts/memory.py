"""How much memory the server has when nothing happens."""

import time

from server_process import Server

from benchmark.bench import Bench
from benchmark.parts.reconnect import resume_path, save_scenes
from benchmark.processes import raise_descriptor_limit, resident_kb
from benchmark.rows import Row, row
from benchmark.viewers import Held

SETTLE_SECONDS = 2


def memory(bench: Bench, connections: int = 5_000) -> list[Row]:
    """Idle after a restart, with 10,000 saved scenes of 20 KB; then with idle connections."""
    scenes = 1_000 if bench.quick else 10_000
    # Both ends of every connection are on this machine; the server keeps a quarter of its descriptors back.
    connections = min(connections, raise_descriptor_limit() * 3 // 4 - 100)
    with Server() as server:
        save_scenes(server.port, scenes)
        time.sleep(SETTLE_SECONDS)  # a snapshot that is on its way to disk is as large as the scenes once more
        written = resident_kb(server.process.pid)
        restart(server)
        idle = resident_kb(server.process.pid)
        rows = [
            row(f"resident after {scenes:,} scenes of 20 KB were saved", written / 1000, "MB"),
            row(f"resident, idle, {scenes:,} saved scenes of 20 KB, after a restart", idle / 1000, "MB",
                "" if bench.quick else "< 400")]
        for protocol in ("plain", "events"):
            rows.append(row(f"resident per idle connection ({connections:,} {protocol} ones)",
                            _per_connection(bench, server, protocol, connections), "KB", "< 12"))
            restart(server)  # what these leave behind must not serve the next ones
        return rows


def restart(server: Server) -> None:
    server.stop(60)
    server.start()
    time.sleep(SETTLE_SECONDS)


def _per_connection(bench: Bench, server: Server, protocol: str, connections: int) -> float:
    path = resume_path(server) if protocol == "events" else "/ws"
    before = resident_kb(server.process.pid)
    with Held(bench, server.port, protocol, connections, path):
        time.sleep(SETTLE_SECONDS)
        return (resident_kb(server.process.pid) - before) / connections
