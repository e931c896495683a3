"""The trials of `make torture`, by the id of their row in the security matrix, and the rows that wait for something.

    @trial("K1", "kill -9 of the whole app under load")
    def killed(bench: Bench) -> Outcome:
        ...
        return Outcome("40 kills, 3,120 acknowledged writes", exactly("lost writes", lost, 0))

A trial is a function that does something destructive or long, and returns what it measured against its bars.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.torture.bench import Bench

# Every row of the matrix that is too long or too destructive for the ordinary suite.
ROWS = (
    *("S7", "X1", "W2", "P2", "M1", "M2", "M4", "I1", "I2", "C1", "C3", "C4"),
    *("K1", "K2", "K3", "K4", "K5", "K6", "K7", "K8", "K9", "K10", "K11"),
    *("Z3", "Z4", "L2", "R1", "R2", "R3", "R4", "R5"),
)
WAITING = {"K10": "no version has been released yet"}


class Waiting(Exception):
    """Raised by a trial that cannot be held on this machine; its text says why."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, as it is printed, and whether that is good enough."""

    name: str
    value: str
    bar: str
    met: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """`done`: what was done, and how many times."""

    done: str
    figures: tuple[Figure, ...]

    def __init__(self, done: str, *figures: Figure) -> None:
        object.__setattr__(self, "done", done)
        object.__setattr__(self, "figures", figures)


@dataclass(frozen=True, slots=True)
class Trial:
    """`minutes`: where it is stopped, as a miss."""

    id: str
    title: str
    run: Callable[[Bench], Outcome]
    minutes: float


TRIALS: dict[str, Trial] = {}


def trial(
    row: str, title: str, *, minutes: float = 8
) -> Callable[[Callable[[Bench], Outcome]], Callable[[Bench], Outcome]]:
    """The function is the trial of this row."""

    def register(run: Callable[[Bench], Outcome]) -> Callable[[Bench], Outcome]:
        assert row in ROWS, row
        assert row not in TRIALS, row
        TRIALS[row] = Trial(row, title, run, minutes)
        return run

    return register


def exactly(name: str, value: int, bar: int) -> Figure:
    """As many as there must be, no more and no fewer."""
    return Figure(name, f"{value:,}", f"{bar:,}", value == bar)


def at_most(name: str, value: float, bar: float, unit: str = "") -> Figure:
    """Not more than the bar."""
    return Figure(name, _shown(value, unit), f"≤ {_shown(bar, unit)}", value <= bar)


def at_least(name: str, value: float, bar: float, unit: str = "") -> Figure:
    """Not less than the bar."""
    return Figure(name, _shown(value, unit), f"≥ {_shown(bar, unit)}", value >= bar)


def told(name: str, value: float, unit: str = "") -> Figure:
    """For the reader's information; there is no bar."""
    return Figure(name, _shown(value, unit), "", True)


def _shown(value: float, unit: str) -> str:
    digits = 0 if float(value).is_integer() or abs(value) >= 100 else 2 if abs(value) < 10 else 1
    return f"{value:,.{digits}f} {unit}".strip()
