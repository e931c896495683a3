"""What somebody who asks for help declares and sees, in plain words (ux 8.7; S6, S8, S123, B4).

Nobody here needs to know what a priority or an impact is: three answers say it. « Critique » is not among them, by
whatever door a requester comes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from data.models import Incident
from data.queries import attachments, cmdb, history, incidents, people
from data.vocabulary import AssetType, Category, HoldReason, Impact, ItemKind, Priority, Source, Status
from services.comments import MENTIONS
from services.incident_view import attachment_view, comment_view, mentions_in, person_seen, view, views
from services.incidents import NewIncident
from services.incidents import declare as declare_incident
from services.inputs import BODY, TITLE, Form
from services.permissions import Right
from services.text import folded, words
from services.views import AttachmentView, CommentView, IncidentView
from services.work import Actor, Reading, begin, look

MOST = 100
MOST_UNRATED = 3
JUST_CLOSED = timedelta(hours=1)
ASKED_FOR = timedelta(days=14)  # after the closing, how it went
SUGGESTED = 6
SCANNED = 500


class Hindrance(StrEnum):
    """Whether the person can go on working."""

    BLOCKED = "blocked"
    PARTLY = "partly"
    ANNOYING = "annoying"


class Affected(StrEnum):
    """Who is hindered."""

    ME = "me"
    TEAM = "team"
    EVERYBODY = "everybody"


PRIORITIES: Mapping[Hindrance, Priority] = {
    Hindrance.BLOCKED: Priority.HIGH,
    Hindrance.PARTLY: Priority.MEDIUM,
    Hindrance.ANNOYING: Priority.LOW,
}
IMPACTS: Mapping[Affected, Impact] = {
    Affected.ME: Impact.SINGLE_USER,
    Affected.TEAM: Impact.SINGLE_CLIENT,
    Affected.EVERYBODY: Impact.ENTERPRISE,
}
# The equipment that people stand in front of. Servers and the network are not theirs to know: a list of them is a map
# for whoever means harm, and who cannot print says « imprimante », not the name of a switch.
KNOWN_ASSETS: Mapping[AssetType, Category] = {
    AssetType.WORKSTATION: Category.HARDWARE,
    AssetType.PRINTER: Category.HARDWARE,
    AssetType.PHONE: Category.HARDWARE,
}
KNOWN_KINDS = (ItemKind.APPLICATIONS, ItemKind.ASSETS)


class Question(StrEnum):
    """What a requester is asked."""

    SOLVED = "solved"  # is it, for you?
    INFORMATION = "information"  # the work waits for an answer
    OPINION = "opinion"  # how did it go?


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What is wrong, as it was answered; `thing` is (kind, id) of what it is about."""

    what: str | None = None
    hindrance: str | None = None
    affected: str | None = None
    details: str | None = None
    thing: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """An application, or a piece of equipment, by its name and nothing else."""

    kind: ItemKind
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class OwnIncident:
    """One's own incident, the last thing that was said on it in public, and what one is asked."""

    incident: IncidentView
    last: CommentView | None
    question: Question | None


def declare(actor: Actor, trouble: Trouble, *, key: str | None = None) -> IncidentView:
    """The incident exists, with source portal; priority and impact follow the answers (S13 to S22, S70).

    The category is that of the thing: software for an application, hardware for equipment, other where nothing is
    named. Of the same `key` only one incident comes.
    """
    with begin(actor) as work:
        work.require(Right.CREATE)
        form = Form()
        what = form.line("what", trouble.what, max_length=TITLE)
        hindrance = form.code("hindrance", trouble.hindrance, Hindrance)
        affected = form.code("affected", trouble.affected, Affected)
        details = form.text("details", trouble.details, max_length=BODY, required=False)
        category, touched = _thing(work, form, trouble.thing)
        form.check()
        assert hindrance is not None
        assert affected is not None
        new = NewIncident(
            title=what,
            description=details or what,
            category=category,
            priority=PRIORITIES[hindrance],
            impact=IMPACTS[affected],
            source=Source.PORTAL,
        )
        return view(work, declare_incident(work, new, key, touched))


