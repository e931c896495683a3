"""`/m/act`: what a phone does, by a plain request that it may send again until it has been answered.

Each request names itself (`key`) and the version that was shown: what was done during a cut takes effect once when the
connection is back, or is refused with the reason, and never twice (R4). The cookie says who acts, and the browser that
one of our own pages asks.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Annotated, Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from nicegui import app
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, ValidationError

from data.vocabulary import Action
from services import i18n, incidents, lifecycle
from services.errors import AlreadyDone, DeskError, Forbidden, Invalid, Unauthenticated
from services.views import IncidentView
from services.work import Actor
from ui import calls, live, session
from ui.board_desk import owner_before
from ui.components.phone import ACT
from ui.dialogs.hold import local_instant
from ui.limits import Window
from ui.viewer import Viewer

MAX_BODY = 2**17  # bytes: the longest comment, as JSON
COMMENT, RELEASE = "comment", "release"
_HEADERS = {"Cache-Control": "no-store"}
_STRICT = ConfigDict(extra="forbid")

# One phone that empties its queue after a night is far below; a script that guesses is not.
acts = Window(calls=240, seconds=60)


class Fields(BaseModel):
    """What an action asks for besides the incident; the services judge it."""

    model_config = _STRICT
    reason: StrictStr | None = None
    text: StrictStr | None = None
    resume_at: StrictStr | None = None
    code: StrictStr | None = None
    summary: StrictStr | None = None
    master: StrictStr | None = None
    publish: StrictBool = False
    body: StrictStr | None = None
    visibility: StrictStr | None = None
    files: Annotated[list[StrictStr], Field(max_length=20)] = []
    assignee: StrictStr | None = None
    team: StrictInt | None = None


class Act(BaseModel):
    """`key` is new for each action that somebody means, and the same however often it is sent."""

    model_config = _STRICT
    key: Annotated[StrictStr, Field(pattern=r"^[0-9A-Za-z-]{8,64}$")]
    ref: Annotated[StrictStr, Field(pattern=r"^[0-9A-Za-z-]{1,19}$")]
    v: StrictInt | None = None
    action: StrictStr
    fields: Fields = Fields()


Does = Callable[[Viewer, Actor, Act], Any]


def _plain(step: Callable[..., IncidentView]) -> Does:
    return lambda _, actor, act: step(actor, act.ref, version=act.v)


def _given(step: Callable[..., IncidentView], *names: str) -> Does:
    return lambda _, actor, act: step(actor, act.ref, version=act.v, **act.fields.model_dump(include={*names}))


def _hold(viewer: Viewer, actor: Actor, act: Act) -> IncidentView:
    given = act.fields
    until = local_instant(given.resume_at, viewer.zone)
    return lifecycle.hold(actor, act.ref, reason=given.reason, text=given.text, resume_at=until, version=act.v)


def _comment(_: Viewer, actor: Actor, act: Act) -> None:
    given = act.fields
    incidents.comment(actor, act.ref, body=given.body, visibility=given.visibility, files=given.files)


_RESOLUTION = ("code", "summary", "master", "publish")
# What each does, and the word for it.
DOES: Mapping[str, tuple[Does, str]] = {
    Action.TAKE: (_plain(lifecycle.take), "toast.taken"),
    Action.START: (_plain(lifecycle.start), "toast.started"),
    Action.TAKE_AND_START: (_plain(lifecycle.take_and_start), "toast.started"),
    Action.RESUME: (_plain(lifecycle.resume), "toast.resumed"),
    Action.CLOSE: (_plain(lifecycle.close), "toast.closed"),
    Action.HOLD: (_hold, "toast.held"),
    Action.RESOLVE: (_given(lifecycle.resolve, *_RESOLUTION), "toast.resolved"),
    Action.START_AND_RESOLVE: (_given(lifecycle.start_and_resolve, *_RESOLUTION), "toast.resolved"),
    COMMENT: (_comment, "phone.commented"),
    RELEASE: (_given(lifecycle.assign, "assignee", "team"), "toast.released"),
}


@app.post(ACT, include_in_schema=False)
async def act_route(request: Request) -> Response:
    """`{said, undo, again}` once it is done, `undo` being the fields of a `release`; `{code, said}` when refused."""
    locale = session.visitor_of(request).locale
    try:
        actor, account = await session.who(request)
        viewer = session.viewer_of(request, actor, account)
        locale = viewer.locale
        if account.temporary or not session.same_origin(request):
            raise Forbidden()
        acts.claim(str(actor.user_id))
        act = await _read(request)
        return JSONResponse(await _done(viewer, act), 200, _HEADERS)
    except DeskError as refusal:
        body = {"code": refusal.code, "said": _sentence(refusal, locale)}
        return JSONResponse(body, refusal.status, _HEADERS)


async def _read(request: Request) -> Act:
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise Invalid(body="wrong_type")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY:
            raise Invalid(body="wrong_type")
    try:
        act = Act.model_validate_json(body)
    except ValidationError:
        raise Invalid(body="wrong_type") from None
    if act.action not in DOES:
        raise Invalid(action="unknown")
    return act


async def _done(viewer: Viewer, act: Act) -> dict[str, Any]:
    does, said = DOES[act.action]
    # Another action under the same key is another call.
    actor = replace(viewer.actor, call=f"{act.action} {act.ref} {act.key}")
    before = next((row for row in live.hub.rows.values() if row["ref"] == act.ref), None)
    try:
        done = await calls.write(partial(does, viewer, actor, act))
    except AlreadyDone:
        return {"said": viewer.t(said, ref=act.ref), "undo": None, "again": True}
    undo = owner_before(before, done) if act.action == Action.TAKE and before else None
    return {"said": viewer.t(said, ref=act.ref), "undo": undo, "again": False}


def _sentence(refusal: DeskError, locale: str) -> str:
    if isinstance(refusal, Unauthenticated):
        return i18n.t("error.unauthenticated", locale)
    whole = i18n.error_sentence(refusal, locale)
    if isinstance(refusal, Invalid):
        whole = " ".join([whole, *i18n.field_sentences(refusal, locale).values()])
    return whole
