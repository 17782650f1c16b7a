"""Draws a curve's JSON as SVG, one file a figure, with matplotlib."""

import json
from pathlib import Path
from typing import Any

from benchmark.bench import Unavailable


def draw(curve: Path, folder: Path) -> None:
    """Writes FOLDER/<curve>-<figure>.svg for each figure."""
    try:
        import matplotlib
    except ImportError:
        raise Unavailable("drawing needs matplotlib: apt-get install python3-matplotlib and /usr/bin/python3 Tools/bench draw …, "
                          "or python3 -m venv DIR && DIR/bin/pip install matplotlib and DIR/bin/python Tools/bench draw …") from None
    # Text stays text, and the same figures give the same file.
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "spelltable", "font.size": 10})
    matplotlib.use("svg")
    content = json.loads(curve.read_text())
    folder.mkdir(parents=True, exist_ok=True)
    for figure in content["figures"]:
        _draw_figure(figure, content["x"], folder / f"{curve.stem}-{figure['name']}.svg")


def _draw_figure(figure: dict[str, Any], x_label: str, path: Path) -> None:
    from matplotlib import pyplot
    drawing, axes = pyplot.subplots(figsize=(7, 4))
    for series in figure["series"]:
        # A value of zero has no place on a logarithmic axis.
        points = [(x, y) for x, y in series["points"] if x > 0 and y > 0]
        axes.plot([x for x, _ in points], [y for _, y in points], marker="o", markersize=4, label=series["name"])
    axes.set(xscale="log", yscale="log", xlabel=x_label, ylabel=f"{figure['label']}, {figure['unit']}")
    axes.grid(True, which="major", color="0.85")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    drawing.tight_layout()
    drawing.savefig(path, format="svg", metadata={"Date": None})
    pyplot.close(drawing)
