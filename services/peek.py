"""An incident at a glance, beside the list: what it says, its clocks, what may be done, and what was said last."""

from dataclasses import dataclass

from data.queries import incidents
from services.incident_view import comment_view, view, visible
from services.permissions import Right, may
from services.views import CommentView, IncidentView
from services.work import Actor, look

COMMENTS = 3


@dataclass(frozen=True, slots=True)
class Peek:
    """`comments` are the newest, newest first; `more` how many there are besides."""

    incident: IncidentView
    comments: tuple[CommentView, ...]
    more: int


def peek(actor: Actor, reference: str) -> Peek:
    """As the actor may see it now. Raises `NotFound` for what is not there or not theirs to see."""
    with look(actor) as reading:
        incident = visible(reading, incidents.by_reference(reading.session, reference))
        assert incident.id is not None
        public_only = not may(reading.who, Right.SEE_ALL)
        last, more = incidents.last_comments(reading.session, incident.id, COMMENTS, public_only=public_only)
        said = tuple(comment_view(reading, comment, author, incident) for comment, author in last)
        return Peek(view(reading, incident.id), said, more)
