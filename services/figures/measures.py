"""The arithmetic of reports, and the cells that it fills. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Literal

Where = Mapping[str, Any]  # the fields of `board.Query` that list the incidents behind a number
ALMOST_ALL = 0.9999
Kind = Literal["text", "code", "day", "count", "share", "time", "at", "score"]


@dataclass(frozen=True, slots=True)
class Cell:
    """`value`: a name, a key of the catalogs, a day, a number of incidents, a share from 0 to 1, seconds, epoch
    seconds, or a mean score from 1 to 5; None where there is nothing to measure. `where` lists the incidents that a
    count counts, or that a share, time or score is taken of."""

    kind: Kind
    value: Any
    where: Where | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` and `name` are keys below `report.` in the catalogs; the first cell of a row says what it is about."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Kpi:
    """A headline, with the same of the period before; `better` is the direction in which people want it to go."""

    name: str
    cell: Cell
    before: Any
    better: Literal["up", "down", "none"] = "none"


@dataclass(frozen=True, slots=True)
class Times:
    """Of durations in seconds: how many, their mean, and what 50, 90 and 95 % of them do not exceed."""

    count: int
    mean: int | None
    p50: int | None
    p90: int | None
    p95: int | None

    @classmethod
    def of(cls, durations: Iterable[int]) -> "Times":
        ordered = sorted(durations)
        mean = round(sum(ordered) / len(ordered)) if ordered else None
        return cls(len(ordered), mean, *(percentile(ordered, share) for share in (50, 90, 95)))


def percentile(ordered: Sequence[int], percent: int) -> int | None:
    """The smallest value that `percent` % of all do not exceed (nearest rank): always one that occurred."""
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)] if ordered else None


def share(part: int, whole: int) -> float | None:
    """From 0 to 1, and never 1 where one is missing; None of nothing."""
    if not whole:
        return None
    return round(part / whole, 4) if part >= whole else min(round(part / whole, 4), ALMOST_ALL)


def covered(intervals: Iterable[tuple[int, int]]) -> int:
    """Seconds that at least one of the intervals covers."""
    seconds, reached = 0, None
    for begun, over in sorted(intervals):
        start = begun if reached is None else max(begun, reached)
        if over > start:
            seconds += over - start
            reached = over
    return seconds
