"""Calls about one incident."""

from fastapi import APIRouter, Depends, Request, Response

from services import deadlines, incidents, satisfaction, service_requests
from services.explanation import explain
from services.views import IncidentView
from ui import calls
from ui.api import answers, shapes
from ui.api.bodies import Change, Declaration, Opinion, Redirection, Remark
from ui.api.conditions import change, etag
from ui.api.request import Caller, IdempotencyKey, IfMatch, Locale, Zone, no_query

router = APIRouter(dependencies=[Depends(no_query)])


def shown(view: IncidentView, response: Response) -> shapes.Incident:
    """The incident, with its `ETag`."""
    response.headers["ETag"] = etag(view)
    return answers.incident(view)


@router.post("/incidents", status_code=201)
async def create_incident(
    caller: Caller, new: Declaration, request: Request, response: Response, key: IdempotencyKey = None
) -> shapes.Incident:
    """Declares an incident."""
    view = await calls.write(incidents.create, caller, new.declared(), key=key)
    response.headers["Location"] = f"{request.scope['root_path']}/incidents/{view.reference}"
    return shown(view, response)


@router.get("/incidents/{reference}")
async def get_incident(caller: Caller, reference: str, response: Response) -> shapes.Incident:
    """The incident as the caller sees it now."""
    return shown(await calls.read(incidents.get, caller, reference), response)


@router.patch("/incidents/{reference}")
async def change_incident(
    caller: Caller, reference: str, new: Change, response: Response, if_match: IfMatch = None
) -> shapes.Incident:
    """Gives the named fields new values."""
    view = await change(incidents.edit, caller, reference, if_match, changes=new.changes(), reason=new.reason)
    return shown(view, response)


@router.get("/incidents/{reference}/history")
async def get_history(caller: Caller, reference: str) -> list[shapes.Entry]:
    """What happened, oldest first, as far as the caller may read it."""
    timeline = await calls.read(incidents.history, caller, reference)
    return [answers.entry(entry) for entry in timeline.entries]


@router.get("/incidents/{reference}/comments")
async def get_comments(caller: Caller, reference: str) -> list[shapes.Comment]:
    """What was said, oldest first; internal comments for the team only."""
    timeline = await calls.read(incidents.history, caller, reference)
    return [answers.comment(comment) for comment in timeline.comments.values()]


@router.post("/incidents/{reference}/comments", status_code=201)
async def add_comment(caller: Caller, reference: str, said: Remark) -> shapes.Comment:
    """Comments."""
    return answers.comment(await calls.write(incidents.comment, caller, reference, **said.given()))


@router.get("/incidents/{reference}/rating")
async def get_rating(caller: Caller, reference: str) -> shapes.Rating | None:
    """What its requester thought of it; null as long as nothing was said."""
    rating = (await calls.read(incidents.get, caller, reference)).rating
    return shapes.Rating.model_validate(rating) if rating else None


@router.post("/incidents/{reference}/rating", status_code=201)
async def add_rating(caller: Caller, reference: str, said: Opinion) -> shapes.Rating:
    """Rates it, once, as its requester and after its resolution."""
    return shapes.Rating.model_validate(await calls.write(satisfaction.rate, caller, reference, **said.given()))


@router.post("/incidents/{reference}/service-request")
async def redirect_request(
    caller: Caller, reference: str, response: Response, said: Redirection | None = None, if_match: IfMatch = None
) -> shapes.Incident:
    """It is a service request: resolved without work, and its requester reads where it belongs."""
    given = (said or Redirection()).given()
    return shown(await change(service_requests.redirect, caller, reference, if_match, **given), response)


@router.get("/incidents/{reference}/sla")
async def get_sla(caller: Caller, reference: str, locale: Locale, zone: Zone) -> shapes.Working:
    """How each due time came about."""
    cycles = await calls.read(deadlines.cycles, caller, reference)
    return shapes.Working(
        policy_version=cycles[-1].policy_version,
        cycles=[answers.cycle(cycle, explain(cycle, locale, zone)) for cycle in cycles],
    )
