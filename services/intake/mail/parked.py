"""Letters that wait for somebody of the desk: what they are, and what becomes of them. Common refusals: `Forbidden`,
`NotFound` (somebody else has dealt with it)."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.models import Letter
from data.queries import letters, outbox
from data.vocabulary import (
    Category,
    Fact,
    ItemKind,
    LetterReason,
    LetterState,
    Priority,
    Source,
    Status,
    Visibility,
)
from services import incidents
from services.comments import say
from services.errors import NotFound
from services.i18n import t
from services.incident_view import view
from services.inputs import BODY
from services.intake.mail import fetching
from services.intake.mail.fetching import State
from services.lifecycle import load
from services.permissions import Right
from services.views import IncidentView
from services.work import Actor, Work, begin, look

MOST = 50
SHOWN = 2_000  # of a text
COUNTED = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ParkedLetter:
    """A letter as it is listed. `reference`: the incident that it answers, `open`: to which it could be added.

    `files`: names of what came with it and was not kept.
    """

    id: int
    received_at: datetime
    sender: str
    subject: str
    reason: LetterReason
    text: str
    files: tuple[str, ...]
    reference: str | None
    open: bool


@dataclass(frozen=True, slots=True)
class Quarantine:
    """The newest of the letters that wait, how many there are, and how many have made nothing in a week, by reason.

    `configured`: whether letters are fetched at all; `mailbox`: how it stands with it, None where nobody knows.
    """

    letters: tuple[ParkedLetter, ...]
    waiting: int
    passed_over: Mapping[LetterReason, int]
    configured: bool
    mailbox: State | None = None


def quarantine(actor: Actor) -> Quarantine:
    """What waits for somebody."""
    with look(actor) as reading:
        reading.require(Right.SORT_LETTERS)
        found = letters.parked(reading.session, limit=MOST)
        counted = letters.passed_over(reading.session, reading.now - COUNTED)
        return Quarantine(
            tuple(_seen(row, reference, status) for row, reference, status in found),
            letters.count_parked(reading.session),
            {reason: count for reason, count in counted.items() if reason},
            fetching.is_configured(),
            fetching.state(),
        )


def make_incident(actor: Actor, letter_id: int, locale: str) -> IncidentView:
    """There is an incident, source e-mail, declared by the actor: the sender is named in it, and an employee of the
    CMDB with that address is linked (S17). After a closed one it is its recurrence. `locale`: of what is added."""
    with _taken(actor, letter_id) as (work, row):
        incident = outbox.incident(work.session, row.incident_id) if row.incident_id else None
        title = row.subject or t("mail.untitled", locale)
        employee = letters.employee(work.session, row.sender) if row.sender else None
        named = incident.reference if incident else None
        new = incidents.NewIncident(
            title=title,
            description=f"{_origin(row, named, locale)}\n\n{row.text or title}"[:BODY],
            category=Category.OTHER,
            priority=Priority.MEDIUM,
            source=Source.EMAIL,
            links={ItemKind.EMPLOYEES.value: [employee]} if employee else {},
            recurrence_of=named if incident and incident.status is Status.CLOSED else None,
        )
        row.incident_id = incidents.declare(work, new)
        _done(row, LetterState.DECLARED)
        return view(work, row.incident_id)


def add_to_incident(actor: Actor, letter_id: int, locale: str) -> str:
    """The incident that the letter answers has it as an internal comment of the actor's; its reference.

    Raises `ClosedIncident`.
    """
    with _taken(actor, letter_id) as (work, row):
        incident = outbox.incident(work.session, row.incident_id) if row.incident_id else None
        if incident is None:
            raise NotFound()
        work.require(Right.COMMENT_INTERNALLY)
        held = load(work, incident.reference)
        text = f"{_origin(row, None, locale)}\n\n{row.text or row.subject}"[:BODY]
        say(work, held, text, Visibility.INTERNAL)
        _done(row, LetterState.ANSWERED)
        return held.reference


def discard(actor: Actor, letter_id: int) -> None:
    """The letter is gone, and its text with it; the history has who wrote it and why it was parked."""
    with _taken(actor, letter_id) as (work, row):
        work.note(Fact.LETTER_DISCARDED, name=row.sender or "?", reason=row.reason.value if row.reason else None)
        _done(row, LetterState.DISCARDED)


@contextmanager
def _taken(actor: Actor, letter_id: int) -> Iterator[tuple[Work, Letter]]:
    """The letter is the actor's to deal with; whoever comes second does not find it."""
    with begin(actor) as work:
        work.require(Right.SORT_LETTERS)
        row = letters.waiting(work.session, letter_id)
        if row is None:
            raise NotFound()
        yield work, row


def _done(row: Letter, state: LetterState) -> None:
    row.state, row.text, row.files = state, "", ""


def _origin(row: Letter, reference: str | None, locale: str) -> str:
    """Who wrote, by his own account; which files are not here; what was answered."""
    said = [t("mail.from", locale, sender=row.sender or "?")]
    if reference:
        said.append(t("mail.answers", locale, reference=reference))
    if names := _names(row):
        said.append(t("mail.files_lost", locale, names=", ".join(names)))
    return " ".join(said)


def _names(row: Letter) -> tuple[str, ...]:
    return tuple(map(str, json.loads(row.files or "[]")))[:20]


def _seen(row: Letter, reference: str | None, status: Status | None) -> ParkedLetter:
    assert row.id is not None
    assert row.reason is not None
    text = row.text if len(row.text) <= SHOWN else f"{row.text[:SHOWN]}…"
    open_ = status is not None and status is not Status.CLOSED
    return ParkedLetter(
        row.id, row.received_at, row.sender, row.subject, row.reason, text, _names(row), reference, open_
    )
