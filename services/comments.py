"""Saying something on an incident."""

import hashlib
from typing import Any

from data.models import Comment, Incident
from data.vocabulary import Fact, Visibility
from services.work import Work


def digest_of(body: str) -> str:
    """What the history keeps of a comment's text."""
    return hashlib.sha256(body.encode()).hexdigest()


def say(work: Work, incident: Incident, body: str, visibility: Visibility, **details: Any) -> Comment:
    """The comment stands, with its line of history; for callers that have settled who may say what."""
    assert incident.id is not None
    said = Comment(incident_id=incident.id, author_id=work.user_id, at=work.now, visibility=visibility, body=body)
    work.session.add(said)
    work.session.flush()
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
