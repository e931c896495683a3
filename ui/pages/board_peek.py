"""`/board/peek/{reference}`: an incident at a glance for the board's panel, fetched when it is looked at."""

from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from nicegui import app

from data.vocabulary import Visibility
from services.errors import DeskError
from services.peek import Peek, peek
from services.views import CommentView, TeamView
from ui import calls, session
from ui.components.action_bar import arranged
from ui.components.board import PEEK
from ui.components.rich_text import clean_html
from ui.components.sla_block import sla_json

LONG = 700  # characters of a description, beyond which its beginning is shown at first

_HEADERS = {"Cache-Control": "no-store"}


@app.get(PEEK + "/{reference}", include_in_schema=False)
async def peek_route(request: Request, reference: str) -> Response:
    """The incident as whoever asks may see it; 401 without a session, 404 for what is not theirs to see."""
    try:
        actor, _ = await session.who(request)
        found = await calls.read(peek, actor, reference)
    except DeskError as refusal:
        return JSONResponse({"code": refusal.code}, refusal.status, _HEADERS)
    return JSONResponse(as_json(found), 200, _HEADERS)


def as_json(found: Peek) -> dict[str, Any]:
    """Codes, names, epoch seconds and clean HTML of what people wrote (X1); the words are the browser's."""
    incident, hold, done = found.incident, found.incident.hold, found.incident.resolution
    buttons, more = arranged(incident)
    return {
        "id": incident.id,
        "ref": incident.reference,
        "v": incident.version,
        "title": incident.title,
        "description": clean_html(incident.description),
        "long": len(incident.description) > LONG,
        "status": incident.status,
        "priority": incident.priority,
        "severity": incident.severity,
        "impact": incident.impact,
        "category": incident.category,
        "level": incident.escalation_level,
        "reopened": incident.reopen_count,
        "assignee": incident.assignee.name if incident.assignee else None,
        "team": _name(incident.team),
        "requester": incident.requester.name,
        "created": incident.created_at.timestamp(),
        "items": [{"kind": kind, "name": link.name} for kind, links in incident.links.items() for link in links],
        "hold": {"reason": hold.reason, "text": hold.text} if hold else None,
        "resolution": {"code": done.code, "summary": clean_html(done.summary or "")} if done else None,
        "sla": [
            sla_json("response", incident.cycle.response),
            sla_json("resolution", incident.cycle.resolution),
        ],
        "comments": [_comment(each) for each in found.comments],
        "more": found.more,
        "actions": [*buttons, *more],
    }


def _comment(comment: CommentView) -> dict[str, Any]:
    public = comment.visibility is Visibility.PUBLIC
    return {
        "id": comment.id,
        "by": comment.author.name,
        "at": comment.at.timestamp(),
        "look": "requester" if public and comment.by_requester and not comment.of_team else comment.visibility,
        "visibility": comment.visibility,
        "body": clean_html(comment.body, comment.mentions),
    }


def _name(team: TeamView | None) -> str | None:
    return team.name if team else None
