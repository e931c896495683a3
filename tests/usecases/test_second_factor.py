"""Two-step verification: nothing before the code, each code once, and no way to be rid of it but those that ask for it
(ASVS 6.3.3, 6.5; guessing, in the security design)."""

from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from sqlmodel import col, select

from data.models import History
from data.queries import people as people_queries
from services import accounts, codes, desk_settings, incidents, keys, people, second_factor, sessions, tokens
from services.attempts import ATTEMPTS
from services.clock import MovedClock
from services.errors import (
    BadCode,
    CodeNeeded,
    DeskError,
    Forbidden,
    Invalid,
    Refused,
    TooManyAttempts,
    Unauthenticated,
)
from services.work import SYSTEM, Actor, look
from tests.dump import counts, dump, execute, value
from tests.personas import PASSWORD, SECRET, Cast, an_incident

ON_SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def _few_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each costs 25 ms, on purpose."""
    monkeypatch.setattr(codes, "RECOVERY_CODES", 3)


class Phone:
    """An app that has read somebody's QR code."""

    def __init__(self, clock: MovedClock, address: str) -> None:
        self._clock, self._totp = clock, pyotp.parse_uri(address)

    def code(self, *, late: int = 0) -> str:
        """What it shows now, or `late` seconds ago."""
        return str(self._totp.at(int(self._clock().timestamp()) - late))

    def next(self) -> str:
        """The first code that has not been shown before."""
        self._clock.forward(seconds=30)
        return self.code()


def enrolled(clock: MovedClock, actor: Actor) -> tuple[Phone, tuple[str, ...]]:
    offer = second_factor.offer(actor)
    phone = Phone(clock, offer.address)
    return phone, second_factor.add(actor, offer.secret, password=PASSWORD, code=phone.code())


def ticket_of(login: str, **more: Any) -> str:
    with pytest.raises(CodeNeeded) as needed:
        sessions.sign_in(login, PASSWORD, **more)
    return needed.value.ticket


def facts() -> list[str]:
    with look(SYSTEM) as reading:
        return [str(fact) for fact in reading.session.exec(select(History.fact).order_by(col(History.seq))).all()]


def test_the_password_alone_opens_nothing_and_each_code_opens_once(cast: Cast, clock: MovedClock) -> None:
    """ASVS 6.5.1: neither a code that was used, nor one of before it, nor the ticket by itself."""
    before = sessions.sign_in("alice", PASSWORD).actor
    here = sessions.sign_in("alice", PASSWORD).actor
    phone, _ = enrolled(clock, here)
    assert (sessions.alive(before), sessions.alive(here)) == (False, True)
    assert second_factor.mine(here).since == clock()
    held = counts()["login_session"]
    ticket = ticket_of("alice", remember=True)
    assert counts()["login_session"] == held
    for secret in (ticket, "", "x"):
        with pytest.raises(Unauthenticated):
            sessions.resume(secret)
    with pytest.raises(BadCode):  # the code that confirmed the enrolment is used
        sessions.with_code(ticket, phone.code())
    old, code = phone.code(late=30), phone.next()
    signed_in = sessions.with_code(ticket, f" {code[:3]} {code[3:]} ")
    assert sessions.alive(signed_in.actor)
    assert (signed_in.expires_at - clock()) == sessions.REMEMBERED
    for spent in (code, old, phone.code(late=30)):
        with pytest.raises(BadCode):
            sessions.with_code(ticket, spent)
    assert sessions.alive(sessions.with_code(ticket_of("alice"), phone.next()).actor)
    assert facts()[-3:] == ["second_factor_added", "signed_in", "signed_in"]


@ON_SQLITE
def test_a_ticket_is_of_one_person_for_five_minutes(cast: Cast, clock: MovedClock) -> None:
    phone, _ = enrolled(clock, cast.alice)
    other, _ = enrolled(clock, cast.bruno)
    with pytest.raises(BadCode):
        sessions.with_code(ticket_of("alice"), other.next())
    late = ticket_of("alice")
    clock.forward(seconds=sessions.TICKET.total_seconds() + 1)
    stale = ticket_of("alice")
    people.set_password(cast.alice, "alice", PASSWORD)
    for ticket in (late, stale, "", "x", late[:-8] + "AAAAAAA="):
        with pytest.raises(Unauthenticated) as refused:
            sessions.with_code(ticket, phone.next())
        assert type(refused.value) is Unauthenticated
    gone = ticket_of("bruno")
    people.set_active(cast.emile, "bruno", False)
    with pytest.raises(Unauthenticated):
        sessions.with_code(gone, other.next())


