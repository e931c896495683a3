"""The workflow's actions, one address each: POST /incidents/{reference}/actions/{action}."""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter, Depends, Response

from data.vocabulary import Action
from services import lifecycle
from services.views import IncidentView
from ui.api import shapes
from ui.api.bodies import Assignment, Body, Escalation, Nothing, Outcome, Reopening, Wait
from ui.api.conditions import change
from ui.api.incidents import shown
from ui.api.request import Caller, IfMatch, no_query

ACTIONS: Mapping[Action, tuple[Callable[..., IncidentView], type[Body]]] = {
    Action.ASSIGN: (lifecycle.assign, Assignment),
    Action.TAKE: (lifecycle.take, Nothing),
    Action.START: (lifecycle.start, Nothing),
    Action.TAKE_AND_START: (lifecycle.take_and_start, Nothing),
    Action.HOLD: (lifecycle.hold, Wait),
    Action.RESUME: (lifecycle.resume, Nothing),
    Action.ESCALATE: (lifecycle.escalate, Escalation),
    Action.RESOLVE: (lifecycle.resolve, Outcome),
    Action.START_AND_RESOLVE: (lifecycle.start_and_resolve, Outcome),
    Action.CLOSE: (lifecycle.close, Nothing),
    Action.REOPEN: (lifecycle.reopen, Reopening),
}

router = APIRouter(dependencies=[Depends(no_query)])


def _route(function: Callable[..., IncidentView], body_type: type[Body]) -> Callable[..., Any]:
    async def act(
        caller: Caller, reference: str, response: Response, body: Body | None = None, if_match: IfMatch = None
    ) -> shapes.Incident:
        given = (body or body_type()).given()
        return shown(await change(function, caller, reference, if_match, **given), response)

    act.__annotations__["body"] = body_type | None  # what FastAPI reads the body by
    return act


for _action, (_function, _body_type) in ACTIONS.items():
    router.post(f"/incidents/{{reference}}/actions/{_action}", name=_action.value)(_route(_function, _body_type))
