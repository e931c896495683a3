"""The one table: a head, the rows of each trial as soon as it has ended, and a sum."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from tests.torture.registry import Figure

WIDTHS = (4, 72, 12, 12, 7)
HEAD = ("id", "figure", "measured", "bar", "result")
WAITS = "waiting"


@dataclass(frozen=True, slots=True)
class Line:
    """A figure of a trial; without one, `done` says what the row waits for."""

    id: str
    done: str
    figure: Figure | None = None
    seconds: float = 0

    @property
    def missed(self) -> bool:
        """Whether the bar is missed."""
        return self.figure is not None and not self.figure.met

    @property
    def result(self) -> str:
        if self.figure is None:
            return WAITS
        return "MISSED" if self.missed else "met" if self.figure.bar else ""


def head() -> str:
    return f"{_row(*HEAD)}\n{'-+-'.join('-' * width for width in WIDTHS)}"


def rows(lines: Sequence[Line]) -> str:
    """Of one trial: what was done, how long that took and under which load, then a row for each figure."""
    first = lines[0]
    if first.figure is None:
        return _row(first.id, first.done, "", "", WAITS)
    load = f"load {os.getloadavg()[0]:.1f}"
    written = [_row(first.id, first.done, f"{first.seconds:,.0f} s", load, "")]
    for line in lines:
        assert line.figure is not None
        written.append(_row("", f"  {line.figure.name}", line.figure.value, line.figure.bar, line.result))
    return "\n".join(written)


def total(lines: Sequence[Line], seconds: float) -> str:
    met = sum(line.figure is not None and line.figure.bar != "" and line.figure.met for line in lines)
    waiting = len([line for line in lines if line.figure is None])
    missed = sum(line.missed for line in lines)
    return f"{met} met, {missed} missed, {waiting} rows waiting; {seconds / 60:.0f} min on {os.cpu_count()} processors"


def _row(*cells: str) -> str:
    return " | ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()
