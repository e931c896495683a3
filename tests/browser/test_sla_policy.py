"""An administrator changes the SLA policy, and the browser counts as the server does (S61; rules, "SLA")."""

from datetime import UTC, datetime, timedelta
from random import Random

from playwright.sync_api import expect

from data.vocabulary import Priority
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


# Each priority by a calendar of its own: holidays, and openings that a clock change shortens, lengthens or skips.
OFFICE = [[["08:00", "12:00"], ["13:30", "18:00"]]] * 5 + [[], []]
NIGHTS = [[["00:00", "03:00"], ["22:00", "24:00"]]] * 7
CALENDARS = {
    Priority.CRITICAL: {
        "name": "Jour et nuit",
        "zone": "America/Santiago",
        "country": "CL",
        "week": [[["00:00", "24:00"]]] * 7,
    },
    Priority.HIGH: {"name": "Nuits", "zone": "Europe/Paris", "country": "FR", "week": NIGHTS},
    Priority.MEDIUM: {"name": "Bureau", "zone": "Europe/Paris", "country": "FR", "week": OFFICE},
    Priority.LOW: {
        "name": "Matin",
        "zone": "Australia/Lord_Howe",
        "country": None,
        "week": [[["01:45", "02:20"]], [], [["00:00", "02:15"]]] + [[]] * 3 + [[["01:00", "09:00"]]],
    },
}
CLOSED = [{"day": "2026-10-26", "name": "Inventaire"}, {"day": "2027-03-29", "name": "Inventaire"}]


def test_the_due_times_that_are_promised_are_those_that_the_record_will_have(vigie: Vigie, page_as: PageAs) -> None:
    """G12, S20, S32: opening hours, holidays, closed days and clock changes count before an incident is declared."""
    emile = vigie.actors["emile"]
    terms = {
        **sla_policies.versions(emile)[0].terms,
        "calendars": [{**each, "closed": CLOSED} for each in CALENDARS.values()],
        "calendar_of": {priority.value: each["name"] for priority, each in CALENDARS.items()},
    }
    policy = sla_policies.save(emile, terms).policy
    page = page_as("alice")
    page.goto("/incidents/new")
    page.get_by_role("radiogroup", name="Priorité").get_by_role("radio", name="Moyenne").click()
    dues = page.locator(".vg-due b")
    for at, promised in (  # eight hours from 8:30 on end as the office closes; five seconds later is too late for that
        ("2026-06-19T14:00:00", ["22 juin 15:30", "24 juin 14:30"]),
        ("2026-06-22T06:29:05", ["17:59", "24 juin 16:59"]),
        ("2026-06-22T06:30:05", ["23 juin 08:00", "24 juin 17:00"]),
    ):
        page.evaluate("async (at) => (await import('vigie-kit')).syncClock(at)", epoch(at))
        expect(dues).to_have_text([each.replace(" ", "\u00a0") for each in promised])
    expect(page.locator("#vg-live")).to_contain_text("Résoudre avant")

    random = Random(12)
    moments = [epoch("2026-10-01T00:00:00") + random.randrange(250 * 86400) for _ in range(150)]
    for priority in Priority:
        hours = policy.calendar(priority)
        assert isinstance(hours, OpeningHours)
        changes = [
            since for since, _ in hours.offsets if epoch("2026-10-01T00:00:00") < since < epoch("2027-06-01T00:00:00")
        ]
        starts = moments + [since + step for since in changes for step in (-3600, -1800, -1, 0, 1, 1800, 3600)]
        asked = [[at, random.choice((60, 1800, 3600, 8 * 3600, 72 * 3600, random.randrange(10**6)))] for at in starts]
        asked += [[at, int(hours.between(instant(at), instant(at + 864000)).total_seconds())] for at in moments[:20]]
        found = page.evaluate(
            """async ([key, asked]) => {
              const kit = await import("vigie-kit");
              while (kit.slaDue(key, 60) === null) await new Promise((done) => setTimeout(done, 50));
              return asked.map(([at, seconds]) => kit.slaDue(key, seconds, at));
            }""",
            [hours.key, asked],
        )
        assert found == [hours.add(instant(at), timedelta(seconds=seconds)).timestamp() for at, seconds in asked]


def epoch(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def instant(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)
