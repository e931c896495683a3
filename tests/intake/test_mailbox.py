"""Which mailbox is opened, and how."""

from pathlib import Path

import pytest

from services.intake.mail import mailbox
from tests.intake.imap import ImapMailbox, certificate, imap_server

mailbox_of = mailbox.Server.of


def test_a_mailbox_that_is_not_who_it_says_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A certificate that nobody has signed is refused, at once and after STARTTLS; a known one opens."""
    box = ImapMailbox(certificate=certificate(tmp_path))
    for scheme, at_once in (("imaps", True), ("imap", False)):
        with imap_server(box, tls_at_once=at_once), monkeypatch.context() as trusting:
            server = mailbox_of(box.url(scheme, tls="1"))
            with pytest.raises(mailbox.MailboxAway, match="certificate"):
                mailbox.greet(server)
            trusting.setenv("SSL_CERT_FILE", str(box.certificate))
            mailbox.greet(server)
    with imap_server() as plain:
        wrong = mailbox_of(plain.url().replace("pass%22word", "guess"))
        with pytest.raises(mailbox.MailboxAway, match="not you"):
            mailbox.greet(wrong)
    with pytest.raises(mailbox.MailboxAway):
        mailbox.greet(wrong)


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
