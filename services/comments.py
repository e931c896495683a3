"""Saying something on an incident."""

import hashlib
from collections.abc import Sequence
from typing import Any

from data.models import Comment, Incident, User
from data.queries import people
from data.vocabulary import Fact, Visibility
from services import markdown
from services.inputs import BODY
from services.permissions import TEAM_ROLES, Right, may
from services.text import folded
from services.views import PersonView
from services.work import Actor, Reading, Work, look

MENTIONS = "mentions"


def digest_of(body: str) -> str:
    """What the history keeps of a comment's text."""
    return hashlib.sha256(body.encode()).hexdigest()


def colleagues(actor: Actor) -> tuple[PersonView, ...]:
    """Whom the actor may mention, by name: the team, which reads every comment. Nobody for a requester."""
    with look(actor) as reading:
        found = sorted(_mentionable(reading), key=lambda user: folded(user.name))
        return tuple(PersonView(user.id or 0, user.login, user.name) for user in found)


def named_in(actor: Actor, body: str) -> dict[str, str]:
    """Login → name of those whom a comment of the actor's would mention, were it `body`."""
    with look(actor) as reading:
        named = _named(reading, body[:BODY])
        markdown.to_html(body[:BODY], named)  # not on the event loop, where it will be asked for
        return named


def say(work: Work, incident: Incident, body: str, visibility: Visibility, **details: Any) -> Comment:
    """The comment stands, with its line of history; for callers that have settled who may say what."""
    assert incident.id is not None
    said = Comment(incident_id=incident.id, author_id=work.user_id, at=work.now, visibility=visibility, body=body)
    work.session.add(said)
    work.session.flush()
    if named := _named(work, body):
        details[MENTIONS] = list(named)
    work.note(
        Fact.COMMENTED,
        incident=incident,
        public=visibility is Visibility.PUBLIC,
        comment=said.id,
        visibility=visibility.value,
        sha256=digest_of(body),
        **details,
    )
    return said


def _mentionable(reading: Reading) -> Sequence[User]:
    if not may(reading.who, Right.COMMENT_INTERNALLY):
        return ()
    return people.users(reading.session, roles=tuple(TEAM_ROLES), active=True)


def _named(reading: Reading, body: str) -> dict[str, str]:
    if "@" not in body:
        return {}
    names = {user.login: user.name for user in _mentionable(reading)}
    return {login: names[login] for login in markdown.mentioned(body, names)}
