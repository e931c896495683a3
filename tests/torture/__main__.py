"""`make torture`: holds the trials one after the other and prints one table, the rows of each as soon as it has ended.

Exit status 1 when a bar is missed. A trial that fails, or takes too long, is a miss and the next one is held. What a
hundred minutes do not suffice for is told as a miss, too.
"""

import argparse
import signal
import sys
import time
import traceback
from contextlib import ExitStack, suppress
from importlib import import_module
from types import FrameType

import pytest

from services import memory
from tests.torture.bench import Bench
from tests.torture.registry import ROWS, TRIALS, WAITING, Figure, Outcome, Trial, Waiting
from tests.torture.report import Line, head, rows, total

THEMES = (
    "concurrency",
    "outbox",
    "receivers",
    "letters",
    "durability",
    "powercut",
    "upkeep",
    "tampering",
    "rules",
    "disasters",
    "pressure",
    "soak",
    "fuzz",
    "browsers",
)
MINUTES = 100.0


class TooLong(Exception):
    """Raised in a trial whose time is up."""


def main() -> int:
    options = _options()
    load_all()
    unknown = [row for row in options.only if row not in ROWS]
    if unknown:
        print(f"no such row: {' '.join(unknown)}; there are {' '.join(ROWS)}", file=sys.stderr)
        return 2
    lines, begun = list[Line](), time.monotonic()
    signal.signal(signal.SIGALRM, _too_long)
    memory.keep_what_is_loaded()  # as every command does
    print(head(), flush=True)
    with ExitStack() as stack:
        bench = Bench(options.scale, stack)
        with suppress(KeyboardInterrupt):  # what is known by then is told
            for row in options.only or ROWS:
                left = options.minutes - (time.monotonic() - begun) / 60
                found = hold(TRIALS[row], bench, left) if row in TRIALS else [Line(row, WAITING[row])]
                print(rows(found), flush=True)
                lines += found
    print(f"\n{total(lines, time.monotonic() - begun)}")
    return 1 if any(line.missed for line in lines) else 0


def load_all() -> None:
    """Every theme has registered its trials."""
    for theme in THEMES:
        import_module(f"tests.torture.{theme}")


def hold(trial: Trial, bench: Bench, minutes: float = MINUTES) -> list[Line]:
    """What came of one trial, in so many minutes at most; a line for each figure."""
    if minutes < 0.1:
        return [Line(trial.id, trial.title, Figure("the trial itself", "not held", "held", False))]
    print(f"{trial.id}: {trial.title}…", file=sys.stderr, flush=True)
    begun = time.monotonic()
    most = min(trial.minutes * max(1.0, bench.scale), minutes)
    signal.setitimer(signal.ITIMER_REAL, most * 60, 60)  # again, where the first is swallowed
    try:
        outcome = trial.run(bench)
    except Waiting as reason:
        return [Line(trial.id, str(reason))]
    except (Exception, pytest.fail.Exception) as error:
        traceback.print_exc()
        broken = Figure("the trial itself", f"{type(error).__name__}: {str(error).splitlines()[:1]}", "ends", False)
        outcome = Outcome(trial.title, broken)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    seconds = time.monotonic() - begun
    return [Line(trial.id, outcome.done, figure, seconds) for figure in outcome.figures]


def _too_long(signum: int, frame: FrameType | None) -> None:
    raise TooLong("the trial took too long")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make torture", description="Holds the trials, one after the other.")
    parser.add_argument("--only", type=str.split, default=[], help="ids of rows, separated by spaces")
    parser.add_argument("--scale", type=float, default=1.0, help="of the usual number of repetitions")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="that all of them may take")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
