"""Calls about several incidents, and about the caller."""

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
async def list_incidents(caller: Caller, zone: Zone, query: Annotated[Narrowing, Query()]) -> shapes.Page:
    """The incidents that match and that the caller may see."""
    return answers.page(await calls.read(board.page, caller, board.Query(**query.asked(zone))))


@router.get("/stats")
async def get_statistics(caller: Caller, zone: Zone, period: Annotated[Period, Query()]) -> shapes.Statistics:
    """Counts by status, priority and light; compliance and times over a period."""
    found = await calls.read(report.statistics, caller, zone, days=period.days, first=period.from_, last=period.to)
    return shapes.Statistics.model_validate(found)


@router.get("/me", dependencies=[Depends(no_query)])
async def get_me(caller: Caller) -> shapes.Me:
    """Whom the token speaks for."""
    return answers.me(await calls.read(people.me, caller), caller.scope)
