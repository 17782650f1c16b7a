"""What senders send, as files for the load programs: `~#` and 16 zeros become the time when a message is due, `@#` its number."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scenes import make_scene

DUE = "~#" + "0" * 16
NUMBER = "@#" + "0" * 16


def compact(value: Any) -> str:
    """JSON as a browser writes it."""
    return json.dumps(value, separators=(",", ":"))


def stamped_scene(byte_count: int = 20_000, step: int = 0) -> dict[str, Any]:
    """A scene of about that many bytes, with the stamp near its beginning and one token moved by the step."""
    base_bytes, token_bytes = 1_400, 300
    scene = make_scene(tokens=max(1, (byte_count - base_bytes) // token_bytes))
    scene["maps"][step // 16 % len(scene["maps"])]["data"]["position"]["x"] = step + 0.25
    stamped = {"id": scene.pop("id"), "stamp": DUE, **scene}
    padding = byte_count - len(compact(stamped)) - len(',"notes":""')
    return stamped | ({"notes": "." * padding} if padding > 0 else {})


def scene_updates(byte_count: int = 20_000, steps: int = 64) -> Iterator[str]:
    """`scene_update` messages, each moving a token of the one before."""
    for step in range(steps):
        yield compact({"type": "scene_update", "scene": stamped_scene(byte_count, step)})


def small_commands(steps: int = 64) -> Iterator[str]:
    """`live.change` commands whose events have patches of about 150 bytes."""
    for step in range(steps):
        patch = [{"op": "replace", "path": f"/live/maps/{step % 8}/data/position/x", "value": step + 0.5},
                 {"op": "replace", "path": "/live/stamp", "value": DUE}]
        yield compact({"type": "command", "id": NUMBER, "name": "live.change", "data": {"patch": patch}})


def write(folder: str, messages: Iterator[str]) -> Path:
    path = Path(folder) / "messages.jsonl"
    path.write_text("".join(f"{message}\n" for message in messages))
    return path
