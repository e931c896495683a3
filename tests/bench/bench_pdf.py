"""What an incident's PDF costs, its own process included: CPU seconds, which a busy machine does not change much."""

import resource
import time
from pathlib import Path

from data import db
from data.migrate import migrate
from services import incidents
from services.reports import document, history, render
from tests.house.tree import ROOT
from tests.personas import PARIS, found_the_desk, in_progress, the_cast

BARS = {300: 3.0, 2_000: 20.0}  # events → seconds of CPU


def test_how_long_a_pdf_takes(tmp_path: Path) -> None:
    db.bind(f"sqlite:///{tmp_path}/vigie.db")
    migrate()
    found_the_desk()
    alice = the_cast().alice
    reference = in_progress(alice).reference
    figures = {}
    for events in BARS:
        for number in range(len(incidents.history(alice, reference).entries), events):
            incidents.comment(alice, reference, body=f"Essai {number} : la panne est confirmée sur tous les sites.")
        start, spent = time.perf_counter(), _cpu_s()
        report = history.collect(alice, reference)
        html = document.html(report, "fr", PARIS)
        pdf = render.print_pdf(html, history.attached(report), ROOT / "ui" / "static" / "fonts", time_limit_s=60)
        figures[events], wall = _cpu_s() - spent, time.perf_counter() - start
        assert len(report.timeline.entries) == events
        print(f"PDF of {events} events: {figures[events]:.2f} s of CPU, {wall:.2f} s by the clock, {len(pdf):,} bytes")
    db.dispose()
    assert {events for events, seconds in figures.items() if seconds > BARS[events]} == set()


def _cpu_s() -> float:
    """What this process and those that it has waited for have used so far."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in both)
