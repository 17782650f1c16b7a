"""Reading over HTTP: the lists, scenes, and files beside nginx."""

import os
import random
from pathlib import Path

from forms import upload
from server_process import Server

from benchmark.bench import Bench, scratch
from benchmark.http_load import Answers, ask
from benchmark.parts.reconnect import save_scenes
from benchmark.peers.nginx import Nginx
from benchmark.rows import Row, median_row, ratio_row

SCENE_BYTES = 2_000  # as the old server was measured with
FILE_BYTES = 5_000_000
# A second, measured on such a machine with 10,000 scenes.
OLD_LIST, OLD_LOAD, OLD_MAPS = 0.4, 4.7, 395


def rest(bench: Bench) -> list[Row]:
    """GET /scenes/list, /scenes/load and /maps/list with 10,000 scenes of 2 KB and 200 maps."""
    scenes = 1_000 if bench.quick else 10_000
    with Server() as server:
        identifiers = save_scenes(server.port, scenes, SCENE_BYTES)
        for number in range(200):
            upload_map(server, f"map-{number}.png", picture(1_000, number))
        random.Random(1).shuffle(identifiers)
        rows = []
        for name, paths, old, target in (
                ("/scenes/list", ["/scenes/list"], OLD_LIST, ">= 50"),
                ("/scenes/load", [f"/scenes/load/{each}" for each in identifiers], OLD_LOAD, ">= 2000"),
                ("/maps/list", ["/maps/list"], OLD_MAPS, "")):
            taken = [ask(server.port, paths, bench.seconds(4, 2), [server.process.pid]) for _ in range(bench.rounds)]
            rows += _rows(f"GET {name}, {scenes:,} scenes", taken)
            if scenes == 10_000:
                rates = [each.per_second for each in taken]
                rows.append(ratio_row(f"GET {name}: ours ÷ old server ({old}/s, measured elsewhere)", rates,
                                      [old] * len(rates), target))
        return rows


def files(bench: Bench) -> list[Row]:
    """A file of 5 MB, whole, beside nginx with the same file."""
    content = picture(FILE_BYTES)
    ours, theirs = [], []
    with Server() as server, scratch("nginx-root") as root:
        upload_map(server, "large.png", content)
        os.chmod(root, 0o755)
        (Path(root) / "large.png").write_bytes(content)
        with Nginx(Path(root)) as nginx:
            for _ in range(bench.rounds):
                seconds = bench.seconds(4, 2)
                ours.append(ask(server.port, ["/maps/file/Dungeons/large.png"], seconds, [server.process.pid]))
                theirs.append(ask(nginx.port, ["/large.png"], seconds, nginx.pids))
    what = "GET of a 5 MB file"
    return [
        *_rows(what, ours), *_rows(f"{what}: nginx", theirs),
        ratio_row(f"{what}: ours ÷ nginx", [each.per_second for each in ours], [each.per_second for each in theirs], ">= 0.8"),
        ratio_row(f"{what}: nginx's CPU ÷ ours", [each.cpu_us_each for each in theirs], [each.cpu_us_each for each in ours])]


def _rows(what: str, taken: list[Answers]) -> list[Row]:
    return [
        median_row(what, [each.per_second for each in taken], "/s"),
        median_row(f"{what}: server CPU each", [each.cpu_us_each for each in taken], "µs"),
        median_row(f"{what}: p99", [each.p99_ms for each in taken], "ms")]


def picture(byte_count: int, seed: int = 1) -> bytes:
    """Bytes that begin as a PNG does."""
    return b"\x89PNG\r\n\x1a\n" + random.Random(seed).randbytes(byte_count - 8)


def upload_map(server: Server, name: str, content: bytes) -> None:
    status, _, answer = upload(server, "/maps/upload", name, content, folder="Dungeons")
    if status != 200:
        raise RuntimeError(f"{name} was not uploaded: {status} {answer[:200]!r}")