def things(actor: Actor, text: str) -> tuple[Thing, ...]:
    """Applications and equipment whose name has every word of `text`, applications first; none where it is empty.

    Only names are compared: who types an address or a serial number learns nothing.
    """
    wanted = words(text[:TITLE])
    if not wanted:
        return ()
    with look(actor) as reading:
        reading.require(Right.CREATE)
        found = [
            Thing(kind, item.id, item.name)
            for kind in KNOWN_KINDS
            for item in cmdb.names(reading.session, kind, wanted, types=[*KNOWN_ASSETS], limit=SCANNED)
            if all(word in folded(item.name) for word in wanted)
        ]
        return tuple(found[:SUGGESTED])


def current(actor: Actor) -> tuple[OwnIncident, ...]:
    """The actor's own incidents that are not closed: those that need an answer first, then the newest (B4, S123).

    At the end come those that were closed lately and are not rated yet (S83).
    """
    with look(actor) as reading:
        ids = [each.id for each in incidents.current_of(reading.session, reading.user_id, limit=MOST) if each.id]
        since = reading.now - ASKED_FOR
        ids += incidents.closed_unrated_of(reading.session, reading.user_id, since, limit=MOST_UNRATED)
        rows = {row.incident.id: row.incident for row in incidents.with_people(reading.session, ids)}
        said = _last_said(reading, ids, rows)
        own = [
            OwnIncident(
                seen,
                said.get(seen.id),
                question_of(seen),
            )
            for seen in views(reading, ids)
        ]
        return tuple(sorted(own, key=lambda each: (_rank(each, reading.now), -each.incident.id)))


def _last_said(reading: Reading, ids: Sequence[int], rows: Mapping[int | None, Incident]) -> dict[int, CommentView]:
    """Incident → its newest public comment, with its files and whom it names."""
    found = incidents.last_public_comments(reading.session, ids)
    named: Mapping[int | None, Mapping[str, str]] = {}
    if lines := history.public_comments(reading.session, ids, MENTIONS):
        named = mentions_in(lines, [person_seen(reading, user) for user in people.users(reading.session)])
    files: dict[int | None, list[AttachmentView]] = {}
    for sent, author in attachments.of_comments(reading.session, [said.id for said, _ in found.values() if said.id]):
        files.setdefault(sent.comment_id, []).append(attachment_view(reading, sent, author))
    return {
        key: comment_view(reading, said, author, rows[key], named.get(said.id), files.get(said.id, ()))
        for key, (said, author) in found.items()
    }


def question_of(incident: IncidentView) -> Question | None:
    """What the requester of `incident` is asked now."""
    if incident.status is Status.RESOLVED:
        return Question.SOLVED
    if incident.status is Status.CLOSED:
        return Question.OPINION if incident.may_rate else None
    if incident.hold is not None and incident.hold.reason is HoldReason.USER:
        return Question.INFORMATION
    return None


def _rank(own: OwnIncident, now: datetime) -> int:
    """0 for what needs an answer; what was closed just now stays where it was, among those."""
    if own.question is Question.OPINION:
        closed = own.incident.closed_at
        return 0 if closed is not None and now - closed < JUST_CLOSED else 2
    return 1 if own.question is None else 0


def _thing(reading: Reading, form: Form, thing: tuple[str, int] | None) -> tuple[Category, dict[ItemKind, list[int]]]:
    """(the category that it speaks for, the link to it)."""
    if thing is None:
        return Category.OTHER, {}
    kind = next((each for each in KNOWN_KINDS if each == thing[0]), None)
    item = cmdb.item(reading.session, kind, thing[1]) if kind is not None else None
    if kind is None or item is None or (kind is ItemKind.ASSETS and item.type not in KNOWN_ASSETS):
        form.wrong("thing", "unknown", id=str(thing[1])[:20])
        return Category.OTHER, {}
    category = KNOWN_ASSETS[item.type] if kind is ItemKind.ASSETS else Category.SOFTWARE
    return category, {kind: [thing[1]]}
