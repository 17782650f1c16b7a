"""Figures over one quantity, as JSON that can be drawn."""

from dataclasses import dataclass, field
from typing import Any

from benchmark.rows import Row, rounded, row, shown


@dataclass
class Series:
    """One line of a figure: points (x, y), rising in x."""

    name: str
    points: list[tuple[float, float]] = field(default_factory=list)

    def add(self, x: float, y: float) -> None:
        self.points.append((x, rounded(y)))


@dataclass
class Figure:
    """Lines over the same axes."""

    name: str  # of the file that it becomes
    label: str  # of the y axis
    unit: str
    series: list[Series] = field(default_factory=list)

    def line(self, name: str) -> Series:
        """The line of that name, made when it is first asked for."""
        for each in self.series:
            if each.name == name:
                return each
        self.series.append(Series(name))
        return self.series[-1]


@dataclass
class Curve:
    """Figures over one quantity."""

    x_label: str
    figures: list[Figure] = field(default_factory=list)

    def figure(self, name: str, label: str, unit: str) -> Figure:
        self.figures.append(Figure(name, label, unit))
        return self.figures[-1]

    def rows(self) -> list[Row]:
        return [row(f"{figure.label}: {series.name}, {shown(x)} {self.x_label}", y, figure.unit)
                for figure in self.figures for series in figure.series for x, y in series.points]

    def markdown(self) -> str:
        """A table for each figure, a column for each x."""
        tables = []
        for figure in self.figures:
            xs = sorted({x for series in figure.series for x, _ in series.points})
            lines = [f"| {figure.label}, {figure.unit} | {' | '.join(f'{shown(x)}' for x in xs)} |", "| --- |" + " --- |" * len(xs)]
            for series in figure.series:
                values = dict(series.points)
                lines.append(f"| {series.name} | {' | '.join(shown(values.get(x)) for x in xs)} |")
            tables.append("\n".join(lines) + "\n")
        return f"Over {self.x_label}:\n\n" + "\n".join(tables)

    def as_json(self) -> dict[str, Any]:
        return {"x": self.x_label, "figures": [
            {"name": figure.name, "label": figure.label, "unit": figure.unit,
             "series": [{"name": series.name, "points": series.points} for series in figure.series]}
            for figure in self.figures]}