@ON_SQLITE
def test_a_clock_may_be_half_a_minute_wrong_and_no_more(cast: Cast, clock: MovedClock) -> None:
    phone, _ = enrolled(clock, cast.alice)
    clock.forward(minutes=5)
    ticket = ticket_of("alice")
    for late in (90, -90):
        with pytest.raises(BadCode):
            sessions.with_code(ticket, phone.code(late=late))
    assert sessions.with_code(ticket, phone.code(late=30)).secret
    assert sessions.with_code(ticket, phone.code(late=-30)).secret


@ON_SQLITE
def test_codes_cannot_be_guessed_and_the_owners_browser_still_gets_in(cast: Cast, clock: MovedClock) -> None:
    """Five codes in a quarter of an hour for all strangers together, whatever their tickets."""
    mark = sessions.sign_in("alice", PASSWORD).mark
    phone, _ = enrolled(clock, cast.alice)
    left = []
    for number in range(ATTEMPTS):
        with pytest.raises(BadCode) as refused:
            sessions.with_code(ticket_of("alice", mark=mark), "000000", address=f"203.0.113.{number}")
        left.append(refused.value.params["left"])
    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(TooManyAttempts):
        sessions.with_code(ticket_of("alice", mark=mark), phone.next(), address="198.51.100.1")
    assert sessions.with_code(ticket_of("alice", mark=mark), phone.next(), mark=mark).secret
    with pytest.raises(TooManyAttempts):
        sessions.with_code(ticket_of("alice", mark=mark), phone.next(), address="198.51.100.1")


def test_a_recovery_code_stands_in_once(cast: Cast, clock: MovedClock) -> None:
    """Stored as argon2id only; how many are left is told, and that one was used is in the history."""
    here = sessions.sign_in("alice", PASSWORD).actor
    phone, recovery = enrolled(clock, here)
    assert len(set(recovery)) == codes.RECOVERY_CODES == len(recovery)
    everything = repr(dump())
    for secret in (*recovery, *(each.replace("-", "") for each in recovery), phone._totp.secret):
        assert secret not in everything
    with look(SYSTEM) as reading:
        kept = people_queries.recovery_codes(reading.session, cast.alice.user_id or 0)
        assert all(row.hash.startswith("$argon2id$") for row in kept)
    assert sessions.with_code(ticket_of("alice"), recovery[0].upper().replace("-", " ")).secret
    with pytest.raises(BadCode):
        sessions.with_code(ticket_of("alice"), recovery[0])
    assert second_factor.mine(here).left == codes.RECOVERY_CODES - 1
    assert facts()[-2:] == ["recovery_code_used", "signed_in"]
    fresh = second_factor.renew_codes(here, password=PASSWORD, code=phone.next())
    assert second_factor.mine(here).left == codes.RECOVERY_CODES
    with pytest.raises(BadCode):
        sessions.with_code(ticket_of("alice"), recovery[1])
    assert sessions.with_code(ticket_of("alice"), fresh[0]).secret


@ON_SQLITE
def test_whoever_has_an_open_page_needs_password_and_code_to_change_anything(cast: Cast, clock: MovedClock) -> None:
    """ASVS 7.5.1."""
    here = sessions.sign_in("alice", PASSWORD).actor
    offer = second_factor.offer(here)
    phone = Phone(clock, offer.address)

    def refused(call: Callable[..., object], **given: str) -> list[str]:
        with pytest.raises(Invalid) as invalid:
            call(here, **given)
        return list(invalid.value.errors)

    def add(actor: Actor, **given: str) -> object:
        return second_factor.add(actor, offer.secret, **given)

    assert refused(add, password="wrong", code=phone.code()) == ["current"]
    assert refused(add, password=PASSWORD, code="000000") == ["code"]
    assert second_factor.mine(here).since is None
    _, recovery = phone, second_factor.add(here, offer.secret, password=PASSWORD, code=phone.code())
    with pytest.raises(Refused):
        second_factor.add(here, offer.secret, password=PASSWORD, code=phone.next())
    for call in (second_factor.remove, second_factor.renew_codes):
        assert refused(call, password="wrong", code=phone.next()) == ["current"]
        assert refused(call, password=PASSWORD, code="") == ["code"]
    second_factor.remove(here, password=PASSWORD, code=recovery[0])
    assert second_factor.mine(here) == second_factor.Factor(None, 0, False)
    assert (counts()["second_factor"], counts()["recovery_code"]) == (0, 0)
    assert sessions.alive(here)
    assert sessions.sign_in("alice", PASSWORD).secret


