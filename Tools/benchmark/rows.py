"""Figures, and the table that they make."""

import re
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Row:
    """One measured figure: the median of its rounds, and the lowest and highest of them."""

    what: str
    value: float
    unit: str
    target: str = ""  # such as ">= 60000" or "< 1.5"; empty where there is none
    low: float | None = None
    high: float | None = None
    rounds: int = 1

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        match = re.fullmatch(r"(<=|>=|<|>) *([0-9.,]+)", self.target)
        if not match:
            return None
        bound = float(match[2].replace(",", ""))
        return {"<=": self.value <= bound, ">=": self.value >= bound, "<": self.value < bound, ">": self.value > bound}[match[1]]

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "met": self.met}


def row(what: str, value: float, unit: str, target: str = "") -> Row:
    """A figure that was taken once."""
    return Row(what, rounded(value), unit, target)


def median_row(what: str, values: Sequence[float], unit: str, target: str = "") -> Row:
    """A figure that was taken several times."""
    return Row(what, rounded(statistics.median(values)), unit, target, rounded(min(values)), rounded(max(values)), len(values))


def ratio_row(what: str, ours: Sequence[float], theirs: Sequence[float], target: str = "") -> Row:
    """Ours divided by theirs, pair by pair: both of a pair were taken in the same round."""
    return median_row(what, [mine / other for mine, other in zip(ours, theirs, strict=True)], "×", target)


def rounded(value: float) -> float:
    """Three significant digits, which is more than such a machine repeats; whole numbers stay whole."""
    if value == 0 or abs(value) >= 1000:
        return round(value)
    return float(f"{value:.3g}")


def markdown(rows: Iterable[Row]) -> str:
    lines = ["| what | measured | lowest … highest | target | |", "| --- | --- | --- | --- | --- |"]
    marks = {True: "met", False: "**not met**", None: ""}
    for each in rows:
        spread = f"{shown(each.low)} … {shown(each.high)}" if each.rounds > 1 else ""
        lines.append(f"| {each.what} | {shown(each.value)} {each.unit} | {spread} | {each.target} | {marks[each.met]} |")
    return "\n".join(lines) + "\n"


def shown(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value == round(value) and abs(value) >= 10 else f"{value:,g}"
