"""Markdown, mentions and the preview, as people see them; and that nothing of what they write runs."""

from playwright.sync_api import expect

from services import incidents, lifecycle
from tests.browser.conftest import PageAs, Vigie
from tests.hostile import PAYLOADS


def test_no_payload_runs_or_fetches_anywhere_on_the_page(vigie: Vigie, page_as: PageAs) -> None:
    """X1, D5: all payloads in the description, in comments, in the summary of the resolution and in the preview."""
    half = len(PAYLOADS) // 2
    parts = ["\n\n".join(PAYLOADS[:half]), "\n\n".join(PAYLOADS[half:])]
    parts = [part.replace("\x01", "").replace("\u202e", "") for part in parts]
    reference = vigie.create("Charges hostiles", by="chloe", description=parts[0]).reference
    for part in parts:
        incidents.comment(vigie.actors["alice"], reference, body=part)
        incidents.comment(vigie.actors["chloe"], reference, body=part)
    lifecycle.start_and_resolve(vigie.actors["alice"], reference, code="fixed", summary=parts[1][:2000], publish=True)
    for login in ("bruno", "chloe"):
        page = page_as(login)
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(f"/incidents/{reference}")
        expect(page.locator(".vg-cm__text").first).to_be_visible()
        page.locator(".vg-cmp textarea:visible").fill(parts[0][:5000])
        page.get_by_role("button", name="Aperçu").locator("visible=true").click()
        expect(page.locator(".vg-cmp__preview .vg-md:visible")).to_contain_text("window.hit=1")
        page.wait_for_timeout(300)
        assert page.evaluate("window.hit") is None
        assert [url for url in asked if not url.startswith((vigie.url, "ws:", "data:", "blob:"))] == []
        inside = page.locator(".vg-md")
        assert inside.locator("script, img, svg, iframe, form, input, style, link, [style], [onerror]").count() == 0
        addresses = inside.locator("a").evaluate_all("links => links.map(link => link.protocol)")
        assert set(addresses) <= {"http:", "https:", "mailto:"}


def test_a_mention_by_keyboard_reaches_the_colleague_and_shows_by_name(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("Commutateur muet", by="chloe").reference
    alice, bruno = page_as("alice"), page_as("bruno")
    bruno.goto("/incidents")
    alice.goto(f"/incidents/{reference}")
    field = alice.get_by_role("textbox", name="Note interne")
    field.click()
    alice.keyboard.type("Peux-tu voir, @")
    expect(alice.get_by_role("option")).to_have_count(4)  # Chloé, who may not read it, is not among them
    alice.keyboard.type("kel")
    expect(alice.get_by_role("option")).to_have_count(1)
    alice.keyboard.press("Enter")
    expect(field).to_have_value("Peux-tu voir, @bruno ")
    alice.keyboard.type("? `show int` **vite**")
    alice.get_by_role("button", name="Aperçu").locator("visible=true").click()
    expect(alice.locator(".vg-cmp__preview .vg-mention")).to_have_text("Bruno Keller")
    alice.get_by_role("button", name="Ajouter la note interne").click()
    said = alice.locator(".vg-cm--internal")
    expect(said.locator(".vg-mention")).to_have_text("Bruno Keller")
    expect(said.locator("code")).to_have_text("show int")
    expect(field).to_be_visible()
    expect(bruno.get_by_role("link", name="1 notification non lue")).to_be_visible()
    bruno.goto("/notifications")
    expect(bruno.get_by_text("Alice Martin vous a mentionné dans un commentaire.")).to_be_visible()
