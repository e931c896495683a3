"""The first start: an organisation, its SLA policy, its teams and its first administrator."""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

from data.models import Organisation, SlaPolicy
from data.queries import people
from data.vocabulary import Fact, Role
from services.attempts import Attempts, network
from services.errors import BadCredentials, Invalid, Refused
from services.inputs import NAME, Form
from services.people import add_user
from services.policies import terms_text
from services.sla import DEFAULT_TARGETS, Policy
from services.teams import add_team
from services.terms import as_terms, read_targets
from services.work import SYSTEM, Actor, Work, begin, look


@dataclass(frozen=True, slots=True)
class FirstTeam:
    """A team to begin with; `parent` is the name of one that stands before it in the list. A supplier is `external`,
    and hears of what is his at `email`."""

    name: str
    parent: str | None = None
    external: bool = False
    email: str | None = None


# Each the parent of the next.
FIRST_TEAMS = (FirstTeam("Support N3"), FirstTeam("Support N2", "Support N3"), FirstTeam("Support N1", "Support N2"))
Targets = Mapping[str, Mapping[str, int | None]]
FIRST_TARGETS: Targets = as_terms(Policy(1, DEFAULT_TARGETS))["targets"]


@dataclass(frozen=True, kw_only=True)
class NewOrganisation:
    """What is asked for at the first start, as it was typed; `targets` as terms of a policy have them."""

    organisation: str
    login: str
    admin_name: str
    password: str
    email: str | None = None
    teams: Sequence[FirstTeam] = FIRST_TEAMS
    targets: Targets = field(default_factory=lambda: FIRST_TARGETS)


_code: list[str] = []
_failures = Attempts()


def is_set_up() -> bool:
    """Whether the organisation exists."""
    with look(SYSTEM) as reading:
        return people.organisation(reading.session) is not None


def name() -> str:
    """The organisation's name, empty before set-up."""
    with look(SYSTEM) as reading:
        found = people.organisation(reading.session)
        return found.name if found else ""


def setup_code() -> str:
    """The one-time code that opens the set-up page; new with each start of the process, gone once used."""
    if not _code:
        _code.append("-".join(f"{secrets.randbelow(10**4):04d}" for _ in range(3)))
    return _code[0]


def check_code(code: str, address: str = "") -> None:
    """Raises `BadCredentials` (`left`: attempts that remain) when `code` is not the one that the log printed, with its
    dashes, with spaces or without, and `TooManyAttempts` after five failures in fifteen minutes from `address`: no
    stranger can keep the owner waiting."""
    attempt = _failures.claim(network(address))
    typed, right = (re.sub(r"[\s\u2010-\u2015-]", "", each).encode("utf-8", "replace") for each in (code, setup_code()))
    if not secrets.compare_digest(right, typed):
        raise BadCredentials(left=attempt.left)
    _failures.forgive(attempt)


def rehearse(code: str, new: NewOrganisation, address: str = "") -> None:
    """Raises what `set_up_with_code` would; nothing changes."""
    check_code(code, address)
    with suppress(_Undone), begin(SYSTEM) as work:
        _found(work, new)
        raise _Undone


def set_up_with_code(code: str, new: NewOrganisation, address: str = "") -> Actor:
    """As `set_up`, by the browser; the code is gone. Raises what `check_code` does for a wrong one."""
    check_code(code, address)
    actor = _set_up(new)
    _code.clear()
    return actor


def set_up(*, organisation: str, login: str, admin_name: str, email: str | None, password: str) -> Actor:
    """The organisation, the default SLA policy, three support teams and the first administrator exist.

    Raises `Refused` (code `already_set_up`) where an organisation exists, and `Invalid` with everything that is wrong:
    `organisation`, `name`, `login`, `email`, `password`, `teams.0`, `teams.1`… for the names of the teams,
    `teams.0.email` for where a supplier hears, and `targets.high.response` and its like.
    """
    return _set_up(
        NewOrganisation(organisation=organisation, login=login, admin_name=admin_name, email=email, password=password)
    )


class _Undone(Exception):
    """Ends a rehearsal."""


def _set_up(new: NewOrganisation) -> Actor:
    with begin(SYSTEM) as work:
        user_id = _found(work, new)
    return Actor(user_id)


def _found(work: Work, new: NewOrganisation) -> int:
    """The first administrator's id."""
    errors: dict[str, tuple[str, dict[str, Any]]] = {}
    made: list[int] = []

    def attempt(step: Callable[[], object], place: Callable[[str], str] = str) -> None:
        try:
            step()
        except Invalid as invalid:
            errors.update({place(name): error for name, error in invalid.errors.items()})

    def place_of(position: int) -> Callable[[str], str]:
        return lambda name: f"teams.{position}.email" if name == "email" else f"teams.{position}"

    attempt(lambda: found_organisation(work, new.organisation, new.targets))
    for position, team in enumerate(new.teams):
        attempt(partial(add_team, work, **asdict(team)), place_of(position))
    attempt(
        lambda: made.append(
            add_user(
                work, login=new.login, name=new.admin_name, role=Role.ADMIN, password=new.password, email=new.email
            )
        )
    )
    if errors:
        raise Invalid(**errors)
    return made[0]


def found_organisation(work: Work, title: str, targets: Targets = FIRST_TARGETS) -> None:
    """The organisation and its first SLA policy exist, without people or teams."""
    work.alone()
    if people.organisation(work.session) is not None:
        raise Refused("already_set_up")
    form = Form()
    title = form.line("organisation", title, max_length=NAME)
    policy = Policy(1, read_targets(form, targets))
    form.check()
    work.session.add(Organisation(name=title, created_at=work.now))
    work.session.add(SlaPolicy(version=1, created_at=work.now, terms=terms_text(policy)))
    work.note(Fact.ORGANISATION_CREATED, name=title)
    work.note(Fact.POLICY_CREATED, version=1)
