"""Calls about the SLA policy: read by the team, changed by an administrator (S61)."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, status
from pydantic import BaseModel, Field

from services import sla_policies
from services.sla_policies import PolicyView
from ui import calls
from ui.api.bodies import Body
from ui.api.request import Caller, Locale, no_query

router = APIRouter()


class PolicyTarget(Body):
    """Whole seconds, from a minute to 366 days."""

    response_s: int
    resolution_s: int


class ClosedDay(Body):
    day: Annotated[str, Field(description="2026-12-24")]
    name: str


class PolicyCalendar(Body):
    """`week`: seven lists of ranges, Monday first; `country`: whose holidays are closed, an ISO code."""

    name: str
    zone: str
    country: str | None = None
    week: list[list[list[str]]]
    closed: list[ClosedDay]


class NewPolicy(Body):
    """All the terms of the next version; `version`: the one that they were made from."""

    targets: dict[str, PolicyTarget]
    pausing: list[str]
    calendars: list[PolicyCalendar]
    calendar_of: dict[str, str]
    version: int | None = None


class SlaPolicyVersion(BaseModel):
    """`changes`: what the version changed in the one before."""

    version: int
    created_at: datetime
    by: str
    targets: dict[str, PolicyTarget]
    pausing: list[str]
    calendars: list[PolicyCalendar]
    calendar_of: dict[str, str]
    changes: list[dict[str, Any]]


@router.get("/sla-policies", dependencies=[Depends(no_query)])
async def list_sla_policies(caller: Caller) -> list[SlaPolicyVersion]:
    """Every version, the one that holds now first."""
    return [_answer(each) for each in await calls.read(sla_policies.versions, caller)]


@router.post("/sla-policies", status_code=status.HTTP_201_CREATED, dependencies=[Depends(no_query)])
async def create_sla_policy(caller: Caller, locale: Locale, body: NewPolicy) -> SlaPolicyVersion:
    """The next version, for new cycles from now on; open cycles keep theirs."""
    terms = body.model_dump(mode="json", exclude={"version"})
    saved = await calls.write(sla_policies.save, caller, terms, version=body.version, locale=locale)
    return _answer(saved)


def _answer(view: PolicyView) -> SlaPolicyVersion:
    made = {"version": view.version, "created_at": view.created_at, "by": view.by, "changes": list(view.changes)}
    return SlaPolicyVersion.model_validate({**made, **view.terms})
