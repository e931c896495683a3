"""What becomes of an account is told to its owner, whatever he has chosen (ASVS 6.3.7), on both databases."""

import pyotp
import pytest

from data.vocabulary import Medium, NotificationKind
from services import accounts, codes, people, second_factor, sessions
from services.clock import MovedClock
from services.errors import CodeNeeded
from services.notifications import choices, inbox
from services.work import SYSTEM, Actor
from tests.notifications.conftest import ADDRESSES, BASE_URL, send_all
from tests.notifications.peers import Mailbox
from tests.personas import PASSWORD, Cast


@pytest.fixture(autouse=True)
def _few_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each costs 25 ms, on purpose."""
    monkeypatch.setattr(codes, "RECOVERY_CODES", 2)


def titles(actor: Actor, locale: str = "fr") -> list[str]:
    """What the bell of the person shows of the account, oldest first."""
    return [told.title for told in reversed(inbox.latest(actor, locale)) if told.kind is NotificationKind.ACCOUNT]


def test_a_second_factor_comes_and_goes_not_unheard(reachable: Cast, mailbox: Mailbox, clock: MovedClock) -> None:
    """Added, used, renewed, removed by oneself, taken off by an administrator and by the command line."""

    def enrol() -> tuple[pyotp.TOTP, tuple[str, ...]]:
        clock.forward(seconds=30)
        offer = second_factor.offer(reachable.alice)
        app = pyotp.TOTP(offer.secret)
        added = second_factor.add(
            reachable.alice, offer.secret, password=PASSWORD, code=app.at(int(clock().timestamp()))
        )
        return app, added

    app, recovery = enrol()
    with pytest.raises(CodeNeeded) as needed:
        sessions.sign_in("alice", PASSWORD)
    sessions.with_code(needed.value.ticket, recovery[0])
    for again in (second_factor.renew_codes, second_factor.remove):
        clock.forward(seconds=30)
        again(reachable.alice, password=PASSWORD, code=app.at(int(clock().timestamp())))
    for administrator in (reachable.emile, SYSTEM):
        enrol()
        second_factor.reset(administrator, "alice")
    added, reset = "Validation en deux étapes activée", "Validation en deux étapes retirée"
    used = ["Code de secours utilisé", "Nouveaux codes de secours", "Validation en deux étapes désactivée"]
    assert titles(reachable.alice) == [added, *used, added, reset, added, reset]
    send_all()
    letters = mailbox.to(ADDRESSES["alice"])
    assert [letter["Subject"] for letter in letters] == [f"Vigie : {title}" for title in titles(reachable.alice)]
    assert "Émile Petit a retiré la validation" in letters[5].get_content()
    assert "ligne de commande" in letters[7].get_content()
    assert all(f"{BASE_URL}/me" in letter.get_content() for letter in letters)
    assert all(secret not in letter.as_string() for letter in letters for secret in (*recovery, app.secret))
    assert len({letter["Message-ID"] for letter in letters}) == 8 == len(mailbox.letters)
    assert titles(reachable.alice, "en")[1] == "Recovery code used"


def test_of_a_new_password_or_address_no_choice_and_no_night_keeps_the_owner_in_the_dark(
    reachable: Cast, mailbox: Mailbox
) -> None:
    """Of another address the one before hears too; a requester reads of the administrator by first name (S139)."""
    nothing: dict[str, list[str]] = {kind: [] for kind in choices.mine(reachable.chloe).media}
    choices.choose(reachable.chloe, nothing, quiet_from=0, quiet_until=24 * 60 - 1)
    people.prefer(reachable.chloe, locale="en")
    people.set_password(reachable.chloe, "chloe", "une autre phrase")
    accounts.reset_password(reachable.emile, "chloe")
    accounts.change_account(reachable.emile, "chloe", {"email": "new@acme.example", "name": "Chloé D."})
    assert titles(reachable.chloe, "en") == ["Password changed", "Password changed", "E-mail address changed"]
    assert inbox.unread(reachable.chloe) == 3
    send_all(Medium.EMAIL)
    own, by_admin, moved = (letter.get_content() for letter in mailbox.to(ADDRESSES["chloe"]))
    assert "You changed the password" in own
    assert "always sent" in own
    assert "Émile" in by_admin
    assert "Petit" not in by_admin
    assert "chloe@acme.example before, new@acme.example now" in moved
    assert [letter.get_content() for letter in mailbox.to("new@acme.example")] == [moved]
    inbox.mark_read(reachable.chloe, kind=NotificationKind.ACCOUNT)
    assert inbox.unread(reachable.chloe) == 0
    assert titles(reachable.emile) == []
