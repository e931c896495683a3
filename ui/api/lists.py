"""Calls about several incidents, about people and teams, and about the caller."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services import board, people
from services.figures import report
from ui import calls
from ui.api import answers, shapes
from ui.api.bodies import Narrowing, Period
from ui.api.request import Caller, Zone, no_query

router = APIRouter()


@router.get("/incidents")
async def list_incidents(caller: Caller, query: Annotated[Narrowing, Query()]) -> shapes.Page:
    """The incidents that match and that the caller may see."""
    return answers.page(await calls.read(board.page, caller, board.Query(**query.model_dump())))


@router.get("/stats")
async def get_statistics(caller: Caller, zone: Zone, period: Annotated[Period, Query()]) -> shapes.Statistics:
    """Counts by status, priority and light; compliance and times over a period."""
    found = await calls.read(report.statistics, caller, zone, days=period.days, first=period.from_, last=period.to)
    return shapes.Statistics.model_validate(found)


@router.get("/teams", dependencies=[Depends(no_query)])
async def list_teams(caller: Caller) -> list[shapes.Team]:
    """The teams; `parent` is where a hierarchical escalation goes."""
    teams = await calls.read(people.all_teams, caller)
    names = {team.id: team.name for team in teams}
    return [answers.team(team, names) for team in teams]


@router.get("/users", dependencies=[Depends(no_query)])
async def list_users(caller: Caller) -> list[shapes.Person]:
    """Everybody with an account, by name."""
    return [answers.person(account) for account in await calls.read(people.accounts, caller)]


@router.get("/me", dependencies=[Depends(no_query)])
async def get_me(caller: Caller) -> shapes.Me:
    """Whom the token speaks for."""
    return answers.me(await calls.read(people.me, caller), caller.scope)
