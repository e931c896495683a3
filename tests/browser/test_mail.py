"""`/admin/mail` tells the dispatcher what is wrong with the mailbox."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PageAs, Vigie
from tests.intake.imap import ImapMailbox, imap_server


@pytest.fixture
def box() -> Iterator[ImapMailbox]:
    with imap_server() as running:
        yield running


def test_a_mailbox_that_refuses_vigie_is_told_and_none_at_all_promises_nothing(
    vigie: Vigie, page_as: PageAs, box: ImapMailbox
) -> None:
    """S17: « nothing to sort » must not be read as « nobody has written » where nothing is fetched."""
    page = page_as("diane")
    page.goto("/admin/mail")
    expect(page.get_by_text("Vigie ne relève aucune boîte aux lettres")).to_be_visible()
    expect(page.get_by_text("Rien à trier")).to_have_count(0)
    vigie.stop()
    vigie.settings["VIGIE_IMAP_URL"] = box.url().replace("pass%22word", "guess")
    vigie.start()
    page.goto("/admin/mail")
    refused = page.get_by_text("Le serveur de courrier 127.0.0.1 refuse l’identifiant ou le mot de passe.")
    expect(refused).to_be_visible(timeout=40_000)
    expect(page.locator("body")).not_to_contain_text("guess")
