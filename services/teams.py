"""Teams and their tree, along which hierarchical escalation climbs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from data.models import Team
from data.queries import incidents, people
from data.vocabulary import Fact
from services.errors import NotFound, Refused
from services.incident_view import person_view, team_view
from services.inputs import Form
from services.people import find_team
from services.permissions import Right
from services.text import plain_words
from services.views import PersonView, TeamView
from services.work import Actor, Reading, Work, begin, change, look

NAME, CODE, SKILLS = 80, 4, 120
FIELDS = ("name", "code", "parent", "external", "email", "skills")


@dataclass(frozen=True, slots=True)
class TeamDetail:
    """A team as an administrator sees it: `depth` below the top, its members by name, its open incidents."""

    team: TeamView
    email: str | None
    depth: int
    members: tuple[PersonView, ...]
    open: int


def tree(actor: Actor) -> tuple[TeamDetail, ...]:
    """Every team after its parent, those beside each other by name. Raises `Forbidden`."""
    with look(actor) as reading:
        reading.require(Right.MANAGE_PEOPLE)
        members: dict[int, list[PersonView]] = {}
        users = {user.id: user for user in people.users(reading.session)}
        for user_id, team in people.teams_of_people(reading.session):
            members.setdefault(team.id or 0, []).append(person_view(users[user_id]))
        counts = incidents.open_counts_of_teams(reading.session)
        below: dict[int | None, list[Team]] = {}
        for team in sorted(people.teams(reading.session), key=lambda each: each.name.casefold()):
            below.setdefault(team.parent_id, []).append(team)
        found: list[TeamDetail] = []
        ahead = [(team, 0) for team in reversed(below.get(None, []))]
        while ahead:
            team, depth = ahead.pop()
            own = tuple(sorted(members.get(team.id or 0, []), key=lambda each: each.name))
            found.append(TeamDetail(team_view(team), team.email, depth, own, counts.get(team.id or 0, 0)))
            ahead += [(each, depth + 1) for each in reversed(below.get(team.id, []))]
        return tuple(found)


def create_team(
    actor: Actor,
    *,
    name: str,
    parent: str | int | None = None,
    external: bool = False,
    email: str | None = None,
    code: str | None = None,
    skills: str | None = None,
) -> TeamView:
    """The team exists, below `parent` where one is given. Raises `Invalid`, `Forbidden`.

    A new team cannot close a circle: only an existing one can be its parent.
    """
    with begin(actor) as work:
        work.require(Right.MANAGE_PEOPLE)
        return add_team(work, name=name, parent=parent, external=external, email=email, code=code, skills=skills)


def add_team(
    work: Work,
    *,
    name: str,
    parent: str | int | None = None,
    external: bool = False,
    email: str | None = None,
    code: str | None = None,
    skills: str | None = None,
) -> TeamView:
    """The same, for callers that have settled who may."""
    work.alone()
    form = Form()
    name = form.line("name", name, max_length=NAME)
    if name and "name" not in form.errors and people.team_by_name(work.session, name):
        form.wrong("name", "taken")
    short = form.line("code", code, max_length=CODE, required=False) or short_code(name)
    above = find_team(work, form, "parent", parent)
    address = form.email("email", email, required=external)
    skilled = form.line("skills", skills, max_length=SKILLS, required=False) or None
    form.check()
    parent_id = above.id if above else None
    team = Team(name=name, code=short, parent_id=parent_id, external=external, email=address, skills=skilled)
    work.session.add(team)
    work.session.flush()
    work.note(Fact.TEAM_CREATED, name=name, parent=above.name if above else None, external=external)
    return team_view(team)


def change_team(actor: Actor, team_id: int, changes: Mapping[str, Any]) -> TeamView:
    """The team has the values that `changes` names (`FIELDS`), each with its line of history, old and new.

    Raises `NotFound`, `Forbidden`, `Invalid`: `parent` with code `cycle` for a team below this one, or this one.
    """
    with begin(actor) as work:
        work.require(Right.MANAGE_PEOPLE)
        work.alone()
        team = _known(work, team_id)
        form = Form()
        for name in set(changes) - set(FIELDS):
            form.wrong(name, "extra")
        given, told = _read(work, form, team, changes)
        form.check()
        for name, value in given.items():
            before = getattr(team, name)
            if before != value:
                setattr(team, name, value)
                field, old, new = told.get(name, (name, before, value))
                work.note(Fact.TEAM_CHANGED, name=team.name, field=field, **change(old, new))
        return team_view(team)


def remove_team(actor: Actor, team_id: int) -> None:
    """The team is gone. Raises `NotFound`, `Forbidden`, and `Refused` (code `team_in_use`) where anything hangs on it.

    Incidents count for ever, closed ones too: their story names the team.
    """
    with begin(actor) as work:
        work.require(Right.MANAGE_PEOPLE)
        work.alone()
        team = _known(work, team_id)
        uses = people.team_uses(work.session, team_id)
        if uses:
            members, below, cases = (uses.pop(table, 0) for table in ("membership", "team", "incident"))
            raise Refused(
                "team_in_use", name=team.name, members=members, teams=below, incidents=cases, others=sum(uses.values())
            )
        work.session.delete(team)
        work.note(Fact.TEAM_REMOVED, name=team.name)


def short_code(name: str) -> str:
    """Two or three letters that stand for the team in its square."""
    words = plain_words(name)
    if len(words) > 1:
        return "".join(word[:2] if word[1:].isdigit() else word[0] for word in words)[-2:].upper() or "?"
    return name[:2].upper()


def _read(
    work: Work, form: Form, team: Team, changes: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, tuple[str, Any, Any]]]:
    """(column → value, column → what the history says of it) of what `changes` names."""
    given: dict[str, Any] = {}
    told: dict[str, tuple[str, Any, Any]] = {}
    if "name" in changes:
        given["name"] = name = form.line("name", changes["name"], max_length=NAME)
        same = people.team_by_name(work.session, name) if name and "name" not in form.errors else None
        if same is not None and same.id != team.id:
            form.wrong("name", "taken")
    if "code" in changes:
        short = form.line("code", changes["code"], max_length=CODE, required=False)
        given["code"] = short or short_code(given.get("name", team.name))
    if "external" in changes:
        given["external"] = changes["external"]
        if not isinstance(changes["external"], bool):
            form.wrong("external", "wrong_type")
    if "email" in changes or "external" in changes:
        external = bool(given.get("external", team.external))
        given["email"] = form.email("email", changes.get("email", team.email), required=external)
    if "skills" in changes:
        given["skills"] = form.line("skills", changes["skills"], max_length=SKILLS, required=False) or None
    if "parent" in changes:
        above = find_team(work, form, "parent", changes["parent"])
        teams = {each.id: each for each in people.teams(work.session)}
        if above is not None and team.id in _upward(teams, above):
            form.wrong("parent", "cycle")
        before = teams.get(team.parent_id)
        given["parent_id"] = above.id if above else None
        told["parent_id"] = ("parent", before.name if before else None, above.name if above else None)
    return given, told


def _upward(teams: Mapping[int | None, Team], team: Team) -> set[int | None]:
    """The team and all above it."""
    passed: set[int | None] = set()
    at: Team | None = team
    while at is not None and at.id not in passed:
        passed.add(at.id)
        at = teams.get(at.parent_id)
    return passed


def _known(reading: Reading, team_id: int) -> Team:
    found = people.team(reading.session, team_id) if 0 < team_id < 2**63 else None
    if found is None:
        raise NotFound()
    return found
