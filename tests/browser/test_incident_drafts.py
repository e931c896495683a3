"""What is being typed survives whatever happens to the page or to the server (D12)."""

import re
import time
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from services import drafts, lifecycle
from tests.browser.conftest import PageAs, Vigie, restart_under

INTERNAL = "Piste : le volume est plein"
PUBLIC = "Bonjour, nous regardons."


def internal(page: Page) -> None:
    page.get_by_role("tab", name="Note interne").click()


def public(page: Page) -> None:
    page.get_by_role("tab", name="Réponse au déclarant").click()


def note(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Note interne")


def reply(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Réponse au déclarant")


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 15
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_draft_survives_a_change_of_tab_a_reload_and_a_restart(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("Disque plein", by="chloe").reference
    alice = page_as("alice")
    alice.goto(f"/incidents/{reference}")
    note(alice).fill(INTERNAL)
    public(alice)
    reply(alice).fill(PUBLIC)
    internal(alice)
    expect(note(alice)).to_have_value(INTERNAL)

    alice.reload()  # at once: what was typed may not have been stored yet
    expect(note(alice)).to_have_value(INTERNAL)
    public(alice)
    expect(reply(alice)).to_have_value(PUBLIC)

    wait_until(lambda: drafts.kept(vigie.actors["alice"], f"comment/{reference}/public") == PUBLIC)
    restart_under(alice, vigie)
    expect(reply(alice)).to_be_focused()  # the tab that was open, too
    expect(reply(alice)).to_have_value(PUBLIC)
    internal(alice)
    expect(note(alice)).to_have_value(INTERNAL)
    alice.get_by_role("button", name="Ajouter la note interne").click()
    expect(alice.locator(".vg-cm--internal")).to_contain_text(INTERNAL)
    expect(note(alice)).to_have_value("")
    expect(note(alice)).to_be_focused()

    alice.reload()
    expect(reply(alice)).to_have_value(PUBLIC)  # the reply is what is left, so its tab is open
    internal(alice)
    expect(note(alice)).to_have_value("")


def test_what_was_typed_in_a_dialog_is_there_until_it_is_confirmed(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("Dialogue", by="chloe").reference
    lifecycle.take_and_start(vigie.actors["alice"], reference)
    alice = page_as("alice")
    alice.goto(f"/incidents/{reference}?do=resolve")
    dialog, summary = alice.get_by_role("dialog"), alice.get_by_label("Résumé de résolution")
    dialog.get_by_role("radio", name="Corrigé").click()
    summary.fill("Cause trouvée :")
    alice.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    alice.goto(f"/incidents/{reference}?do=resolve")
    expect(summary).to_have_value("Cause trouvée :")
    expect(dialog.get_by_role("radio", name="Corrigé")).to_be_checked()
    summary.press("End")
    summary.press_sequentially(" un câble.")
    dialog.get_by_role("button", name="Résoudre").click()
    expect(dialog).to_have_count(0)
    lifecycle.reopen(vigie.actors["chloe"], reference, reason="Encore")
    alice.goto(f"/incidents/{reference}?do=resolve")
    expect(summary).to_have_value("")
    expect(dialog.get_by_role("radio", name="Corrigé")).not_to_be_checked()


def test_what_is_typed_while_the_server_is_away_is_there_when_it_is_back(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("Coupure", by="chloe").reference
    alice = page_as("alice")
    alice.goto(f"/incidents/{reference}")
    note(alice).fill("avant ")
    expect(alice.get_by_text("Brouillon conservé")).to_be_visible()
    alice.evaluate("window.sameDocument = true")
    vigie.kill()
    expect(alice.locator("html")).to_contain_class("vg-is-lost")
    note(alice).press_sequentially("pendant.")
    # Nothing that is read is under the banner.
    reading = "document.querySelector('.vg-crumb').getBoundingClientRect().top"
    assert alice.evaluate(f"document.getElementById('vg-lost').getBoundingClientRect().bottom <= {reading}")
    note(alice).press("ArrowLeft")
    vigie.start()
    alice.wait_for_function("window.sameDocument === undefined", timeout=30_000)
    alice.keyboard.type(" cis", delay=40)  # "c", "i" and "s" are single keys where nothing has the cursor
    expect(note(alice)).to_be_focused()
    expect(note(alice)).to_have_value("avant pendant cis.")
    expect(alice).to_have_url(re.compile(f"/incidents/{reference}$"))
    expect(alice.get_by_text("Brouillon conservé")).to_be_visible()
