"""`make torture` leaves no row of the security matrix out in silence."""

from tests.torture.__main__ import hold, load_all
from tests.torture.registry import ROWS, TRIALS, WAITING, Outcome, Trial, Waiting, at_most, exactly
from tests.torture.report import table


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

    held = [hold(Trial("K1", "", run, 1), None) for run in (misses, breaks, cannot)]  # type: ignore[arg-type]
    lines = [line for each in held for line in each]
    assert [line.missed for line in lines] == [True, False, True, False]
    last = table(lines).splitlines()[-7:]
    assert [row.rpartition("|")[2].strip() for row in last[:4]] == ["MISSED", "met", "MISSED", "waiting"]
    assert last[-1] == "1 met, 2 missed, 1 rows waiting"
