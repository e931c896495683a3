"""What an incident's PDF costs, its own process included, and how long others wait for their pages meanwhile."""

import os
import resource
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from data import db
from data.migrate import migrate
from services import chain, incidents
from services.reports import document, history, render
from tests.browser.conftest import PASSWORD, SECRET, Vigie, founded_people
from tests.house.tree import ROOT
from tests.personas import PARIS, found_the_desk, in_progress, the_cast

BARS = {300: 3.0, 2_000: 20.0}  # events → seconds of CPU
MEANWHILE_MS = 300.0


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
        limit = render.time_limit_of(len(report.timeline.entries))
        pdf = render.print_pdf(html, history.attached(report), ROOT / "ui" / "static" / "fonts", time_limit_s=limit)
        figures[events], wall = _cpu_s() - spent, time.perf_counter() - start
        assert len(report.timeline.entries) == events
        print(f"PDF of {events} events: {figures[events]:.2f} s of CPU, {wall:.2f} s by the clock, {len(pdf):,} bytes")
    print(f"load {os.getloadavg()[0]:.1f}")
    db.dispose()
    assert {events for events, seconds in figures.items() if seconds > BARS[events]} == set()


def test_how_long_others_wait_while_one_is_printed(tmp_path: Path) -> None:
    vigie = Vigie(tmp_path)
    db.bind(vigie.database_url)
    migrate()
    chain.use_secret(SECRET.encode())
    vigie.actors = founded_people()
    long, short = vigie.create("Longue histoire").reference, vigie.create("Courte histoire").reference
    for number in range(max(BARS) - 1):
        incidents.comment(vigie.actors["alice"], long, body=f"Essai {number} : la panne est confirmée.")
    vigie.start()
    try:
        waited, seconds = _meanwhile(vigie, long, short)
    finally:
        vigie.stop()
        db.dispose()
    waited.sort()
    middle, late = waited[len(waited) // 2], waited[int(len(waited) * 0.95)]
    print(
        f"{len(waited)} pages while {max(BARS):,} events are printed in {seconds:.1f} s:"
        f" median {middle:.0f} ms, 95 % {late:.0f} ms; load {os.getloadavg()[0]:.1f}"
    )
    assert late <= MEANWHILE_MS


def _meanwhile(vigie: Vigie, long: str, short: str) -> tuple[list[float], float]:
    """The milliseconds that each of Bruno's pages takes until Alice's PDF is there, and the seconds that it took."""
    waited: list[float] = []
    with (
        vigie.api("alice") as printing,
        httpx.Client(base_url=vigie.url, trust_env=False, timeout=60) as bruno,
        ThreadPoolExecutor(1) as aside,
    ):
        bruno.post("/session", data={"login": "bruno", "password": PASSWORD}, headers={"Origin": vigie.url})
        pages = ("/incidents", "/board/snapshot", f"/incidents/{short}", "/incidents/new")
        assert [bruno.get(page).status_code for page in pages] == [httpx.codes.OK] * len(pages)
        asked = time.perf_counter()
        printed = aside.submit(printing.get, f"/incidents/{long}/report.pdf", timeout=120)
        while not printed.done():
            for page in pages:
                begun = time.perf_counter()
                assert bruno.get(page).status_code == httpx.codes.OK
                waited.append((time.perf_counter() - begun) * 1000)
                time.sleep(0.05)  # people do not ask as fast as a machine can
        assert printed.result().status_code == httpx.codes.OK
    return waited, time.perf_counter() - asked


def _cpu_s() -> float:
    """What this process and those that it has waited for have used so far."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in both)
