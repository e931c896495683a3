"""« Moi aussi »: whoever meets a problem that is declared already joins it, instead of declaring it again.

The team writes what requesters may read of an incident: a public title, and what they can do meanwhile. While that is
listed they find it on the portal and as they declare, and join in one step. Who has joined reads reference, public
title, status and advice, hears of its resolution and reopening, and of nothing that is said on it; for the rest it
does not exist for them. Joining makes no new version of the incident: nobody's edit is in the way of anybody's tap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data.models import AffectedPerson, Incident, KnownProblem, User
from data.queries import affected, incidents, outbox, people
from data.vocabulary import OPEN_STATUSES, Fact, Role, Status
from services import bus
from services.errors import ClosedIncident, NotFound, Refused
from services.incident_view import visible
from services.inputs import REASON, TITLE, Form
from services.lifecycle import load
from services.permissions import Right, may
from services.text import alike, plain_words, telling_words
from services.touched import Joined, Known, Touched
from services.views import PersonView
from services.work import Actor, Reading, Work, begin, look


@dataclass(frozen=True, slots=True)
class KnownProblemView:
    """A problem of others as anybody may read it; `title` None: the team has written none.

    `people`: how many it touches. `joined`: the reader is one of them.
    """

    id: int
    reference: str
    title: str | None
    advice: str
    status: Status
    since: datetime
    people: int
    joined: bool


def known_problems(actor: Actor) -> tuple[KnownProblemView, ...]:
    """What is listed and open, and whatever the actor has joined and is not closed; the newest first."""
    with look(actor) as reading:
        return _shown(reading)


def resembling(actor: Actor, text: str, *, limit: int = 2) -> tuple[KnownProblemView, ...]:
    """Those of them that share two telling words with `text`, in title or advice, most shared first.

    One word of the title does where `text` has no more than two.
    """
    telling = telling_words(text[:TITLE])
    if not telling:
        return ()
    with look(actor) as reading:
        shared = [(_shared(each, telling), each) for each in _shown(reading) if each.status in OPEN_STATUSES]
        found = sorted((pair for pair in shared if pair[0]), key=lambda pair: -pair[0])
        return tuple(each for _, each in found[:limit])


def join(actor: Actor, reference: str, *, person: str | None = None) -> Touched:
    """The actor, or for the team to say `person` (a login), is touched by the incident as well; again changes nothing.

    Raises `NotFound` for a requester unless it is listed, `Refused` (`own_incident`) for its own requester, `Invalid`
    (`person`), `ClosedIncident`.
    """
    with begin(actor) as work:
        incident = _to_join(work, reference)
        user = _whom(work, person)
        assert incident.id is not None
        assert user.id is not None
        if user.id == incident.requester_id:
            raise Refused("own_incident", reference=reference)
        if affected.person(work.session, incident.id, user.id) is None:
            work.session.add(AffectedPerson(incident_id=incident.id, user_id=user.id, at=work.now))
            work.session.flush()
            work.note(Fact.AFFECTED_ADDED, incident=incident, person=user.login, name=user.name)
        return _answer(work, incident)


def leave(actor: Actor, reference: str, *, person: str | None = None) -> Touched:
    """It does not touch the actor, or `person`, any more. Raises `NotFound` where it did not."""
    with begin(actor) as work:
        incident = incidents.locked(work.session, reference)
        user = _whom(work, person)
        if incident is None or incident.id is None or user.id is None:
            raise NotFound()
        row = affected.person(work.session, incident.id, user.id)
        if row is None:
            raise NotFound()
        if incident.status is Status.CLOSED:
            raise ClosedIncident(reference=reference)
        work.session.delete(row)
        work.session.flush()
        if outbox.mark_read(work.session, user.id, work.now, incident_id=incident.id):
            work.tell(bus.BellChanged(user.id))
        work.note(Fact.AFFECTED_REMOVED, incident=incident, person=user.login, name=user.name)
        return _answer(work, incident)


def publish(actor: Actor, reference: str, *, title: str | None, advice: str | None = None) -> Touched:
    """Requesters read of the incident this title and advice, and can join it.

    Raises `Invalid`, `Refused` (`not_open`).
    """
    with begin(actor) as work:
        incident = load(work, reference)
        work.require(Right.EDIT)
        form = Form()
        public = form.line("title", title, max_length=TITLE)
        hint = form.text("advice", advice, max_length=REASON, required=False)
        form.check()
        if incident.status not in OPEN_STATUSES:
            raise Refused("not_open", reference=reference)
        assert incident.id is not None
        row = affected.known(work.session, incident.id)
        if row is not None and (row.title, row.advice, row.listed) == (public, hint, True):
            return _answer(work, incident)
        row = row or KnownProblem(incident_id=incident.id, title=public, advice=hint, listed=True, at=work.now)
        row.title, row.advice, row.listed, row.at = public, hint, True, work.now
        work.session.add(row)
        work.session.flush()
        work.note(Fact.KNOWN_PROBLEM_SET, incident=incident, title=public, advice=hint)
        return _answer(work, incident)


def withdraw(actor: Actor, reference: str) -> Touched:
    """Nobody else finds it on the portal; who has joined goes on following it.

    Raises `NotFound` where it is not listed.
    """
    with begin(actor) as work:
        incident = load(work, reference)
        work.require(Right.EDIT)
        row = affected.known(work.session, incident.id or 0)
        if row is None or not row.listed:
            raise NotFound()
        row.listed = False
        work.session.flush()
        work.note(Fact.KNOWN_PROBLEM_ENDED, incident=incident, title=row.title)
        return _answer(work, incident)


def touched(actor: Actor, reference: str) -> Touched:
    """Whom it touches, for the team to ask."""
    with look(actor) as reading:
        incident = visible(reading, incidents.by_reference(reading.session, reference))
        reading.require(Right.SEE_ALL)
        assert incident.id is not None
        return of_incident(reading, incident.id)


def of_incident(reading: Reading, incident_id: int) -> Touched:
    """The same for callers that have settled who may ask."""
    joined = affected.joined(reading.session, incident_id)
    known = affected.known(reading.session, incident_id)
    return Touched(
        affected.counts(reading.session, [incident_id]).get(incident_id, 0),
        tuple(Joined(user.id, user.login, user.name) for user in joined if user.id is not None),
        Known(known.title, known.advice, known.listed) if known else None,
    )


def candidates(actor: Actor) -> tuple[tuple[PersonView, Role], ...]:
    """Everybody whom the team can add, requesters first, by name."""
    with look(actor) as reading:
        reading.require(Right.EDIT)
        found = sorted(people.users(reading.session, active=True), key=lambda user: user.role is not Role.REQUESTER)
        return tuple((PersonView(user.id, user.login, user.name), user.role) for user in found if user.id is not None)


def _shown(reading: Reading) -> tuple[KnownProblemView, ...]:
    found = affected.shown_to(reading.session, reading.user_id)
    counts = affected.counts(reading.session, [incident.id for incident, _, _ in found if incident.id is not None])
    return tuple(
        KnownProblemView(
            incident.id or 0,
            incident.reference,
            known.title if known else None,
            known.advice if known else "",
            incident.status,
            incident.created_at,
            counts.get(incident.id or 0, 0),
            joined,
        )
        for incident, known, joined in found
    )


def _shared(problem: KnownProblemView, telling: Sequence[str]) -> int:
    """0 where they have too little in common: one word of the advice is about what to do, and not what is broken."""
    titled, advised = (
        [word for word in plain_words(text or "") if len(word) > 2] for text in (problem.title, problem.advice)
    )
    in_title = sum(any(alike(word, each) for each in titled) for word in telling)
    in_advice = sum(any(alike(word, each) for each in advised) for word in telling)
    enough = in_title + in_advice > 1 or (in_title and len(telling) < 3)
    return 2 * in_title + in_advice if enough else 0


def _to_join(work: Work, reference: str) -> Incident:
    """The incident, locked: any for the team, what is listed and open for a requester, who knows of no other."""
    incident = incidents.locked(work.session, reference)
    if incident is not None and not may(work.who, Right.SEE_ALL):
        known = affected.known(work.session, incident.id or 0)
        listed = known is not None and known.listed and incident.status in OPEN_STATUSES
        incident = incident if listed or incident.requester_id == work.who.user_id else None
    if incident is None:
        raise NotFound()
    if incident.status is Status.CLOSED:
        raise ClosedIncident(reference=reference)
    return incident


def _whom(work: Work, person: str | None) -> User:
    """The account that is meant: the actor's, or the one that the team names."""
    own = people.user(work.session, work.user_id)
    assert own is not None
    if person is None:
        return own
    work.require(Right.EDIT)
    form = Form()
    login = form.line("person", person, max_length=64)
    found = people.user_by_login(work.session, login.lower()) if "person" not in form.errors else None
    if "person" not in form.errors and (found is None or not found.active):
        form.wrong("person", "unknown", id=login)
    form.check()
    assert found is not None
    return found


def _answer(work: Work, incident: Incident) -> Touched:
    """What the team sees of it now; a requester reads only how many."""
    assert incident.id is not None
    whole = of_incident(work, incident.id)
    return whole if may(work.who, Right.SEE_ALL) else Touched(whole.count)
