"""What can be changed and understood on the incident page besides the workflow."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Route, expect

from services import clock, incidents, lifecycle
from services.clock import MovedClock
from tests.browser.conftest import PageAs, Vigie
from tests.browser.test_incident_life import action, expect_line, expect_status

HOSTILE = '<img src=x onerror="window.hit=1"> {{7*7}} <script>window.hit=2</script> javascript:alert(1)'


def test_a_lower_priority_shows_what_it_does_and_asks_for_a_reason(vigie: Vigie, page_as: PageAs) -> None:
    """S132: the line has both due times of each clock, for the team."""
    reference = vigie.create("Priorité", by="chloe", priority="high").reference
    old = incidents.get(vigie.actors["alice"], reference).cycle
    alice, chloe = page_as("alice"), page_as("chloe")
    alice.goto(f"/incidents/{reference}")
    alice.get_by_role("button", name="Modifier : Priorité").click()
    dialog = alice.get_by_role("dialog")
    save = dialog.get_by_role("button", name="Enregistrer")
    expect(save).to_be_disabled()
    dialog.get_by_role("radio", name="Critique").click()
    expect(dialog.get_by_label("Raison")).to_be_hidden()
    expect(save).to_be_enabled()
    dialog.get_by_role("radio", name="Basse").click()
    expect(dialog.locator(".vg-duechange s")).to_have_count(2)
    expect(save).to_be_disabled()
    dialog.get_by_label("Raison").fill("Un contournement existe")
    save.click()
    expect(dialog).to_have_count(0)
    expect(alice.locator(".vg-imeta")).to_contain_text("Basse")
    expect_line(alice, "a changé la priorité")
    expect(alice.locator(".vg-ev__quote")).to_contain_text("Un contournement existe")
    new = incidents.get(vigie.actors["alice"], reference).cycle
    line = alice.locator(".vg-ev", has_text="a changé la priorité")
    for kind, name in (("response", "Réponse :"), ("resolution", "Résolution :")):
        times = line.locator(".vg-ev__line", has_text=name.replace(" ", "\u00a0")).locator("time")
        due = [getattr(cycle, kind).due_at for cycle in (old, new)]
        assert [time.get_attribute("datetime") for time in times.all()] == [at.isoformat() for at in due]
        assert due[0] != due[1]
    chloe.goto(f"/incidents/{reference}")
    expect_line(chloe, "a changé la priorité")
    expect(chloe.locator(".vg-ev", has_text="a changé la priorité").locator("time")).to_have_count(1)


def test_a_priority_that_is_late_at_once_is_told_before_it_is_saved(vigie: Vigie, page_as: PageAs) -> None:
    """G6, raised too late; G8, lowered again: resolved and reopened, the cycle counts as missed where it is listed."""
    with clock.running_on(MovedClock(datetime.now(UTC) - timedelta(hours=5))):
        reference = vigie.create("Trop tard", by="chloe", priority="low").reference
    alice = page_as("alice")
    alice.goto(f"/incidents/{reference}")
    alice.get_by_role("button", name="Modifier : Priorité").click()
    dialog = alice.get_by_role("dialog")
    dialog.get_by_role("radio", name="Critique").click()
    expect(dialog.get_by_text("sera dépassé immédiatement")).to_have_count(2)
    dialog.get_by_role("button", name="Enregistrer").click()
    expect(alice.get_by_role("group", name="Résolution")).to_contain_text("SLA dépassé")
    by = vigie.actors["alice"]
    incidents.edit(by, reference, changes={"priority": "low"}, reason="Contourné.")
    expect(alice.get_by_text("Résolution · Dépassé avant le changement de priorité")).to_be_visible()
    lifecycle.start_and_resolve(by, reference, code="fixed", summary="Corrigé.")
    lifecycle.reopen(by, reference, reason="Encore.")
    verdicts = alice.locator(".vg-slas__cycles .vg-sla-missed small")
    expect(verdicts).to_have_text(["Manqué · dépassé avant le changement de priorité"] * 2)
    expect(alice.locator(".vg-props").get_by_text("Code de résolution")).to_be_hidden()


def test_severity_is_chosen_in_place_among_its_definitions(vigie: Vigie, page_as: PageAs) -> None:
    created = vigie.create("Sévérité", by="chloe")
    alice = page_as("alice")
    alice.goto(f"/incidents/{created.reference}")
    alice.get_by_role("button", name="Modifier : Sévérité").click()
    alice.get_by_role("menuitemradio", name="Majeure").click()
    expect(alice.locator(".vg-imeta")).to_contain_text("Majeure")
    expect_line(alice, "a modifié Sévérité")
    saved = incidents.get(vigie.actors["alice"], created.reference)
    assert (saved.severity, saved.cycle.resolution.due_at) == ("major", created.cycle.resolution.due_at)


def test_the_description_is_edited_in_place_and_a_refusal_stands_beside_it(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("Description", by="chloe").reference
    alice = page_as("alice")
    alice.goto(f"/incidents/{reference}")
    alice.get_by_role("button", name="Modifier : Description").click()
    field = alice.get_by_role("textbox", name="Description")
    expect(field).to_be_focused()
    field.fill("   ")
    alice.keyboard.press("Control+Enter")
    expect(alice.get_by_text("Ce champ est obligatoire.")).to_be_visible()
    field.fill("Deux lignes :\nla seconde, https://intranet.example/aide.")
    alice.keyboard.press("Control+Enter")
    expect(field).to_be_hidden()
    expect(alice.get_by_role("link", name="https://intranet.example/aide").first).to_have_attribute(
        "rel", "noopener noreferrer nofollow"
    )
    alice.get_by_role("button", name="Modifier : Description").click()
    field.fill("à oublier")
    alice.keyboard.press("Escape")
    expect(field).to_be_hidden()
    expect(alice.get_by_role("button", name="Modifier : Description")).to_be_focused()
    assert "seconde" in incidents.get(vigie.actors["alice"], reference).description


@pytest.mark.parametrize("visibility", ["internal", "public"])
def test_what_people_write_is_shown_as_they_wrote_it_and_never_runs(
    vigie: Vigie, page_as: PageAs, visibility: str
) -> None:
    reference = vigie.create(HOSTILE, by="chloe", description=HOSTILE).reference
    lifecycle.take_and_start(vigie.actors["alice"], reference)
    lifecycle.hold(vigie.actors["alice"], reference, reason="other", text=HOSTILE)
    incidents.comment(vigie.actors["alice"], reference, body=HOSTILE, visibility=visibility)
    bruno = page_as("bruno")
    bruno.goto(f"/incidents/{reference}")
    expect(bruno.get_by_role("heading", level=1)).to_have_text(HOSTILE)
    expect(bruno.locator(".vg-cm__text")).to_have_text(HOSTILE)
    expect(bruno.locator(".vg-banner__text")).to_have_text(HOSTILE)
    incidents.edit(vigie.actors["alice"], reference, {"description": f"{HOSTILE} bis"})
    expect(bruno.locator(".vg-inplace .vg-text")).to_have_text(f"{HOSTILE} bis")
    action(bruno, "Résoudre")
    expect(bruno.get_by_role("dialog")).to_contain_text(HOSTILE)
    assert bruno.evaluate("window.hit") is None
    assert bruno.locator("#content a[href^=javascript], #content img[src=x]").count() == 0


def test_a_refusal_stands_beside_its_field_and_what_was_typed_is_kept(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("Date passée", by="chloe").reference
    lifecycle.take_and_start(vigie.actors["alice"], reference)
    alice = page_as("alice")
    alice.goto(f"/incidents/{reference}?do=hold")
    dialog = alice.get_by_role("dialog")
    dialog.get_by_role("radio", name="Fournisseur").click()
    dialog.get_by_label("Précision").fill("Pièce commandée")
    when = dialog.get_by_label("Reprise prévue")
    when.fill("2020-01-01T09:00")
    dialog.get_by_role("button", name="Mettre en attente").click()
    expect(dialog.get_by_text("Cette date est passée.")).to_be_visible()
    expect(when).to_be_focused()
    expect(when).to_have_attribute("aria-invalid", "true")
    expect(dialog.get_by_label("Précision")).to_have_value("Pièce commandée")
    when.fill("2099-01-01T09:00")
    dialog.get_by_role("button", name="Mettre en attente").click()
    expect(alice.get_by_role("region", name="En attente")).to_contain_text("Reprise prévue 1er janv. 2099 09:00")


def test_every_due_time_is_explained(vigie: Vigie, page_as: PageAs) -> None:
    """S55: both indicators on the page, each with its working."""
    reference = vigie.create("Échéance", by="chloe", priority="high").reference
    alice = page_as("alice")
    alice.goto(f"/incidents/{reference}")
    for name in ("Réponse", "Résolution"):
        expect(alice.get_by_role("group", name=name)).to_contain_text("Dans les délais")
    alice.get_by_role("button", name="Pourquoi cette échéance ?").click()
    working = alice.get_by_role("dialog").get_by_role("listitem")
    expect(working.first).to_contain_text("priorité Haute, politique SLA n° 1")
    expect(working.filter(has_text="Résolution : objectif 8 h")).to_have_count(1)


def test_the_workflow_is_explained_with_the_present_status_lit(vigie: Vigie, page_as: PageAs) -> None:
    """S1, S34 to S37."""
    reference = vigie.create("Parcours", by="chloe").reference
    chloe = page_as("chloe")
    chloe.goto(f"/incidents/{reference}")
    steps = ["Nouveau", "Assigné", "En cours", "En attente", "Résolu", "Clôturé"]
    expect(chloe.locator(".vg-steps > li")).to_contain_text(steps)
    chloe.get_by_role("button", name="Comprendre le parcours").click()
    dialog = chloe.get_by_role("dialog")
    expect(dialog.get_by_role("img", name="Le parcours d’un incident")).to_be_visible()
    expect(dialog.locator(".vg-flow__name.vg-is-on")).to_have_text("Nouveau")
    expect(dialog.get_by_text("Résolu → En cours : Rouvrir")).to_have_count(1)
    expect(dialog.get_by_text("En cours → Assigné : Escalader, Réassigner")).to_have_count(1)


def test_the_board_can_lead_straight_to_a_dialog_but_never_to_an_action(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("Depuis le tableau", by="chloe").reference
    alice = page_as("alice")
    for harmless in ("take", "take_and_start", "resolve", "nonsense"):
        alice.goto(f"/incidents/{reference}?do={harmless}")
        expect_status(alice, "Nouveau")
        expect(alice.get_by_role("dialog")).to_have_count(0)
    lifecycle.take_and_start(vigie.actors["alice"], reference)
    alice.goto(f"/incidents/{reference}?do=hold")
    expect(alice.get_by_role("dialog", name="Mettre en attente")).to_be_visible()


def test_a_long_history_begins_with_its_newest_lines(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("Longue histoire", by="chloe").reference
    for number in range(60):
        incidents.comment(vigie.actors["alice"], reference, body=f"Note {number}")
    alice = page_as("alice")
    alice.goto(f"/incidents/{reference}")
    expect(alice.locator(".vg-cm")).to_have_count(40)
    expect(alice.locator(".vg-cm").first).to_contain_text("Note 59")
    alice.get_by_role("button", name="Afficher les 21 précédents").click()
    expect(alice.locator(".vg-cm")).to_have_count(60)
    alice.get_by_role("button", name="Historique", exact=True).click()
    expect(alice.locator(".vg-cm:visible")).to_have_count(0)
    expect(alice.locator(".vg-ev:visible")).to_have_count(1)


def test_the_reference_can_be_copied(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("À copier", by="chloe").reference
    alice = page_as("alice")
    alice.context.grant_permissions(["clipboard-read", "clipboard-write"])
    alice.goto(f"/incidents/{reference}")
    alice.get_by_role("button", name="Copier la référence").click()
    expect(alice.locator(".vg-toast")).to_contain_text("Référence copiée")
    assert alice.evaluate("navigator.clipboard.readText()") == reference


def test_a_pdf_shows_that_it_is_being_made_until_it_is_saved(vigie: Vigie, page_as: PageAs) -> None:
    """S140; and a sentence where it could not be."""
    incident = vigie.create("Rapport attendu")
    alice = page_as("alice")
    alice.goto(f"/incidents/{incident.reference}")
    expect(alice.locator("#vg-live")).to_be_attached()
    asked: list[Route] = []

    def hold(route: Route) -> None:
        asked.append(route)

    alice.route("**/report.pdf", hold)
    with alice.expect_download() as saving:
        alice.get_by_role("link", name="Exporter en PDF").click()
        making = alice.get_by_role("link", name="PDF en préparation…")
        expect(making).to_have_attribute("aria-busy", "true")
        making.dispatch_event("click")  # does not ask for a second one
        (only,) = asked
        only.continue_()
    alice.unroute("**/report.pdf")
    assert saving.value.suggested_filename == f"{incident.reference}.pdf"
    assert saving.value.path().read_bytes().startswith(b"%PDF-1.7")
    expect(alice.get_by_role("link", name="Exporter en PDF")).to_have_attribute("aria-busy", "false")
    expect(alice.locator("#vg-live")).to_have_text("PDF enregistré")
    facts = [line.fact for line in incidents.history(vigie.actors["alice"], incident.reference).entries]
    assert facts.count("report_exported") == 1
    alice.get_by_role("button", name="Quel PDF ?").press("ArrowUp")
    chosen = alice.get_by_role("menuitem", name="Sans les notes internes")
    expect(chosen).to_be_focused()
    with alice.expect_download() as saving:
        chosen.press("Enter")
    assert saving.value.suggested_filename == f"{incident.reference}-public.pdf"
    line = incidents.history(vigie.actors["alice"], incident.reference).entries[-1]
    assert line.details["scope"] == "requester"
    expect(alice.get_by_text("a exporté l’historique en PDF, sans les notes internes")).to_be_visible()
    alice.route("**/report.pdf", lambda route: route.abort())
    alice.get_by_role("link", name="Exporter en PDF").click()
    expect(alice.locator(".vg-toast--error")).to_contain_text(
        "Le PDF n’a pas pu être préparé. Réessayez dans un instant."
    )
    expect(alice.get_by_role("link", name="Exporter en PDF")).to_be_visible()
