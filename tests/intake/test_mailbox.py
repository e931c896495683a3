"""Which mailbox is opened, and how."""

from pathlib import Path

import pytest

from services.intake.mail import mailbox
from services.intake.mail.mailbox import Trouble
from services.intake.mail.worker import LIMIT
from tests.intake.imap import ImapMailbox, certificate, imap_server
from tests.intake.letters import written

mailbox_of = mailbox.Server.of


def test_a_mailbox_that_is_not_who_it_says_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A certificate that nobody has signed is refused, at once and after STARTTLS; a known one opens."""
    box = ImapMailbox(certificate=certificate(tmp_path))
    for scheme, at_once in (("imaps", True), ("imap", False)):
        with imap_server(box, tls_at_once=at_once), monkeypatch.context() as trusting:
            server = mailbox_of(box.url(scheme, tls="1"))
            with pytest.raises(mailbox.MailboxAway, match="certificate") as unknown:
                mailbox.greet(server)
            assert unknown.value.trouble is Trouble.CERTIFICATE
            trusting.setenv("SSL_CERT_FILE", str(box.certificate))
            mailbox.greet(server)


def test_what_is_wrong_with_a_mailbox_is_told_apart() -> None:
    """So that a page can say what is to be mended, and not that something is."""
    with imap_server() as box:
        url = box.url()
        refused = {
            url.replace("pass%22word", "guess"): (Trouble.LOGIN, "not you"),
            url.replace("INBOX", "Corbeille"): (Trouble.FOLDER, "no such folder"),
            url.replace("INBOX", "Bo%C3%AEte"): (Trouble.FOLDER, "beyond ASCII"),
            url.replace("pass%22word", "%C3%A9t%C3%A9"): (Trouble.LOGIN, "beyond ASCII"),
            url.replace("127.0.0.1", "nowhere.invalid") + "?tls=0": (Trouble.HOST, "."),
            url.replace("imap:", "imaps:"): (Trouble.ANSWER, "."),
        }
        for address, (trouble, said) in refused.items():
            with pytest.raises(mailbox.MailboxAway, match=said) as away:
                mailbox.greet(mailbox_of(address))
            assert away.value.trouble is trouble, address
    with pytest.raises(mailbox.MailboxAway) as away:
        mailbox.greet(mailbox_of(url))
    assert away.value.trouble is Trouble.SILENT


@pytest.mark.parametrize("claimed", [LIMIT * 2, 10**11, 10**30])
def test_an_answer_that_is_too_long_is_not_read(claimed: int) -> None:
    """M4: what a server claims to send fills no memory, and ends nothing but the connection."""
    with imap_server(ImapMailbox(claims=claimed)) as box:
        box.put(written("chloe@acme.example"))
        with mailbox.opened(mailbox_of(box.url())) as opened, pytest.raises(mailbox.MailboxAway, match="too long"):
            opened.letter("1")


@pytest.mark.parametrize(
    "url", ["imap.example.org", "imaps://imap.example.org", "http://a:b@c", "imaps://a:b@c:x", "imaps://a@c"]
)
def test_an_address_that_cannot_be_meant_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="VIGIE_IMAP_URL") as refused:
        mailbox_of(url)
    assert "a:b" not in str(refused.value)


def test_what_comes_from_elsewhere_is_encrypted() -> None:
    assert mailbox_of("imap://a:b@imap.example.org").starttls
    assert not mailbox_of("imap://a:b@127.0.0.1").starttls
    assert mailbox_of("imaps://vigie%40example.org:p%2Fw@h/Support%20IT") == mailbox.Server(
        "h", 993, "vigie@example.org", "p/w", "Support IT"
    )
