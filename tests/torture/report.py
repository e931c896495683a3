"""The one table at the end."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from tests.torture.registry import Figure

HEAD = ("id", "done", "figure", "measured", "bar", "result")
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
    def cells(self) -> tuple[str, ...]:
        """As in `HEAD`."""
        if self.figure is None:
            return self.id, self.done, "", "", "", WAITS
        result = "MISSED" if self.missed else "met" if self.figure.bar else ""
        return self.id, self.done, self.figure.name, self.figure.value, self.figure.bar, result


def table(lines: Sequence[Line]) -> str:
    """Id and what was done stand once for each row of the matrix."""
    rows = [HEAD]
    for before, line in zip([None, *lines], lines, strict=False):
        again = before is not None and before.id == line.id
        rows.append(("", "", *line.cells[2:]) if again else line.cells)
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    written = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    written.insert(1, "-+-".join("-" * width for width in widths))
    met = sum(line.figure is not None and line.figure.bar != "" and line.figure.met for line in lines)
    waiting = len([line for line in lines if line.figure is None])
    missed = sum(line.missed for line in lines)
    load = f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
    return "\n".join([*written, "", load, f"{met} met, {missed} missed, {waiting} rows waiting"])
