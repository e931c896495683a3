"""What Vigie costs on a phone: what the first opening loads beyond NiceGUI's own files, and how long a tap takes.

A tap is nearly all the server's answer: some 40 ms where the machine has nothing else to do. Beside other work it waits
for its turn, hence the machine's load and the server's own CPU time beside the figure. The first taps of a process,
whose statements are not compiled yet, do not count.
"""

import os
import statistics
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from data import db
from data.migrate import migrate
from services import chain
from tests.bench.bench_board import Server
from tests.browser.conftest import FLAGS, SECRET, Vigie, founded_people, sign_in
from tests.browser.program import browser_program

OPEN, TAPS, WARM = 200, 20, 3
MOST_KB, MOST_MS = 300, 300
OF_NICEGUI = ("/_nicegui/3", "/_nicegui_ws")
OURS = ("/esm/", "/components/")

# What came over the line, as the browser counted it.
SIZES = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .map((entry) => [entry.name.replace(location.origin, ""), entry.encodedBodySize])"""

# From the finger to the sentence that the server has confirmed.
TAP = """async () => {
  const button = document.querySelector(".vg-mcard .vg-mstep"), region = document.querySelector(".vg-mtoasts");
  const reference = button.closest(".vg-mcard").dataset.ref, from = performance.now();
  button.click();
  while (!region.textContent.includes(reference)) await new Promise(requestAnimationFrame);
  return performance.now() - from;
}"""


def test_what_a_phone_costs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """B3."""
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # by which NiceGUI leaves out compression
    vigie = Vigie(tmp_path)
    db.bind(vigie.database_url)
    migrate()
    chain.use_secret(SECRET.encode())
    vigie.actors = founded_people()
    for number in range(OPEN):
        vigie.create(f"Imprimante hors ligne, poste {number}")
    vigie.start()
    try:
        loaded, taps, cpu = _measured(vigie)
    finally:
        vigie.stop()
        db.dispose()
    ours = sum(size for path, size in loaded.items() if not _is_of_nicegui(path)) / 1000
    whole = sum(loaded.values()) / 1000
    tap = statistics.median(taps)
    print(f"\nfirst opening of /m, {OPEN} open: {ours:.0f} kB beyond NiceGUI (bar {MOST_KB}), {whole:.0f} in all")
    print(f"tap to confirmed: {tap:.0f} ms median, {max(taps):.0f} worst of {TAPS} (bar {MOST_MS})")
    print(f"server CPU for each tap: {cpu:.0f} ms; load of the machine meanwhile: {os.getloadavg()[0]:.1f}")
    assert ours <= MOST_KB
    assert tap <= MOST_MS


def _measured(vigie: Vigie) -> tuple[dict[str, int], list[float], float]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_program(whole=True), args=FLAGS)
        context = browser.new_context(
            base_url=vigie.url, viewport={"width": 360, "height": 740}, has_touch=True, service_workers="block"
        )
        page = context.new_page()
        sign_in(page, vigie, "alice")
        page.goto("/m")
        expect(page.locator(".vg-phone[aria-busy=false]")).to_be_visible()
        page.wait_for_function("window.did_handshake")
        page.wait_for_timeout(1000)
        loaded = {path: int(size) for path, size in page.evaluate(SIZES)}
        taps: list[float] = []
        server, cpu = Server(vigie.pid), 0.0
        for number in range(WARM + TAPS):
            if number == WARM:
                taps, cpu = [], server.cpu_ms()
            taps.append(float(page.evaluate(TAP)))
            page.wait_for_timeout(300)
        cpu = (server.cpu_ms() - cpu) / TAPS
        browser.close()
    return loaded, taps, cpu


def _is_of_nicegui(path: str) -> bool:
    return path.startswith(OF_NICEGUI) and not any(part in path for part in OURS)
