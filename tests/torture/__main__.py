"""`make torture`: holds the trials one after the other and prints one table; exit status 1 when a bar is missed."""

import argparse
import signal
import sys
import time
import traceback
from contextlib import ExitStack, suppress
from importlib import import_module
from types import FrameType

from tests.torture.bench import Bench
from tests.torture.registry import ROWS, TRIALS, WAITING, Figure, Outcome, Trial, Waiting
from tests.torture.report import Line, table

THEMES = (
    "concurrency",
    "outbox",
    "receivers",
    "durability",
    "powercut",
    "upkeep",
    "tampering",
    "rules",
    "disasters",
    "pressure",
    "fuzz",
    "browsers",
)


def main() -> int:
    options = _options()
    load_all()
    unknown = [row for row in options.only if row not in ROWS]
    if unknown:
        print(f"no such row: {' '.join(unknown)}; there are {' '.join(ROWS)}", file=sys.stderr)
        return 2
    lines = []
    signal.signal(signal.SIGALRM, _too_long)
    with ExitStack() as stack:
        bench = Bench(options.scale, stack)
        with suppress(KeyboardInterrupt):  # what is known by then is told
            for row in options.only or ROWS:
                lines += hold(TRIALS[row], bench) if row in TRIALS else [Line(row, WAITING[row])]
    print(table(lines))
    return 1 if any(line.missed for line in lines) else 0


def load_all() -> None:
    """Every theme has registered its trials."""
    for theme in THEMES:
        import_module(f"tests.torture.{theme}")


def hold(trial: Trial, bench: Bench) -> list[Line]:
    """What came of one trial; a line for each figure."""
    print(f"{trial.id}: {trial.title}…", file=sys.stderr, flush=True)
    begun = time.monotonic()
    signal.setitimer(signal.ITIMER_REAL, trial.minutes * 60)
    try:
        outcome = trial.run(bench)
    except Waiting as reason:
        return [Line(trial.id, str(reason))]
    except Exception as error:
        traceback.print_exc()
        broken = Figure("the trial itself", f"{type(error).__name__}: {str(error).splitlines()[:1]}", "ends", False)
        outcome = Outcome(trial.title, broken)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    seconds = time.monotonic() - begun
    missed = [f"{figure.name}: {figure.value}" for figure in outcome.figures if not figure.met]
    said = f"MISSED {'; '.join(missed)}" if missed else "all met"
    print(f"{trial.id}: {outcome.done}, {seconds:.0f} s: {said}", file=sys.stderr, flush=True)
    return [Line(trial.id, outcome.done, figure, seconds) for figure in outcome.figures]


def _too_long(signum: int, frame: FrameType | None) -> None:
    raise TimeoutError("the trial took too long")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make torture", description=__doc__)
    parser.add_argument("--only", type=str.split, default=[], help="ids of rows, separated by spaces")
    parser.add_argument("--scale", type=float, default=1.0, help="of the usual number of repetitions")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
