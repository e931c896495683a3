"""What the bell of a person shows."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from data import db
from data.models import History, Notification, User
from data.queries import affected, outbox, people
from data.vocabulary import NotificationKind, Priority
from services import bus
from services.incident_view import facts_of
from services.notifications.message import account_sentence, account_title, public_title, sentence_of
from services.permissions import sees
from services.work import Actor, Reading, begin, look

SHOWN = 100


@dataclass(frozen=True, slots=True)
class NotificationView:
    """One line of the bell; `read` is false while its reader has not seen it. Of an incident that the reader has only
    joined, title and nothing else is what the team has written for everybody, and `own` is false. What has become of
    the reader's account has no `reference` and no `priority`."""

    id: int
    kind: NotificationKind
    at: datetime
    reference: str
    title: str
    priority: Priority | None
    sentence: str
    read: bool
    own: bool = True


def latest(actor: Actor, locale: str) -> tuple[NotificationView, ...]:
    """The actor's newest notifications in the language, newest first, of what the actor may see by now."""
    with look(actor) as reading:
        reader = people.user(reading.session, reading.user_id)
        assert reader is not None
        found = outbox.of_person(reading.session, reading.user_id, limit=SHOWN)
        hidden = [each.id for *_, each in found if each and each.id and not sees(reading.who, facts_of(each))]
        joined = affected.joined_by(reading.session, reading.user_id, hidden) if hidden else set()
        return tuple(
            _of_account(reading, told, line, locale, reader)
            if incident is None
            else NotificationView(
                id=told.id or 0,
                kind=told.kind,
                at=line.at,
                reference=incident.reference,
                title=incident.title if own else public_title(reading.session, incident, locale),
                priority=incident.priority,
                sentence=sentence_of(reading.session, told.kind, line, locale, reader),
                read=told.read_at is not None,
                own=own,
            )
            for told, line, incident in found
            if (own := incident is None or incident.id not in hidden) or (incident and incident.id in joined)
        )


def _of_account(reading: Reading, told: Notification, line: History, locale: str, reader: User) -> NotificationView:
    return NotificationView(
        id=told.id or 0,
        kind=told.kind,
        at=line.at,
        reference="",
        title=account_title(line, locale),
        priority=None,
        sentence=account_sentence(reading.session, line, locale, reader),
        read=told.read_at is not None,
    )


def unread(actor: Actor) -> int:
    """How many the actor has not read."""
    with look(actor) as reading:
        return outbox.unread(reading.session, [reading.user_id]).get(reading.user_id, 0)


def unread_of(user_ids: Collection[int]) -> dict[int, int]:
    """The same for several people, for whom the caller may ask; nobody with none."""
    with db.read_session() as session:
        return outbox.unread(session, list(user_ids))


def mark_read(actor: Actor, *, incident_id: int | None = None, kind: NotificationKind | None = None) -> None:
    """The actor has read everything, or everything about one incident, or of one kind."""
    if not unread(actor):
        return
    with begin(actor) as work:
        if outbox.mark_read(work.session, work.user_id, work.now, incident_id=incident_id, kind=kind):
            work.tell(bus.BellChanged(work.user_id))
