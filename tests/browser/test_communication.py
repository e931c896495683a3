"""What leaves the desk from the incident's page: an escalation to a supplier, a message to those who are affected."""

import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from data import db
from data.migrate import migrate
from data.vocabulary import ItemKind
from services import chain, clock, cmdb, incidents, lifecycle, relations, teams
from services.clock import MovedClock
from tests.browser.conftest import SECRET, PageAs, Vigie, founded_people
from tests.notifications.peers import Mailbox, mail_server
from tests.processes import Processes

SUPPLIER, ADDRESS = "Télécom Ouest", "support@telecom.example"


@pytest.fixture(scope="module")
def box() -> Iterator[Mailbox]:
    with mail_server() as running:
        yield running


@pytest.fixture(scope="module")
def vigie(servers: Processes, tmp_path_factory: pytest.TempPathFactory, box: Mailbox) -> Iterator[Vigie]:
    """A server that hands its letters in at `box`."""
    running = Vigie(tmp_path_factory.mktemp("vigie"), servers)
    running.settings = {
        "VIGIE_SMTP_URL": f"smtp://127.0.0.1:{box.port}",
        "VIGIE_SMTP_SENDER": "Vigie <vigie@acme.example>",
    }
    db.bind(running.database_url)
    migrate()
    chain.use_secret(SECRET.encode())
    running.actors = founded_people()
    teams.create_team(running.actors["emile"], name=SUPPLIER, external=True, email=ADDRESS)
    running.start()
    yield running
    running.stop()
    db.dispose()


def arrived(box: Mailbox, address: str) -> str:
    """The text of the one letter to the address, once it has come."""
    deadline = time.monotonic() + 20
    while not box.to(address) and time.monotonic() < deadline:
        time.sleep(0.1)
    (letter,) = box.to(address)
    return f"{letter['Subject']}\n{letter.get_content()}"


def status(page: Page, name: str) -> None:
    expect(page.locator(".vg-step[aria-current=step], .vg-step--now")).to_contain_text(name)


def test_both_escalations_by_the_dialog_and_the_supplier_reads_the_letter(
    vigie: Vigie, page_as: PageAs, box: Mailbox
) -> None:
    """S5, S101 to S115: the computed target is shown, a reason is needed, a supplier is written to at its address."""
    reference = vigie.create("Le lien vers le site de Brest est coupé", team="Support N1").reference
    lifecycle.take_and_start(vigie.actors["alice"], reference)
    due = incidents.get(vigie.actors["alice"], reference).cycle.resolution.due_at
    page = page_as("alice")
    page.goto(f"/incidents/{reference}")
    page.get_by_role("button", name=re.compile("^Escalader")).first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Support N2")
    confirm = dialog.get_by_role("button", name="Escalader")
    expect(confirm).to_be_disabled()
    expect(dialog.get_by_role("listitem").last).to_have_text(re.compile("Support N2 reçoit une notification$"))
    dialog.get_by_label(re.compile("^Raison")).fill("Le routeur ne répond plus.")
    confirm.click()
    expect(dialog).to_be_hidden()
    expect(page.locator(".vg-props")).to_contain_text("Support N2")
    expect(page.locator(".vg-props")).to_contain_text("N2")
    expect(page.locator(".vg-held")).to_contain_text("Support N2")

    lifecycle.take_and_start(vigie.actors["bruno"], reference)
    page.get_by_role("button", name=re.compile("^Escalader")).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio", name=re.compile("Fonctionnelle")).click()
    dialog.get_by_role("button", name=re.compile(SUPPLIER)).or_(
        dialog.get_by_role("option", name=re.compile(SUPPLIER))
    ).or_(dialog.get_by_role("radio", name=re.compile(SUPPLIER))).first.click()
    expect(dialog.get_by_role("listitem").last).to_have_text(re.compile(f"Un e-mail part à {SUPPLIER}$"))
    dialog.get_by_label(re.compile("^Raison")).fill("La fibre est coupée chez vous.")
    dialog.get_by_role("button", name="Escalader").click()
    expect(page.locator(".vg-props")).to_contain_text(SUPPLIER)
    expect(page.locator(".vg-props")).to_contain_text("N3")
    letter = arrived(box, ADDRESS)
    for part in (reference, "Brest", "La fibre est coupée chez vous."):
        assert part in letter
    assert vigie.url not in letter  # a supplier has no account to open it with
    after = incidents.get(vigie.actors["alice"], reference)
    assert (after.escalation_level, after.cycle.resolution.due_at) == (2, due)


