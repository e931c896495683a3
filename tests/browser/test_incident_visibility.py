"""What a requester must not read is not in the page, not even out of sight (S138, S139)."""

from playwright.sync_api import Page, expect

from services import incidents, lifecycle
from tests.browser.conftest import PageAs, Vigie
from tests.browser.test_incident_life import expect_status

SECRET = "canari-interne-4711"
INTERNAL_WORDS = ("SLA", "Objectif", "Niveau d’escalade", "Support N1", "Note interne", "Équipe IT uniquement")


def heard(page: Page) -> list[str]:
    """Everything that the page's socket receives from now on."""
    frames: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(str(frame))))
    return frames


def test_an_internal_note_never_reaches_the_requester_and_a_reply_does(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("Accès refusé", by="chloe", team=None).reference
    incidents.comment(vigie.actors["alice"], reference, body=f"{SECRET} avant", visibility="internal")
    alice, chloe = page_as("alice"), page_as("chloe")
    frames = heard(chloe)
    answer = chloe.goto(f"/incidents/{reference}")
    assert answer is not None
    assert SECRET not in answer.text()
    alice.goto(f"/incidents/{reference}")

    alice.get_by_role("tab", name="Note interne").click()
    alice.get_by_role("textbox", name="Note interne").fill(f"{SECRET} après")
    alice.get_by_role("button", name="Ajouter la note interne").click()
    expect(alice.locator(".vg-cm--internal")).to_have_count(2)

    alice.get_by_role("tab", name="Réponse au déclarant").click()
    alice.get_by_placeholder("Votre message sera lu par Chloé Dubois").fill("Bonjour Chloé, réessayez.")
    alice.get_by_role("button", name="Publier au déclarant").click()
    expect(alice.locator(".vg-cm--public")).to_have_count(1)

    expect(chloe.locator(".vg-cm")).to_have_count(1)
    expect(chloe.locator(".vg-cm")).to_contain_text("Bonjour Chloé, réessayez.")
    assert SECRET not in "".join(frames)
    assert SECRET not in chloe.content()


def test_the_page_of_a_requester_has_nothing_of_the_team(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("VPN lent", by="chloe", severity="minor").reference
    lifecycle.assign(vigie.actors["diane"], reference, team="Support N1")
    lifecycle.take_and_start(vigie.actors["alice"], reference)
    lifecycle.hold(vigie.actors["alice"], reference, reason="supplier", text=SECRET)
    chloe = page_as("chloe")
    answer = chloe.goto(f"/incidents/{reference}")
    assert answer is not None
    expect_status(chloe, "En attente")
    text = chloe.locator("#content").inner_text()
    assert [word for word in (*INTERNAL_WORDS, SECRET) if word in text] == []
    assert [word for word in ("Support N1", SECRET) if word in answer.text()] == []
    expect(chloe.get_by_role("toolbar")).to_have_count(0)
    expect(chloe.get_by_role("tab")).to_have_count(0)


def test_an_answer_of_the_requester_sets_the_work_going_again(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("Dossier introuvable", by="chloe").reference
    lifecycle.take_and_start(vigie.actors["alice"], reference)
    lifecycle.hold(vigie.actors["alice"], reference, reason="user")
    alice, chloe = page_as("alice"), page_as("chloe")
    alice.goto(f"/incidents/{reference}")
    chloe.goto(f"/incidents/{reference}")
    expect(chloe.get_by_text("Répondez ci-dessous")).to_be_visible()
    chloe.get_by_label("Votre message à l’équipe IT").fill("Le voici.")
    chloe.keyboard.press("Control+Enter")
    expect_status(chloe, "En cours")
    expect_status(alice, "En cours")
    expect(alice.locator(".vg-cm--requester")).to_contain_text("Le voici.")


def test_an_answer_after_the_resolution_asks_for_a_review(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("Souris lente", by="chloe").reference
    lifecycle.start_and_resolve(vigie.actors["alice"], reference, code="fixed", summary="Pile changée.")
    alice = page_as("alice")
    alice.goto(f"/incidents/{reference}")
    incidents.comment(vigie.actors["chloe"], reference, body="Non, pas encore.")
    expect(alice.get_by_role("region", name="À revoir")).to_be_visible()
    expect_status(alice, "Résolu")


def test_somebody_elses_incident_does_not_exist_for_a_requester(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("Serveur éteint", by="alice").reference
    chloe = page_as("chloe")
    for unknown in (reference, "INC-20200101-000001"):
        answer = chloe.goto(f"/incidents/{unknown}")
        assert answer is not None
        assert answer.status == 404
        expect(chloe.get_by_role("heading", name="Cet incident n’existe pas")).to_be_visible()
        expect(chloe.get_by_text(unknown)).to_be_visible()
        assert "Serveur éteint" not in chloe.content()
