"""Writing to the people whom an incident touches (S79, S82, S87): who they are, what each reads, and what became of it.

Three roads lead to a person: linked to the incident, a user of a linked application, a linked client. An address gets
one letter, by whichever road it is found first. A client with a template of its own gets that one. The letters stand in
the history as they are sent; the outbox delivers them. The requester reads none of it: it is the team's.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from data.models import Incident, Notification
from data.queries import cmdb, incidents, outbox
from data.queries import sla as sla_queries
from data.vocabulary import Audience, Fact, ItemKind
from services import i18n
from services.comments import digest_of
from services.errors import Refused
from services.incident_view import timeline, visible
from services.inputs import TITLE, Form
from services.letters import (
    CLIENT,
    COMMON,
    Outline,
    Own,
    Reached,
    Recipient,
    digest,
    letters_in,
    once,
    unknown,
    used,
    written,
)
from services.lifecycle import load
from services.notifications.outbox import terms
from services.permissions import Right
from services.views import Delivery, EntryView, SentMessage
from services.work import Actor, Reading, begin, look

TEXT = 5_000
MOST = 500  # recipients of one message

_KINDS = {Audience.EMPLOYEES: ItemKind.EMPLOYEES, Audience.CLIENTS: ItemKind.CLIENTS}


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message as it was typed. `own_templates`: clients who have one read theirs."""

    audience: Collection[str]
    subject: str | None
    text: str | None
    own_templates: bool = True


@dataclass(frozen=True, slots=True)
class Reach:
    """How many people an audience has, of them without an address; whether a client among them has a template."""

    people: int
    unreachable: int
    templates: bool = False


def reach(actor: Actor, reference: str) -> dict[Audience, Reach]:
    """Whom a message could go to now."""
    with look(actor) as reading:
        reading.require(Right.COMMUNICATE)
        incident = visible(reading, incidents.by_reference(reading.session, reference))
        found: dict[Audience, Reach] = {}
        for audience in Audience:
            touched = _touched(reading, incident, [audience])
            templates = any(own is not None and own.template for _, own in touched)
            without = sum(not person.address for person, _ in touched)
            found[audience] = Reach(len(touched), without, templates)
        return found


def preview(actor: Actor, reference: str, message: Message) -> Outline:
    """Who would get what. Raises `Invalid` for what could not be sent."""
    with look(actor) as reading:
        reading.require(Right.COMMUNICATE)
        return _outline(reading, visible(reading, incidents.by_reference(reading.session, reference)), message)


def send(actor: Actor, reference: str, message: Message, *, seen: str | None = None) -> Outline:
    """The letters are on their way, and in the history with all who get them.

    With `seen`, the digest of a preview, only exactly that is sent. Raises `Refused`: `recipients_changed` when it is
    no longer that, `no_recipient` when nobody can be reached, `no_mail_server` where no letters can be sent.
    """
    with begin(actor) as work:
        work.require(Right.COMMUNICATE)
        incident = load(work, reference)
        outline = _outline(work, incident, message)
        if not terms().mail:
            raise Refused("no_mail_server")
        if not outline.letters:
            raise Refused("no_recipient")
        if seen is not None and seen != outline.digest:
            raise Refused("recipients_changed")
        letters = [{**asdict(letter), "sha256": digest_of(letter.text)} for letter in outline.letters]
        audience = [each.value for each in Audience if each in message.audience]
        missed = [person.name for person in outline.unreachable]
        work.note(Fact.MESSAGED, incident=incident, audience=audience, letters=letters, unreachable=missed)
        return outline


def sent(actor: Actor, reference: str) -> tuple[SentMessage, ...]:
    """The messages of the incident and what became of each letter, oldest first."""
    with look(actor) as reading:
        reading.require(Right.COMMUNICATE)
        incident = visible(reading, incidents.by_reference(reading.session, reference))
        return messages_among(reading, timeline(reading, incident).entries)


