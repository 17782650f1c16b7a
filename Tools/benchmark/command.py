"""Tools/bench's arguments, and running what they name."""

import argparse
import importlib
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import CalledProcessError

from benchmark.bench import Bench, Unavailable, build, use
from benchmark.curve import Curve
from benchmark.results import Results
from benchmark.rows import Row

# Name: module and function. Modules are imported when they are needed, as some need a peer's library.
PARTS = {
    "fanout": "fanout:fanout",
    "patches": "fanout:patches",
    "update": "fanout:update",
    "reconnect": "reconnect:reconnect",
    "resync": "reconnect:resync",
    "rest": "rest:rest",
    "files": "rest:files",
    "upload": "upload:upload",
    "memory": "memory:memory",
    "append": "append:append",
    "commands": "append:commands",
    "bytes": "append:bytes_on_disk",
    "replay": "replay:replay",
    "start": "replay:start",
    "history": "history:history",
    "trace": "history:trace",
    "hostile": "hostile_clients:hostile_clients",
}
CURVES = {
    "curve-viewers": "curves:viewers_curve",
    "curve-events": "curves:events_curve",
    "curve-document": "curves:document_curve",
}


def main(description: str | None) -> int:
    options = _arguments(description)
    # So that whoever ends it ends what it started, too: leaving the `with` blocks does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    if options.parts[:1] == ["draw"]:
        from benchmark.drawing import draw
        return _reported(lambda: draw(Path(options.parts[1]), Path(options.parts[2])))
    if options.list:
        print("\n".join([*PARTS, *CURVES]))
        return 0
    if options.install:
        from benchmark.peers.packages import install
        install()
        if not options.parts:
            return 0
    binaries = options.binaries.resolve() if options.binaries else build()
    use(binaries)
    bench = Bench(binaries, options.quick, options.rounds or (1 if options.quick else 3))
    results = _measure(bench, options.parts or [*PARTS, *CURVES], options.write)
    print(results.json() if options.json else results.markdown())
    return 1 if results.failed else 0


def _arguments(description: str | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help="all without any; --list names them")
    parser.add_argument("--list", action="store_true", help="names the parts")
    parser.add_argument("--quick", action="store_true", help="one short round of each")
    parser.add_argument("--rounds", type=int, help="how often each is measured (3; 1 with --quick)")
    parser.add_argument("--json", action="store_true", help="prints JSON in place of Markdown")
    parser.add_argument("--write", type=Path, metavar="DIR", help="writes PART.md and PART.json there")
    parser.add_argument("--binaries", type=Path, metavar="DIR", help="the programs to measure; nothing is built")
    parser.add_argument("--install", action="store_true",
                        help="installs the peers' Debian packages; measures only the parts that are named")
    options = parser.parse_args()
    if options.parts[:1] == ["draw"]:
        if len(options.parts) != 3:
            parser.error("draw takes a curve's JSON and a folder: Tools/bench draw FILE.json DIR")
        return options
    if options.rounds is not None and options.rounds < 1:
        parser.error("--rounds takes a number from 1 on")
    unknown = [part for part in options.parts if part not in PARTS | CURVES]
    if unknown:
        parser.error(f"no part {unknown[0]}; there are: {', '.join([*PARTS, *CURVES])}")
    return options


def _measure(bench: Bench, parts: list[str], folder: Path | None) -> Results:
    """Measures all parts, and writes each down at once, as all of them take long. One that can't be measured is reported, and
    the others go on."""
    results = Results()
    for part in parts:
        begun = time.monotonic()
        print(f"{part} …", file=sys.stderr, flush=True)
        try:
            measured = _function(part)(bench)
        except (Unavailable, RuntimeError, TimeoutError, AssertionError, OSError, CalledProcessError) as error:
            print(f"{part}: {error}", file=sys.stderr, flush=True)
            results.failed.append(part)
            continue
        if isinstance(measured, Curve):
            results.curves[part] = measured
        else:
            results.rows[part] = measured
        if folder:
            results.write(part, folder)
        print(f"{part}: {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    return results


def _function(part: str) -> Callable[[Bench], list[Row] | Curve]:
    module, function = (PARTS | CURVES)[part].split(":")
    return getattr(importlib.import_module(f"benchmark.parts.{module}"), function)


def _reported(work: Callable[[], None]) -> int:
    try:
        work()
    except Unavailable as error:
        print(error, file=sys.stderr)
        return 1
    return 0
