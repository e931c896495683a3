"""`make torture` leaves no row of the security matrix out in silence."""

from contextlib import ExitStack

import pytest

from tests.torture.__main__ import hold, load_all
from tests.torture.bench import Bench
from tests.torture.registry import ROWS, TRIALS, WAITING, Outcome, Trial, Waiting, at_most, exactly
from tests.torture.report import rows, total


def test_every_row_is_tried_or_waits_for_something_by_name() -> None:
    load_all()
    assert sorted([*TRIALS, *WAITING]) == sorted(ROWS)
    assert all(WAITING.values())


def test_what_misses_its_bar_what_breaks_and_what_cannot_be_held_here_is_said() -> None:
    def misses(_: object) -> Outcome:
        return Outcome("3 kills", exactly("lost", 1, 0), at_most("restart", 4.25, 5, "s"))

    def breaks(_: object) -> Outcome:
        raise ValueError("no such thing")

    def cannot(_: object) -> Outcome:
        raise Waiting("nobody may mount here")

    def fails(_: object) -> Outcome:
        pytest.fail("the server did not start")

    with ExitStack() as stack:
        bench = Bench(1, stack)
        held = [hold(Trial("K1", "", run, 1), bench) for run in (misses, breaks, fails, cannot)]
        held.append(hold(Trial("K1", "", misses, 1), bench, 0))
    lines = [line for each in held for line in each]
    assert [line.missed for line in lines] == [True, False, True, True, False, True]
    results = [row.rpartition("|")[2].strip() for each in held for row in rows(each).splitlines()]
    assert [result for result in results if result] == ["MISSED", "met", "MISSED", "MISSED", "waiting", "MISSED"]
    assert total(lines, 60).startswith("1 met, 4 missed, 1 rows waiting; 1 min")
