"""Calls about several incidents, and about the caller."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services import board, people
from ui import calls
from ui.api import answers, shapes
from ui.api.bodies import Narrowing, Period
from ui.api.request import Caller, no_query

router = APIRouter()


@router.get("/incidents")
async def list_incidents(caller: Caller, query: Annotated[Narrowing, Query()]) -> shapes.Page:
    """The incidents that match and that the caller may see."""
    return answers.page(await calls.read(board.page, caller, board.Query(**query.model_dump())))


@router.get("/stats")
async def get_statistics(caller: Caller, period: Annotated[Period, Query()]) -> shapes.Statistics:
    """Counts by status, priority and light; compliance and times over a period."""
    return shapes.Statistics.model_validate(await calls.read(board.statistics, caller, days=period.days))


@router.get("/me", dependencies=[Depends(no_query)])
async def get_me(caller: Caller) -> shapes.Me:
    """Whom the token speaks for."""
    return answers.me(await calls.read(people.me, caller), caller.scope)
