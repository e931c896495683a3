"""An administrator changes the SLA policy, and the browser counts as the server does (S61; rules, "SLA")."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from services import sla_policies
from services.calendar import OpeningHours
from tests.browser.conftest import PageAs, Vigie


def test_a_calendar_is_previewed_saved_and_holds_for_the_next_incident(vigie: Vigie, page_as: PageAs) -> None:
    """S61, G12, G14: also in the browser, whose sums over opening hours are the server's to the second."""
    before = vigie.create("Avant le calendrier").cycle.resolution.due_at
    page = page_as("emile")
    page.goto("/admin/sla")
    page.get_by_role("button", name="Nouveau calendrier").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Nom").fill("Bureau")
    dialog.get_by_label("Samedi").fill("9h-8h")
    dialog.get_by_role("button", name="Appliquer").click()
    expect(dialog.get_by_text("Une plage finit avant de commencer.")).to_be_visible()
    dialog.get_by_label("Samedi").fill("9h-12h")
    dialog.get_by_role("button", name="Appliquer").click()
    expect(page.get_by_text("samedi 09:00–12:00")).to_be_visible()
    page.get_by_label("Horaires, Moyenne").click()
    page.get_by_role("option", name="Bureau").click()
    page.get_by_role("button", name="Aperçu avant enregistrement").click()
    expect(page.get_by_text("Horaires, Moyenne : 24 h/24, 7 j/7 → Bureau")).to_be_visible()
    assert len(sla_policies.versions(vigie.actors["emile"])) == 1
    page.get_by_role("button", name="Enregistrer la version 2").click()
    expect(page.get_by_text("Version 2 en vigueur")).to_be_visible()

    saved = sla_policies.versions(vigie.actors["emile"])[0].policy
    incident = vigie.create("Après le calendrier")
    clock, hours = incident.cycle.resolution, saved.calendar(incident.priority)
    assert isinstance(hours, OpeningHours)
    assert clock.due_at == hours.add(incident.created_at, timedelta(hours=24)) > before
    page.goto(f"/incidents/{incident.reference}")
    expect(page.get_by_role("group", name="Résolution")).to_be_visible()
    start = datetime(2026, 10, 23, 7, 13, 5, tzinfo=UTC)  # two days before the clocks change
    moments = [start + timedelta(hours=7, minutes=11, seconds=3) * step for step in range(60)]
    due = datetime(2026, 11, 3, 9, 0, 1, tzinfo=UTC)
    sla = {"kind": "resolution", "due": due.timestamp(), "met": None, "paused_remaining_s": None, "hours": hours.key}
    left = page.evaluate(
        """async ([sla, moments]) => {
          const kit = await import("vigie-kit");
          while (kit.slaLeft(sla, sla.due - 864000) === 864000) await new Promise((done) => setTimeout(done, 50));
          return moments.map((at) => kit.slaLeft(sla, at));
        }""",
        [sla, [at.timestamp() for at in moments]],
    )
    assert left == [hours.between(at, due).total_seconds() for at in moments]
