"""Calls about accounts, their tokens, and teams (contract, "REST API"). Changing them is the administrator's affair."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from data.vocabulary import Role, Scope
from services import accounts, people, teams, tokens
from services.accounts import temporary_password
from services.errors import NotFound
from services.text import folded, words
from ui import calls
from ui.api import answers, shapes
from ui.api.bodies import Body, Login, TeamKey
from ui.api.request import Caller, RowId, no_query

PLAIN = [Depends(no_query)]
RoleCode = Annotated[str, WithJsonSchema({"type": "string", "enum": [*Role]})]
ScopeCode = Annotated[str, WithJsonSchema({"type": "string", "enum": [*Scope]})]
TeamKeys = Annotated[list[TeamKey], Field(max_length=accounts.MOST_TEAMS)]

router = APIRouter()


class PeopleSearch(BaseModel):
    """Every word of `q` is in name, login or e-mail address."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[str | None, Field(max_length=200)] = None
    role: Role | None = None
    active: bool | None = None


class NewUser(Body):
    """Without `password` a temporary one is made, and told in the answer."""

    login: Login
    name: str
    role: RoleCode
    email: str | None = None
    teams: TeamKeys = Field(default_factory=list)
    password: str | None = None


class UserChange(Body):
    """New values of an account's fields; what is absent stays. The first of `teams` is the main one."""

    name: str | None = None
    email: str | None = None
    role: RoleCode | None = None
    active: bool | None = None
    teams: TeamKeys = Field(default_factory=list)
    password: str | None = None


class CreatedUser(shapes.Person):
    """`temporary_password` is told this once; null where the caller chose the password."""

    temporary_password: str | None


class NewToken(Body):
    """`expires`: after so many days; absent: never."""

    name: str
    scope: ScopeCode = Scope.WRITE.value
    expires: Annotated[int | None, Field(description="days")] = None


class Token(shapes.Shape):
    id: int
    name: str
    scope: Scope
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class CreatedToken(BaseModel):
    """`token` is shown this once."""

    token: str


class NewTeam(Body):
    """`parent` is where a hierarchical escalation goes; an external supplier needs an e-mail address."""

    name: str
    code: str | None = None
    parent: TeamKey | None = None
    external: bool = False
    email: str | None = None
    skills: str | None = None


class TeamChange(Body):
    """New values of a team's fields; what is absent stays."""

    name: str | None = None
    code: str | None = None
    parent: TeamKey | None = None
    external: bool | None = None
    email: str | None = None
    skills: str | None = None


@router.get("/users")
async def list_users(caller: Caller, query: Annotated[PeopleSearch, Query()]) -> list[shapes.Person]:
    """Everybody with an account, by name."""
    wanted = words(query.q or "")
    return [
        answers.person(account)
        for account in await calls.read(people.accounts, caller)
        if query.role in (None, account.role) and query.active in (None, account.active)
        if not wanted or _says(account, wanted)
    ]


def _says(account: Any, wanted: list[str]) -> bool:
    text = folded(f"{account.name} {account.login} {account.email or ''}")
    return all(word in text for word in wanted)


@router.post("/users", status_code=201, dependencies=PLAIN)
async def create_user(caller: Caller, new: NewUser, request: Request, response: Response) -> CreatedUser:
    """The account exists."""
    given = new.model_dump()
    temporary = temporary_password() if new.password is None else None
    given["password"] = temporary or new.password
    account = await calls.write(people.create_user, caller, **given, temporary=temporary is not None)
    response.headers["Location"] = f"{request.scope['root_path']}/users/{account.login}"
    return CreatedUser(**answers.person(account).model_dump(), temporary_password=temporary)


@router.get("/users/{login}", dependencies=PLAIN)
async def get_user(caller: Caller, login: str) -> shapes.Person:
    """The account."""
    return answers.person(await calls.read(people.one, caller, login))


@router.patch("/users/{login}", dependencies=PLAIN)
async def change_user(caller: Caller, login: str, new: UserChange) -> shapes.Person:
    """The account has the named values."""
    changes = new.model_dump(exclude_unset=True)
    return answers.person(await calls.write(accounts.change_account, caller, login, changes))


@router.delete("/users/{login}", status_code=204, dependencies=PLAIN)
async def deactivate_user(caller: Caller, login: str) -> None:
    """The account cannot sign in any more; it stays, because its story does."""
    await calls.write(accounts.change_account, caller, login, {"active": False})


@router.get("/users/{login}/tokens", dependencies=PLAIN)
async def list_tokens(caller: Caller, login: str) -> list[Token]:
    """The account's API tokens, the newest first."""
    detail = await calls.read(accounts.get, caller, login)
    return [Token.model_validate(token) for token in detail.tokens]


@router.post("/users/{login}/tokens", status_code=201, dependencies=PLAIN)
async def create_token(caller: Caller, login: str, new: NewToken) -> CreatedToken:
    """A token that speaks for the account."""
    token = await calls.write(tokens.issue, caller, login, name=new.name, scope=new.scope, expires_days=new.expires)
    return CreatedToken(token=token)


@router.delete("/users/{login}/tokens/{token_id}", status_code=204, dependencies=PLAIN)
async def revoke_token(caller: Caller, login: str, token_id: RowId) -> None:
    """The token lets nobody in any more."""
    await calls.write(tokens.revoke, caller, login, token_id)


@router.get("/teams", dependencies=PLAIN)
async def list_teams(caller: Caller) -> list[shapes.Team]:
    """The teams; `parent` is where a hierarchical escalation goes."""
    found = await calls.read(people.all_teams, caller)
    names = {team.id: team.name for team in found}
    return [answers.team(team, names) for team in found]


@router.post("/teams", status_code=201, dependencies=PLAIN)
async def create_team(caller: Caller, new: NewTeam, request: Request, response: Response) -> shapes.Team:
    """The team exists."""
    made = await calls.write(teams.create_team, caller, **new.model_dump())
    response.headers["Location"] = f"{request.scope['root_path']}/teams/{made.id}"
    return await _team(caller, made.id)


@router.get("/teams/{team_id}", dependencies=PLAIN)
async def get_team(caller: Caller, team_id: RowId) -> shapes.Team:
    """The team."""
    return await _team(caller, team_id)


@router.patch("/teams/{team_id}", dependencies=PLAIN)
async def change_team(caller: Caller, team_id: RowId, new: TeamChange) -> shapes.Team:
    """The team has the named values."""
    await calls.write(teams.change_team, caller, team_id, new.model_dump(exclude_unset=True))
    return await _team(caller, team_id)


@router.delete("/teams/{team_id}", status_code=204, dependencies=PLAIN)
async def remove_team(caller: Caller, team_id: RowId) -> None:
    """The team is gone, if nothing hangs on it."""
    await calls.write(teams.remove_team, caller, team_id)


async def _team(caller: Any, team_id: int) -> shapes.Team:
    found = await calls.read(people.all_teams, caller)
    team = next((each for each in found if each.id == team_id), None)
    if team is None:
        raise NotFound()
    return answers.team(team, {each.id: each.name for each in found})