def test_a_message_to_those_affected_is_seen_before_it_is_sent(vigie: Vigie, page_as: PageAs, box: Mailbox) -> None:
    """S79, S82, S87."""
    alice = vigie.actors["alice"]
    make: Callable[..., int] = lambda kind, **values: cmdb.create(alice, kind, values).id  # noqa: E731
    zoe = make(ItemKind.EMPLOYEES, name="Zoé Morel", email="zoe@acme.example")
    silent = make(ItemKind.EMPLOYEES, name="Sam Sourd")
    template = "Chère équipe {client}, {message}"
    sales = make(ItemKind.CLIENTS, name="Ventes", type="internal", email="ventes@acme.example", template=template)
    crm = make(ItemKind.APPLICATIONS, name="CRM", employees=[zoe, silent])
    links = {"applications": [crm], "clients": [sales]}
    reference = vigie.create("Le CRM est lent", links=links).reference
    page = page_as("alice")
    page.goto(f"/incidents/{reference}")
    page.get_by_role("button", name="Informer…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Aperçu : 2 destinataires")
    dialog.get_by_label(re.compile("^Message")).fill("voici {password}")
    expect(dialog).to_contain_text("n’est pas un champ connu")
    expect(dialog.get_by_role("button", name="Envoyer")).to_be_disabled()
    dialog.get_by_label(re.compile("^Message")).fill("nous traitons {reference}.")
    expect(dialog.locator(".vg-letter").first).to_contain_text(f"nous traitons {reference}.")
    expect(dialog).to_contain_text("zoe@acme.example")
    expect(dialog).to_contain_text(f"Chère équipe Ventes, nous traitons {reference}.")
    expect(dialog).to_contain_text("1 personne sans adresse")
    expect(dialog).to_contain_text("Sam Sourd")
    dialog.get_by_role("button", name="Envoyer").click()
    expect(page.locator(".vg-toasts")).to_contain_text("2 destinataires")
    expect(page.locator(".vg-tl")).to_contain_text("a écrit aux personnes touchées")
    assert f"nous traitons {reference}." in arrived(box, "zoe@acme.example")
    assert "Chère équipe Ventes" in arrived(box, "ventes@acme.example")
    page.reload()
    expect(page.locator(".vg-mails")).to_contain_text("2 envoyés")


def test_a_message_promises_no_time_that_is_past(vigie: Vigie, page_as: PageAs) -> None:
    """S79: what stands in the field at first says the due time only while it lies ahead."""
    page = page_as("alice")
    ines = cmdb.create(vigie.actors["alice"], ItemKind.EMPLOYEES, {"name": "Inès", "email": "ines@acme.example"}).id
    links = {"employees": [ines]}
    with clock.running_on(MovedClock(datetime.now(UTC) - timedelta(days=30))):
        late = vigie.create("La passerelle est lente", links=links).reference
    for reference, said in ((late, False), (vigie.create("Elle est muette", links=links).reference, True)):
        page.goto(f"/incidents/{reference}")
        page.get_by_role("button", name="Informer…").click()
        text = page.get_by_role("dialog").get_by_label(re.compile("^Message"))
        expect(text).to_have_value(re.compile("Un incident vous concerne"))
        assert ("{due}" in text.input_value()) is said


def test_what_is_harmless_can_be_undone_and_duplicates_go_with_their_master(vigie: Vigie, page_as: PageAs) -> None:
    """S142, S89, S116: links taken back by the toast's button; the box in the dialog resolves the open duplicates."""
    alice = vigie.actors["alice"]
    client = cmdb.create(alice, ItemKind.CLIENTS, {"name": "Paie", "type": "internal"}).id
    payroll = cmdb.create(alice, ItemKind.APPLICATIONS, {"name": "Salaires", "clients": [client]}).id
    master = vigie.create("Les bulletins de paie ne sortent plus", links={"applications": [payroll]}).reference
    other = vigie.create("Pas de bulletin de paie").reference
    lifecycle.take_and_start(alice, master)
    relations.relate(alice, other, other=master, kind="duplicate")
    page = page_as("alice")
    page.goto(f"/incidents/{master}")
    page.locator(".vg-proposal").get_by_role("button", name="Lier").click()
    expect(page.locator(".vg-links__item")).to_have_count(2)
    page.locator(".vg-toasts").get_by_role("button", name="Annuler").click()
    expect(page.locator(".vg-links__item")).to_have_count(1)
    related = page.locator(".vg-related")
    expect(related).to_contain_text("a pour doublon")
    page.get_by_role("button", name=f"Retirer le lien avec {other}").click()
    expect(related).to_contain_text("Aucun incident lié")
    page.locator(".vg-toasts").get_by_role("button", name="Annuler").last.click()
    expect(related).to_contain_text(other)
    assert [(each.said, each.reference) for each in relations.related(alice, other)] == [("duplicate", master)]
    page.get_by_role("button", name=re.compile("^Résoudre")).first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("checkbox", name="Résoudre aussi le doublon ouvert")).to_be_checked()
    dialog.get_by_role("radio", name=re.compile("^Corrigé")).click()
    dialog.get_by_label(re.compile("^Résumé")).fill("Imprimante remplacée.")
    dialog.get_by_role("button", name="Résoudre").click()
    expect(dialog).to_be_hidden()
    expect(related).to_contain_text("Résolu")
    found = incidents.get(alice, other)
    assert (found.status, found.master_reference) == ("resolved", master)
