"""What one run of Tools/bench has measured, and how it is written down."""

import json
import os
import platform
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmark.curve import Curve
from benchmark.rows import Row, markdown


@dataclass
class Results:
    """Rows and curves by the part that measured them."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    curves: dict[str, Curve] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    def json(self) -> str:
        """All rows as one list; a curve's points are rows, too."""
        rows = [{"part": part, **each.as_json()} for part, part_rows in self.rows.items() for each in part_rows]
        rows += [{"part": part, **each.as_json()} for part, curve in self.curves.items() for each in curve.rows()]
        return json.dumps(rows, indent=1, ensure_ascii=False)

    def markdown(self) -> str:
        rows = [each for part_rows in self.rows.values() for each in part_rows]
        tables = ([markdown(rows)] if rows else []) + [curve.markdown() for curve in self.curves.values()]
        return "\n".join(tables)

    def write(self, part: str, folder: Path) -> None:
        """PART.json and PART.md: parts measured at other times keep theirs.

        A curve's Markdown names the drawings that `Tools/bench draw` makes of its JSON.
        """
        folder.mkdir(parents=True, exist_ok=True)
        if part in self.rows:
            rows = self.rows[part]
            content: dict[str, object] = {"machine": machine(), "rows": [each.as_json() for each in rows]}
            _write(folder, part, content, markdown(rows))
        else:
            curve = self.curves[part]
            drawings = "\n".join(f"![{each.label}]({part}-{each.name}.svg)" for each in curve.figures)
            _write(folder, part, {"machine": machine(), **curve.as_json()}, f"{curve.markdown()}\n{drawings}\n")


def _write(folder: Path, part: str, content: Mapping[str, object], table: str) -> None:
    (folder / f"{part}.json").write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    (folder / f"{part}.md").write_text(f"{table}\n{machine()}\n")


def machine() -> str:
    """What the figures were measured on, and when."""
    model = "a processor that doesn't say its name"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    today = time.strftime("%Y-%m-%d", time.gmtime())
    return f"{today}, {os.cpu_count()} cores of {model}, Linux {platform.release()}"
