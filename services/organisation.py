"""The first start: an organisation, its SLA policy and its first administrator."""

import secrets

from data.models import Organisation, SlaPolicy
from data.queries import people
from data.vocabulary import Fact, Role
from services.errors import BadCredentials, Refused
from services.inputs import NAME, Form
from services.people import add_user
from services.policies import terms_text
from services.sla import DEFAULT_TARGETS, Policy
from services.teams import add_team
from services.work import SYSTEM, Actor, Work, begin, look

FIRST_TEAMS = ("Support N3", "Support N2", "Support N1")  # each the parent of the next

_code: list[str] = []


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


def set_up_with_code(
    code: str, *, organisation: str, login: str, admin_name: str, email: str | None, password: str
) -> Actor:
    """As `set_up`, by the browser. Raises `BadCredentials` when `code` is not the one that the log printed."""
    if not secrets.compare_digest(setup_code().encode(), code.strip().encode("utf-8", "replace")):
        raise BadCredentials()
    actor = set_up(organisation=organisation, login=login, admin_name=admin_name, email=email, password=password)
    _code.clear()
    return actor


def set_up(*, organisation: str, login: str, admin_name: str, email: str | None, password: str) -> Actor:
    """The organisation, the default SLA policy, three support teams and the first administrator exist.

    Raises `Refused` (code `already_set_up`) where an organisation exists, `Invalid` for a field.
    """
    with begin(SYSTEM) as work:
        found_organisation(work, organisation)
        parent: str | None = None
        for team in FIRST_TEAMS:
            parent = add_team(work, name=team, parent=parent).name
        user_id = add_user(work, login=login, name=admin_name, role=Role.ADMIN, password=password, email=email)
    return Actor(user_id)


def found_organisation(work: Work, title: str) -> None:
    """The organisation and its first SLA policy exist, without people or teams."""
    if people.organisation(work.session) is not None:
        raise Refused("already_set_up")
    form = Form()
    title = form.line("organisation", title, max_length=NAME)
    form.check()
    policy = Policy(1, DEFAULT_TARGETS)
    work.session.add(Organisation(name=title, created_at=work.now))
    work.session.add(SlaPolicy(version=1, created_at=work.now, terms=terms_text(policy)))
    work.note(Fact.ORGANISATION_CREATED, name=title)
    work.note(Fact.POLICY_CREATED, version=1)
