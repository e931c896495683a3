"""What administrators do with other people's accounts: finding, changing, letting in, shutting out.

A deactivated person keeps name, history and incidents: nothing is reassigned behind anybody's back. The incidents that
wait for such a person are counted in the list of accounts and named on the account's page, and anybody of the desk can
take or assign them as ever; nothing new can be assigned to the person.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data.models import Membership, User
from data.queries import incidents, people
from data.vocabulary import Fact, Role, Scope
from services.errors import Forbidden
from services.inputs import NAME, Form
from services.people import (
    account,
    account_view,
    end_access,
    find_team,
    keep_an_admin,
    known,
    put_password,
    teams_of_people,
)
from services.permissions import Right
from services.text import folded, words
from services.views import AccountView, TeamView
from services.work import Actor, Reading, Work, begin, change, look

LIMIT = 50
MOST_TEAMS = 50
FIELDS = ("name", "email", "role", "active", "teams", "password")
# Without what is mistaken for something else when read aloud or copied by hand.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Row:
    """An account in the list, with how many open incidents are assigned to it."""

    account: AccountView
    open: int


@dataclass(frozen=True, slots=True)
class Accounts:
    """A slice of the accounts by name; `total` counts all that match."""

    rows: tuple[Row, ...]
    total: int


@dataclass(frozen=True, slots=True)
class TokenView:
    """An API token without its secret."""

    id: int
    name: str
    scope: Scope
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    over: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open incident that is assigned to somebody."""

    reference: str
    title: str


@dataclass(frozen=True, slots=True)
class Detail:
    """An account with all that an administrator asks of it; `last_admin`: nobody else could administer."""

    account: AccountView
    temporary: bool
    second_factor: datetime | None  # since when
    created_at: datetime
    tokens: tuple[TokenView, ...]
    open: int
    waiting: tuple[Waiting, ...]
    last_admin: bool


def find(
    actor: Actor,
    *,
    q: str | None = None,
    role: str | None = None,
    active: bool | None = None,
    offset: int = 0,
    limit: int = LIMIT,
) -> Accounts:
    """Accounts by name: those that have every word of `q` in name, login, e-mail or team. Raises `Invalid`."""
    with look(actor) as reading:
        reading.require(Right.MANAGE_PEOPLE)
        form = Form()
        wanted = words(form.line("q", q, max_length=200, required=False))
        wanted_role = form.optional_code("role", role, Role)
        form.check()
        teams = teams_of_people(reading)
        found = [
            account_view(user, own)
            for user in people.users(
                reading.session, roles=None if wanted_role is None else (wanted_role,), active=active
            )
            if _matches(user, own := teams.get(user.id or 0, ()), wanted)
        ]
        found.sort(key=lambda each: folded(each.name))  # É beside E, which no collation of both databases gives
        counts = incidents.open_counts(reading.session)
        rows = tuple(Row(each, counts.get(each.id, 0)) for each in found[offset : offset + limit])
        return Accounts(rows, len(found))


def get(actor: Actor, login: str) -> Detail:
    """The account, its tokens and the incidents that wait for it. Raises `NotFound`, `Forbidden`."""
    with look(actor) as reading:
        reading.require(Right.MANAGE_PEOPLE)
        user = known(reading, login)
        assert user.id is not None
        waiting = incidents.open_of(reading.session, user.id)
        factor = people.second_factor(reading.session, user.id)
        return Detail(
            account=account(reading, user.id),
            temporary=user.password_temporary,
            second_factor=factor.since if factor else None,
            created_at=user.created_at,
            tokens=tuple(_token_view(reading, row) for row in people.tokens_of(reading.session, user.id)),
            open=incidents.open_counts(reading.session).get(user.id, 0),
            waiting=tuple(Waiting(reference, title) for reference, title in waiting),
            last_admin=user.active and user.role is Role.ADMIN and not people.other_admin(reading.session, user.id),
        )


