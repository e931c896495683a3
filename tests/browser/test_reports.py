"""The report of a period: from a number to the incidents behind it, and back."""

import csv
import io
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from services import lifecycle
from tests.browser.conftest import PageAs, Vigie


def test_a_number_opens_a_list_with_that_many_rows(vigie: Vigie, page_as: PageAs) -> None:
    """S72, S122: headline, bar and table cell; period and filters are in the address, also after « back »."""
    alice = vigie.actors["alice"]
    for place in range(7):
        made = vigie.create(f"Panne {place}", category="network" if place < 3 else "software", priority="high")
        if place < 4:
            lifecycle.start_and_resolve(alice, made.reference, code="fixed", summary="Redémarré.")
    page = page_as("alice")
    page.goto("/reports")
    expect(page.locator("[data-kpi=created] b")).to_have_text("7")
    expect(page.locator("[data-kpi=resolution] b")).to_have_text(re.compile("100"))

    page.locator("[data-period='7d']").click()
    expect(page).to_have_url(re.compile(r"period=7d"))
    page.get_by_label("Toutes les catégories").select_option("network")
    expect(page.locator("[data-kpi=created] b")).to_have_text("3")
    expect(page).to_have_url(re.compile(r"period=7d&category=network"))

    page.locator("[data-kpi=created]").click()
    expect(page).to_have_url(re.compile(r"/incidents\?category=network&created_from="))
    expect(page.locator(".vg-tr")).to_have_count(3)
    expect(page.locator("[data-past=created]")).to_be_visible()

    page.go_back()
    expect(page.locator("[data-kpi=created] b")).to_have_text("3")
    page.get_by_label("Toutes les catégories").select_option("")
    card = page.locator("[data-table=by_category]")
    card.get_by_role("button", name="Voir les données").click()
    number = card.get_by_role("row", name=re.compile("Logiciel")).get_by_role("link").first
    expect(number).to_have_text("4")
    number.click()
    expect(page.locator(".vg-tr")).to_have_count(4)
    page.locator("[data-past=created]").click()  # the chip takes it off: the live board again, with its filter
    expect(page).not_to_have_url(re.compile("created_from"))
    expect(page.locator(".vg-tr")).to_have_count(3)

    page.goto("/incidents?created_from=2026-11-01&created_to=2026-11-30")
    expect(page.locator("[data-past=created]")).to_contain_text("Créés : 1er nov. 2026 – 30 nov. 2026")
    page.goto("/incidents?created_from=2026-11-01&created_to=2026-11-30&lang=en")
    expect(page.locator("[data-past=created]")).to_contain_text("Created: 1 Nov 2026 – 30 Nov 2026")
    today = datetime.now(ZoneInfo("Europe/Paris")).date()
    page.goto(f"/incidents?created_from={today - timedelta(days=1)}&created_to={today}")
    expect(page.locator(".vg-tr")).to_have_count(7)


def test_the_drawings_write_their_numbers_as_the_language_does(page_as: PageAs) -> None:
    page = page_as("alice")
    for language, share, bar in (("fr", "100\u00a0%", "\u00a0: "), ("en", "100%", ": ")):
        page.goto(f"/reports?lang={language}")
        axis = page.locator("[data-table=compliance] .vg-chart__svg text").filter(has_text="100")
        expect(axis).to_have_text(re.compile(f"^{share}$"))
        title = page.locator("[data-table=by_category] .vg-bars__bar").first.get_attribute("title")
        assert title
        assert re.fullmatch(rf"\w+{bar}\d+", title)


def test_a_table_is_a_file_and_a_wrong_period_says_so(vigie: Vigie, page_as: PageAs) -> None:
    """S72: what a spreadsheet would compute is escaped."""
    page = page_as("alice")
    page.goto("/reports?from=2026-06-02&to=2026-06-01")
    expect(page.get_by_role("alert")).to_contain_text("ne conviennent pas")
    page.get_by_role("button", name="Effacer les filtres").click()
    with page.expect_download() as download:
        page.locator("[data-table=by_priority]").get_by_role("link", name="Télécharger").click()
    assert re.fullmatch(r"by_priority-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.csv", download.value.suggested_filename)
    text = download.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["Priorité", "Créés", "Part"]
    assert ["Haute", "7", "1.0"] in rows
