"""Calls about whom an incident affects, and what requesters may read of it."""

from datetime import datetime

from fastapi import APIRouter, Depends

from data.vocabulary import Status
from services import affected
from services.touched import Touched
from ui import calls
from ui.api.bodies import Body
from ui.api.request import Caller, no_query
from ui.api.shapes import Shape

router = APIRouter(dependencies=[Depends(no_query)])


class MeToo(Body):
    """`person`: a login, for the team to name; without it the caller."""

    person: str | None = None


class Publication(Body):
    """What requesters read."""

    title: str
    advice: str | None = None


class AffectedPerson(Shape):
    login: str
    name: str


class Published(Shape):
    """`listed`: the portal shows it to all requesters, else only to who has joined."""

    title: str
    advice: str
    listed: bool


class Affected(Shape):
    """`count`: each person once; who they are, and what is published, is for the team to read."""

    count: int
    joined: list[AffectedPerson]
    known: Published | None


class KnownProblem(Shape):
    """`title` is null where the team has written none."""

    reference: str
    title: str | None
    advice: str
    status: Status
    since: datetime
    people: int
    joined: bool


def _shown(found: Touched) -> Affected:
    return Affected.model_validate(found)


@router.get("/known-problems")
async def list_known_problems(caller: Caller) -> list[KnownProblem]:
    """Those that the caller can join, and those followed."""
    return [KnownProblem.model_validate(each) for each in await calls.read(affected.known_problems, caller)]


@router.get("/incidents/{reference}/affected")
async def get_affected(caller: Caller, reference: str) -> Affected:
    """Whom it affects."""
    return _shown(await calls.read(affected.touched, caller, reference))


@router.post("/incidents/{reference}/affected", status_code=201)
async def add_affected(caller: Caller, reference: str, new: MeToo) -> Affected:
    """« Moi aussi »."""
    return _shown(await calls.write(affected.join, caller, reference, person=new.person))


@router.delete("/incidents/{reference}/affected/{login}", status_code=204)
async def remove_affected(caller: Caller, reference: str, login: str) -> None:
    """Not any more; `login` may be `me`."""
    await calls.write(affected.leave, caller, reference, person=None if login == "me" else login)


@router.put("/incidents/{reference}/known-problem")
async def publish_known_problem(caller: Caller, reference: str, new: Publication) -> Affected:
    """Requesters read this of it."""
    return _shown(await calls.write(affected.publish, caller, reference, title=new.title, advice=new.advice))


@router.delete("/incidents/{reference}/known-problem", status_code=204)
async def withdraw_known_problem(caller: Caller, reference: str) -> None:
    """They find it no more."""
    await calls.write(affected.withdraw, caller, reference)