def change_account(actor: Actor, login: str, changes: Mapping[str, Any]) -> AccountView:
    """The account has the values that `changes` names (`FIELDS`), each with its line of history, old and new.

    `teams`: names or ids, the main one first. Another role or password, or deactivation, ends the person's sessions
    and open pages. Raises `NotFound`, `Forbidden`, `Invalid`, and `Refused` (code `last_admin`) for what would leave
    nobody to administer.
    """
    with begin(actor) as work:
        work.require(Right.MANAGE_PEOPLE)
        work.alone()
        user = known(work, login)
        assert user.id is not None
        form = Form()
        for name in set(changes) - set(FIELDS):
            form.wrong(name, "extra")
        given = _read(work, form, changes)
        form.check()
        keep_an_admin(work, user, role=given.get("role", user.role), active=given.get("active", user.active))
        if "teams" in given:
            _put_teams(work, user, given.pop("teams"))
        if (password := given.pop("password", None)) is not None:
            put_password(work, user, password)
        for name, value in given.items():
            before = getattr(user, name)
            if before == value:
                continue
            setattr(user, name, value)
            if name in ("role", "active"):
                end_access(work, user, field=name, old=before, new=value)
            else:
                work.note(Fact.USER_CHANGED, login=user.login, field=name, **change(before, value))
        work.session.flush()
        return account(work, user.id)


def reset_password(actor: Actor, login: str) -> str:
    """A temporary password, told this once: the person signs in with it and has to choose another one first.

    Sessions and open pages of the person are over. Raises `NotFound`, `Forbidden`; `Forbidden` also for one's own
    account, whose password is changed at `/me`.
    """
    with begin(actor) as work:
        work.require(Right.MANAGE_PEOPLE)
        user = known(work, login)
        if user.id == work.who.user_id:
            raise Forbidden()
        password = temporary_password()
        put_password(work, user, password, temporary=True)
        return password


def temporary_password() -> str:
    """Sixteen letters and digits in groups of four, 79 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def _read(work: Work, form: Form, changes: Mapping[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if "name" in changes:
        given["name"] = form.line("name", changes["name"], max_length=NAME)
    if "email" in changes:
        given["email"] = form.email("email", changes["email"])
    if "role" in changes:
        given["role"] = form.code("role", changes["role"], Role)
    if "active" in changes:
        given["active"] = changes["active"]
        if not isinstance(changes["active"], bool):
            form.wrong("active", "wrong_type")
    if "teams" in changes:
        given["teams"] = _read_teams(work, form, changes["teams"])
    if "password" in changes:
        given["password"] = changes["password"]
        if not isinstance(changes["password"], str):
            form.wrong("password", "wrong_type")
    return given


def _read_teams(work: Work, form: Form, wanted: Any) -> list[int]:
    if not isinstance(wanted, Sequence) or isinstance(wanted, str | bytes):
        form.wrong("teams", "wrong_type")
        return []
    if len(wanted) > MOST_TEAMS:
        form.wrong("teams", "too_many", max=MOST_TEAMS)
        return []
    found = [find_team(work, form, "teams", each) for each in wanted]
    return list(dict.fromkeys(team.id for team in found if team is not None and team.id is not None))


def _put_teams(work: Work, user: User, ids: Sequence[int]) -> None:
    assert user.id is not None
    names = {team.id: team.name for team in people.teams(work.session)}
    before = [membership.team_id for membership in people.memberships(work.session, user.id)]
    # Of the others no order is kept: only which one is the main team counts.
    if before[:1] == list(ids[:1]) and sorted(before) == sorted(ids):
        return
    people.end_memberships(work.session, user.id)
    for place, team_id in enumerate(ids):
        work.session.add(Membership(user_id=user.id, team_id=team_id, main=place == 0))
    told = change([names[each] for each in before], [names[each] for each in ids])
    work.note(Fact.USER_CHANGED, login=user.login, field="teams", **told)


def _matches(user: User, teams: Sequence[TeamView], wanted: Sequence[str]) -> bool:
    if not wanted:
        return True
    text = folded(" ".join([user.name, user.login, user.email or "", *(team.name for team in teams)]))
    return all(word in text for word in wanted)


def _token_view(reading: Reading, row: Any) -> TokenView:
    over = row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= reading.now)
    return TokenView(row.id, row.name, row.scope, row.created_at, row.expires_at, row.revoked_at, over)