def messages_among(reading: Reading, entries: Iterable[EntryView]) -> tuple[SentMessage, ...]:
    """The messages among the lines of an incident's history, for callers that have settled who may read them."""
    lines = [entry for entry in entries if entry.fact is Fact.MESSAGED]
    states = outbox.letters_of(reading.session, [line.seq for line in lines]) if lines else {}
    return tuple(_sent(line, states) for line in lines)


def _sent(line: EntryView, states: Mapping[tuple[int, str], Notification]) -> SentMessage:
    letters = letters_in(line.details)
    flat = [person for letter in letters for person in letter.to]
    deliveries = []
    for index, person in enumerate(flat):
        state = states.get((line.seq, outbox.letter_key(index)))
        sent_at = state.sent_at if state else None
        problem = state.error if state and not sent_at else ""
        deliveries.append(Delivery(person, sent_at, problem, bool(state and state.failed_at)))
    return SentMessage(line.seq, line.at, line.actor, letters, tuple(deliveries))


def _outline(reading: Reading, incident: Incident, message: Message) -> Outline:
    form = Form()
    audience = [each for each in Audience if each in message.audience]
    if not audience:
        form.wrong("audience", "required")
    if set(message.audience) - set(Audience):
        form.wrong("audience", "unknown_value", known=", ".join(Audience))
    subject = form.line("subject", message.subject, max_length=TITLE)
    text = form.text("text", message.text, max_length=TEXT)
    for name, typed in (("subject", subject), ("text", text)):
        if CLIENT in used(typed) and audience != [Audience.CLIENTS]:
            form.wrong(name, "only_for_clients")
        elif field := unknown(typed, (*COMMON, CLIENT)):
            form.wrong(name, "unknown_placeholder", name=field, known=", ".join(COMMON))
    touched = _touched(reading, incident, audience)
    reachable = once((person, client) for person, client in touched if person.address)
    if len(reachable) > MOST:
        form.wrong("audience", "too_many", max=MOST)
    for _, client in reachable if message.own_templates else ():
        if client and (field := unknown(f"{client.subject or ''}\n{client.template or ''}")):
            form.wrong("own_templates", "bad_template", client=client.name, name=field)
    form.check()
    letters = written(_facts(reading, incident), subject, text, reachable, own=message.own_templates)
    missed = {person.name: person for person, _ in touched if not person.address}
    return Outline(letters, tuple(missed.values()), digest(letters))


def _touched(reading: Reading, incident: Incident, audience: Sequence[Audience]) -> list[Reached]:
    """Everybody of the audience, with the client that somebody is; without address or twice as they come."""
    assert incident.id is not None
    found: list[Reached] = []
    for each in audience:
        if each is Audience.USERS:
            linked = {a.id: a.name for _, a, _ in cmdb.linked(reading.session, ItemKind.APPLICATIONS, [incident.id])}
            pairs = cmdb.related(reading.session, ItemKind.APPLICATIONS, list(linked), ItemKind.EMPLOYEES)
            users: dict[int, Recipient] = {}
            for application_id, user in pairs:
                users.setdefault(user.id, Recipient(user.name, user.email or "", each, linked[application_id]))
            found += [(user, None) for user in users.values()]
        else:
            for _, item, _ in cmdb.linked(reading.session, _KINDS[each], [incident.id]):
                own = Own(item.name, item.template_subject, item.template) if each is Audience.CLIENTS else None
                found.append((Recipient(item.name, item.email or "", each), own))
    return found


def _facts(reading: Reading, incident: Incident) -> dict[str, str]:
    """What the fields are filled with: nothing that is the team's alone."""
    assert incident.id is not None
    here = terms()
    cycle = next(each for each in sla_queries.cycles(reading.session, incident.id) if each.number == incident.cycle)
    return {
        "reference": incident.reference,
        "title": incident.title,
        "status": i18n.t(f"status.{incident.status}", here.locale),
        "priority": i18n.t(f"priority.{incident.priority}", here.locale),
        "due": i18n.full_date(cycle.resolution_due_at, here.locale, here.zone),
    }
