"""A second factor of one's own: a telephone's app that makes a code every half minute, and recovery codes on paper.

Whoever has an open page of somebody can neither add nor remove one: password and code are asked for each time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pyotp

from data.models import Organisation, RecoveryCode, SecondFactor, User
from data.queries import people
from data.vocabulary import Fact, Role
from services import codes, sealed
from services.attempts import OWN_PAGE
from services.codes import Code, guesses
from services.errors import Forbidden, Invalid, Refused
from services.people import end_sessions, known
from services.permissions import Right
from services.sessions import check_own_password, factor_required
from services.work import Actor, Work, begin, change, look


@dataclass(frozen=True, slots=True)
class Factor:
    """The actor's own: since when, None for none; `left` recovery codes are unused; `required` of the role."""

    since: datetime | None
    left: int
    required: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """A secret that is nobody's yet: `address` is what an app reads off a QR code, `secret` what one types instead."""

    secret: str
    address: str


def mine(actor: Actor) -> Factor:
    """The actor's second factor, or that there is none."""
    with look(actor, confined=True) as reading:
        row = people.second_factor(reading.session, reading.user_id)
        left = len(people.recovery_codes(reading.session, reading.user_id))
        return Factor(row.since if row else None, left, factor_required(reading))


def offer(actor: Actor) -> Offer:
    """A new secret to be shown to the actor; nothing is stored, `add` brings it back."""
    with look(actor, confined=True) as reading:
        user, desk = people.user(reading.session, reading.user_id), people.organisation(reading.session)
    assert user is not None
    secret = codes.new_secret()
    issuer = f"Vigie {desk.name if desk else ''}".replace(":", " ").strip()
    return Offer(secret, pyotp.TOTP(secret).provisioning_uri(name=user.login, issuer_name=issuer))


def add(actor: Actor, secret: str, *, password: str, code: str) -> tuple[str, ...]:
    """Signing in needs a code of `secret` from now on; returns the recovery codes, which nobody can read again.

    Every other session of the actor is over. Raises `Invalid`: `current` (code `bad_password`), `code` (`bad_code`);
    `TooManyAttempts`; `Refused` (code `second_factor_on`) where there is one already.
    """
    user = check_own_password(actor, password)
    attempt = guesses.claim(user.login, known=OWN_PAGE)
    with look(actor, confined=True) as reading:
        step = codes.step_of(secret, code, reading.now)
    if step is None:
        raise Invalid(code="bad_code")
    guesses.forgive(attempt)
    made = codes.new_recovery_codes()
    hashes = codes.recovery_hashes(made)
    with begin(actor, confined=True) as work:
        work.alone()
        user_id = work.user_id
        if people.second_factor(work.session, user_id) is not None:
            raise Refused("second_factor_on")
        kept = sealed.seal(codes.purpose(user_id), secret)
        work.session.add(SecondFactor(user_id=user_id, secret=kept, last_step=step, since=work.now))
        _put(work, hashes)
        _end_others(work, actor)
        work.note(Fact.SECOND_FACTOR_ADDED)
    return made


def remove(actor: Actor, *, password: str, code: str) -> None:
    """Signing in needs the password alone; every other session of the actor is over.

    Raises as `add` does; `Refused` (code `second_factor_required`) for whom the organisation asks one of.
    """
    with look(actor, confined=True) as reading:
        if factor_required(reading):
            raise Refused("second_factor_required")
    taken = _proven(actor, password, code)
    with begin(actor) as work:
        _take(work, taken)
        people.forget_second_factor(work.session, work.user_id)
        _end_others(work, actor)
        work.note(Fact.SECOND_FACTOR_REMOVED)


def renew_codes(actor: Actor, *, password: str, code: str) -> tuple[str, ...]:
    """New recovery codes, which nobody can read again; the old ones are worth nothing. Raises as `add` does."""
    taken = _proven(actor, password, code)
    made = codes.new_recovery_codes()
    hashes = codes.recovery_hashes(made)
    with begin(actor) as work:
        _take(work, taken)
        people.forget_recovery_codes(work.session, work.user_id)
        _put(work, hashes)
        work.note(Fact.RECOVERY_CODES_RENEWED)
    return made


def reset(actor: Actor, login: str) -> None:
    """The person signs in by password alone, and adds a new one at will, or at once where it is required.

    Sessions and open pages of the person are over. Raises `NotFound`, `Forbidden`; `Forbidden` also for one's own,
    which takes password and code; `Refused` (code `second_factor_off`) where there is none.
    """
    with begin(actor) as work:
        work.require(Right.MANAGE_PEOPLE)
        user = known(work, login)
        if user.id is None or user.id == work.who.user_id:
            raise Forbidden()
        if not people.forget_second_factor(work.session, user.id):
            raise Refused("second_factor_off")
        end_sessions(work, user)
        work.note(Fact.SECOND_FACTOR_RESET, login=user.login)


def require_of_administrators(actor: Actor, required: bool) -> None:
    """Administrators without one are led to add it before anything else; those who are signed in sign in anew.

    Raises `Forbidden`; `Refused` (code `second_factor_first`) for an administrator who has none himself.
    """
    with begin(actor) as work:
        work.require(Right.MANAGE_ORGANISATION)
        work.alone()
        desk = people.organisation(work.session)
        if desk is None:
            raise Refused("not_set_up")
        require_within(work, desk, required)


def require_within(work: Work, desk: Organisation, required: bool) -> None:
    """The same, as a part of a change of the settings by somebody who may."""
    without = people.without_second_factor(work.session, Role.ADMIN) if required else ()
    if any(user.id == work.who.user_id for user in without):
        raise Refused("second_factor_first")
    if desk.second_factor_admins == required:
        return
    told = change(desk.second_factor_admins, required)
    desk.second_factor_admins = required
    for user in without:
        end_sessions(work, user)
    work.note(Fact.ORGANISATION_CHANGED, field="second_factor_admins", **told)


def _proven(actor: Actor, password: str, code: str) -> Code:
    """The code, which is right and still to be taken, of whoever knows the password as well."""
    user = check_own_password(actor, password)
    assert user.id is not None
    attempt = guesses.claim(user.login, known=OWN_PAGE)
    found = codes.judge(user.id, code)
    if found is None:
        raise Invalid(code="bad_code")
    guesses.forgive(attempt)
    return found


def _take(work: Work, code: Code) -> None:
    if not codes.take(work, work.user_id, code):
        raise Invalid(code="bad_code")


def _put(work: Work, hashes: Sequence[str]) -> None:
    work.session.add_all([RecoveryCode(user_id=work.user_id, hash=each) for each in hashes])


def _end_others(work: Work, actor: Actor) -> None:
    """What was opened without the new state of things is over; the session that asked goes on, no longer confined."""
    user: User | None = people.user(work.session, work.user_id)
    assert user is not None
    end_sessions(work, user, keep=actor.session)
    kept = people.login_session(work.session, actor.session) if actor.session else None
    if kept is not None:
        kept.confined = False