def test_an_administrator_takes_it_off_somebody_else_and_the_history_says_so(cast: Cast, clock: MovedClock) -> None:
    here = sessions.sign_in("alice", PASSWORD).actor
    enrolled(clock, here)
    enrolled(clock, cast.emile)
    assert accounts.get(cast.emile, "alice").second_factor == clock()
    for actor, login in ((cast.diane, "alice"), (cast.alice, "alice"), (cast.emile, "emile")):
        with pytest.raises(Forbidden):
            second_factor.reset(actor, login)
    stale = ticket_of("alice")
    second_factor.reset(cast.emile, "alice")
    assert not sessions.alive(here)
    assert sessions.sign_in("alice", PASSWORD).secret
    with pytest.raises(Unauthenticated):
        sessions.with_code(stale, "000000")
    with pytest.raises(Refused):
        second_factor.reset(cast.emile, "alice")
    said = value(
        "SELECT details FROM history WHERE fact = 'second_factor_reset' AND actor_id = :a", a=cast.emile.user_id
    )
    assert "alice" in said
    second_factor.reset(SYSTEM, "emile")  # the command of whoever runs the machine
    assert sessions.sign_in("emile", PASSWORD).secret


def test_where_it_is_required_an_administrator_without_it_can_do_nothing_else(cast: Cast, clock: MovedClock) -> None:
    """6.3.3: nothing but his own account, by no service; tokens are as before, other roles untouched."""
    people.create_user(cast.emile, login="fanny", name="Fanny", role="admin", password=PASSWORD)
    token = tokens.issue(cast.emile, "fanny", name="script")
    emile, fanny, alice = (sessions.sign_in(login, PASSWORD).actor for login in ("emile", "fanny", "alice"))
    with pytest.raises(Refused):
        second_factor.require_of_administrators(emile, True)
    with pytest.raises(Forbidden):
        second_factor.require_of_administrators(cast.diane, True)
    phone, _ = enrolled(clock, emile)
    second_factor.require_of_administrators(emile, True)
    assert desk_settings.get(emile).second_factor_admins
    assert [sessions.alive(each) for each in (emile, fanny, alice)] == [True, False, True]
    entered = sessions.sign_in("fanny", PASSWORD)
    fanny, account = sessions.resume(entered.secret)
    assert account.confined
    assert second_factor.mine(fanny).required
    asked: list[object] = []
    assert sessions.resume_and(entered.secret, asked.append)[2] is None
    assert not asked
    refusals: tuple[Callable[[], object], ...] = (
        lambda: incidents.get(fanny, "INC-20260615-000001"),
        lambda: people.accounts(fanny),
        lambda: an_incident(fanny),
        lambda: second_factor.require_of_administrators(fanny, False),
        lambda: second_factor.reset(fanny, "emile"),
        lambda: tokens.issue(fanny, "fanny", name="a way round"),
        lambda: people.set_password(fanny, "emile", PASSWORD),
    )
    for call in refusals:
        with pytest.raises(Forbidden):
            call()
    assert people.accounts(tokens.holder(token))
    with pytest.raises(Refused):
        second_factor.remove(emile, password=PASSWORD, code=phone.next())
    enrolled(clock, fanny)
    assert not sessions.resume(entered.secret)[1].confined
    assert people.accounts(fanny)
    assert not sessions.resume(sessions.sign_in("alice", PASSWORD).secret)[1].confined
    people.change_role(cast.emile, "alice", "admin")
    assert sessions.resume(sessions.sign_in("alice", PASSWORD).secret)[1].confined


@ON_SQLITE
def test_a_temporary_password_confines_its_session_as_well(cast: Cast) -> None:
    password = accounts.reset_password(cast.emile, "alice")
    here = sessions.sign_in("alice", password).actor
    with pytest.raises(Forbidden):
        an_incident(here)
    sessions.change_password(here, current=password, password=PASSWORD)
    assert an_incident(here).reference


@ON_SQLITE
def test_a_secret_that_cannot_be_read_lets_nobody_in_but_by_recovery_code(cast: Cast, clock: MovedClock) -> None:
    """Another secret key, or a row that somebody has moved: it fails closed."""
    phone, recovery = enrolled(clock, cast.alice)
    other, _ = enrolled(clock, cast.bruno)
    moved = "UPDATE second_factor SET secret = (SELECT secret FROM second_factor WHERE user_id = :b) WHERE user_id = :a"
    execute(moved, a=cast.alice.user_id, b=cast.bruno.user_id)
    for code in (phone.next(), other.next()):
        with pytest.raises(BadCode):
            sessions.with_code(ticket_of("alice"), code)
    keys.use_secret(b"another")
    try:
        with pytest.raises(DeskError):
            sessions.with_code(ticket_of("bruno"), other.next())
        assert sessions.with_code(ticket_of("alice"), recovery[0]).secret
    finally:
        keys.use_secret(SECRET)
