"""All incidents as one file."""

import json
from datetime import date

from services import exports, incidents, lifecycle
from services.board import Query
from services.clock import MovedClock
from services.figures import report
from services.figures.period import Period
from services.work import SYSTEM
from tests.personas import PARIS, Cast, an_incident, in_progress

JUNE = Period(date(2026, 6, 1), date(2026, 6, 30), PARIS)
DONE = {"code": "fixed", "summary": "Service relancé."}


def test_what_is_given_out_counts_as_the_reports_do(cast: Cast, clock: MovedClock) -> None:
    """S122: answered late, resolved in time, reopened, resolved late; a breach that a lower priority hid; one that is
    open."""
    again = an_incident(cast.alice, priority="critical").reference
    hidden = in_progress(cast.alice, priority="critical").reference
    an_incident(cast.alice, priority="critical")
    clock.forward(hours=2)
    lifecycle.start_and_resolve(cast.alice, again, **DONE)
    lifecycle.reopen(cast.alice, again, reason="Cela recommence.")
    clock.forward(hours=5)
    incidents.edit(cast.alice, hidden, changes={"priority": "low"}, reason="Contourné.")
    for reference in (again, hidden):
        lifecycle.resolve(cast.alice, reference, **DONE)
    rows = json.loads("".join(exports.incidents(SYSTEM, "json")))
    found = {each.name: each.cell.value for each in report.build(cast.alice, JUNE, Query()).kpis}
    for name in ("first_response", "first_resolution", "every_resolution"):
        verdicts = [said for row in rows if (said := row[f"{name}_verdict"])]
        figure = found[name.removeprefix("first_")]
        assert (name, len(verdicts), verdicts.count("respected") / 2) == (name, 2, figure)
    assert [row["first_resolved_at"] for row in rows] == ["2026-06-15T10:00:00Z", "2026-06-15T15:00:00Z", None]
    assert [row["first_response_verdict"] for row in rows] == ["missed", "respected", None]
    assert [row["response_respected"] for row in rows] == [True, True, None]  # of the running cycle
