"""A day of a wall, compressed: ten changes a minute, new critical incidents, four restarts, ten cuts (B2).

    .venv/bin/python -m tests.bench.bench_wall [SECONDS]

One hour of the day is as many seconds as SECONDS / 24 (180 in all unless said). Printed at each hour: what the screen
shows against what the database says, nodes, listeners and heap of the page, memory of the server; at the end the
longest times without news, and until the screen was right again. Exit status 1 when the screen was ever wrong at the
end of an hour, silent for a minute, right later than 30 seconds after, grown by more than a tenth, or reloaded.
"""

import sys
import tempfile
import time
from pathlib import Path
from random import Random
from statistics import median

from playwright.sync_api import CDPSession, Page, sync_playwright

from data import db
from data.migrate import migrate
from services import board, chain, displays, lifecycle
from services.displays import Wish
from tests.browser.conftest import FLAGS, SECRET, Vigie, founded_people
from tests.browser.program import browser_program

HOURS = 24
RESTARTS = {5: "kill", 11: "stop", 15: "kill", 21: "stop"}
CUTS = (1, 3, 7, 8, 10, 13, 14, 17, 18, 22)
CUT_S = 4.0
PATIENCE_S = 40.0
SILENT_S, RIGHT_S, GROWN = 60.0, 30.0, 1.10
MINUTES, CHANGES = 60, 10  # of an hour; of a minute


class Day:
    """One screen, one server, and what happens to them."""

    def __init__(self, vigie: Vigie, page: Page, chromium: CDPSession) -> None:
        self.vigie, self.page, self.chromium = vigie, page, chromium
        self.random = Random(7)
        self.open: list[str] = []
        self.changes = 0
        self.worst_back = self.worst_stale = 0.0
        self.wrong: list[str] = []
        self.heaps: list[float] = []

    def hour(self, hour: int, seconds: float) -> None:
        """Its changes, in so long at least; a restart or a cut in the middle of some; then the screen is right."""
        begun = time.monotonic()
        for minute in range(MINUTES):
            for turn in range(CHANGES):
                self.change(critical=minute == turn == 0)
            if minute == MINUTES // 2:
                self.disturb(hour)
            time.sleep(max(0.0, begun + seconds * (minute + 1) / MINUTES - time.monotonic()))
        took = self.right_again()
        print(f"{hour:02d} h  {self.changes:5d} changes  right after {took:5.2f} s  {self.size()}", flush=True)

    def change(self, *, critical: bool) -> None:
        self.changes += 1
        alice = self.vigie.actors["alice"]
        if len(self.open) < 30 or critical:
            priority = "critical" if critical else self.random.choice(["high", "medium", "low"])
            self.open.append(self.vigie.create(f"Panne {self.changes}-{len(self.open)}", priority=priority).reference)
        else:
            reference = self.open.pop(self.random.randrange(len(self.open)))
            lifecycle.start_and_resolve(alice, reference, code="fixed", summary="Relancé.")

    def disturb(self, hour: int) -> None:
        if how := RESTARTS.get(hour):
            getattr(self.vigie, how)()
            self.stale()
            self.change(critical=False)
            self.vigie.start()
        elif hour in CUTS:
            self.page.context.set_offline(True)
            self.stale()
            time.sleep(CUT_S)
            self.page.context.set_offline(False)

    def stale(self) -> None:
        """Waits until the screen says that its rows are old."""
        begun = time.monotonic()
        self.page.wait_for_selector(".vg-wall-lost", timeout=60_000)
        self.worst_stale = max(self.worst_stale, time.monotonic() - begun)

    def right_again(self) -> float:
        """The seconds until the screen shows exactly what is open, and that it is live."""
        begun = time.monotonic()
        wanted = sorted(row["ref"] for row in board.open_rows())
        shown: list[str] = []
        while time.monotonic() - begun < PATIENCE_S:
            shown = self.page.evaluate("[...window.vigieWall.feed.rows.values()].map((row) => row.ref).sort()")
            if shown == wanted and not self.page.evaluate("window.vigieWall.feed.state.lost"):
                break
            time.sleep(0.1)
        else:
            self.wrong.append(f"{len(shown)} shown, {len(wanted)} open")
        took = time.monotonic() - begun
        self.worst_back = max(self.worst_back, took)
        return took

    def size(self) -> str:
        self.chromium.send("HeapProfiler.collectGarbage")
        found = {each["name"]: each["value"] for each in self.chromium.send("Performance.getMetrics")["metrics"]}
        pages = int(Path(f"/proc/{self.vigie.pid}/statm").read_text().split()[1])
        self.heaps.append(found["JSHeapUsedSize"] / 1e6)
        return (
            f"nodes {found['Nodes']:5.0f}  listeners {found['JSEventListeners']:3.0f}  "
            f"heap {self.heaps[-1]:5.2f} MB  server {pages * 4096 / 1e6:5.0f} MB"
        )

    def grown(self) -> float:
        """The heap of the last six hours to that of the first six, after the page's first one."""
        return median(self.heaps[-6:]) / median(self.heaps[2:8])


def main(seconds: float) -> int:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        vigie = Vigie(Path(folder))
        db.bind(vigie.database_url)
        migrate()
        chain.use_secret(SECRET.encode())
        vigie.actors = founded_people()
        vigie.start()
        chromium = playwright.chromium.launch(executable_path=browser_program(whole=True), args=FLAGS)
        context = chromium.new_context(base_url=vigie.url, viewport={"width": 1920, "height": 1080})
        page = context.new_page()
        page.goto("/wall")
        page.wait_for_selector(".vg-wall-code b:text-matches('[0-9]')")
        code = "".join(page.locator(".vg-wall-code b").all_inner_texts())
        displays.pair(vigie.actors["emile"], code, Wish(name="Bench"))
        page.wait_for_selector(".vg-wall-clear, .vg-wall-row")
        page.evaluate("window.sameDocument = true")
        session = context.new_cdp_session(page)
        session.send("Performance.enable")
        day = Day(vigie, page, session)
        print(f"00 h  {day.size()}", flush=True)
        for hour in range(HOURS):
            day.hour(hour, seconds / HOURS)
        same = page.evaluate("window.sameDocument === true")
        print(f"{day.changes} changes, {len(RESTARTS)} restarts, {len(CUTS)} cuts; same document: {same}")
        print(f"said to be stale after {day.worst_stale:.1f} s, right again after {day.worst_back:.1f} s, at most")
        print(f"wrong at the end of an hour: {day.wrong or 'never'}; heap, last hours to first: {day.grown():.2f}")
        chromium.close()
        vigie.stop()
        db.dispose()
        late = day.worst_stale > SILENT_S or day.worst_back > RIGHT_S
        return int(bool(day.wrong) or late or day.grown() > GROWN or not same)


def test_a_day_of_a_wall() -> None:
    """B2."""
    assert main(120.0) == 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 180.0))
