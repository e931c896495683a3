"""What incidents are to each other: open duplicates of one master, recurrences of what was closed, or just related.

The duplicate and the recurrence are the newer ones and name the other; a relation shows at both ends. What is closed
is final: it may be named, but names nothing any more.
"""

from data.models import Incident, IncidentRelation
from data.queries import incidents
from data.vocabulary import OPEN_STATUSES, Fact, Relation, Status
from services.errors import NotFound, Refused
from services.incident_view import facts_of, view, visible
from services.inputs import Form, required
from services.lifecycle import expect, load, settle
from services.permissions import Right, resolving
from services.views import IncidentView, RelatedView
from services.work import Actor, Reading, Work, begin, look


def relate(
    actor: Actor, reference: str, *, other: str | None, kind: str | None, version: int | None = None
) -> IncidentView:
    """The incident is a duplicate or a recurrence of `other`, or related to it; known at both ends.

    Raises `Invalid`: only what is open can be a duplicate, of nothing that is itself its duplicate.
    """
    with begin(actor) as work:
        incident = load(work, reference)
        work.require(Right.EDIT)
        expect(work, incident, version)
        form = Form()
        relation = form.code("kind", kind, Relation)
        named = form.line("other", other, max_length=40)
        found = incidents.by_reference(work.session, named) if "other" not in form.errors else None
        if found is None:
            form.wrong("other", "unknown", id=named)
        elif found.id == incident.id:
            form.wrong("other", "itself")
        elif relation is Relation.DUPLICATE and incident.status not in OPEN_STATUSES:
            form.wrong("kind", "only_open_duplicates")
        elif relation is Relation.DUPLICATE and incidents.is_duplicate(work.session, found, incident):
            form.wrong("other", "its_own_duplicate")
        form.check()
        assert found is not None
        connect(work, incident, found, required(relation))
        incidents.touch(incident)
        settle(work, incident)
        assert incident.id is not None
        return view(work, incident.id)


def unrelate(actor: Actor, reference: str, *, other: str, version: int | None = None) -> IncidentView:
    """The two have nothing to do with each other any more.

    Raises `NotFound` where they had not, `Refused` where one was resolved as the other's duplicate.
    """
    with begin(actor) as work:
        incident = load(work, reference)
        work.require(Right.EDIT)
        expect(work, incident, version)
        found = incidents.by_reference(work.session, other)
        assert incident.id is not None
        if found is None or found.id is None:
            raise NotFound()
        if found.id == incident.master_id or incident.id == found.master_id:
            final = incident.id == found.master_id and found.status is Status.CLOSED
            raise Refused("closed" if final else "resolved_as_duplicate")
        mine = incidents.relation(work.session, incident.id, found.id)
        theirs = incidents.relation(work.session, found.id, incident.id)
        if mine is None and theirs is None:
            raise NotFound()
        if theirs is not None and found.status is Status.CLOSED:
            raise Refused("closed")
        for each in (mine, theirs):
            if each is not None:
                work.session.delete(each)
        _note(work, Fact.UNRELATED, incident, found, (mine or theirs).kind)  # type: ignore[union-attr]
        incidents.touch(incident)
        settle(work, incident)
        return view(work, incident.id)


def connect(work: Work, incident: Incident, other: Incident, kind: Relation) -> None:
    """The incident is that to the other one, whatever it was before; for callers that have settled who may."""
    assert incident.id is not None
    assert other.id is not None
    known = incidents.relation(work.session, incident.id, other.id)
    if known is not None and known.kind is kind:
        return
    reverse = incidents.relation(work.session, other.id, incident.id) if other.status is not Status.CLOSED else None
    for before in (known, reverse):
        if before is not None:
            work.session.delete(before)
    work.session.flush()
    work.session.add(IncidentRelation(incident_id=incident.id, other_id=other.id, kind=kind))
    _note(work, Fact.RELATED, incident, other, kind)


def related_of(reading: Reading, incident_id: int) -> tuple[RelatedView, ...]:
    """Every incident that this one is related to, in either direction, the newest first; for callers that see them all.

    What was resolved as a duplicate is one until it is reopened, related or not.
    """
    told = {
        other.reference: _told(other, row.kind, reverse=row.other_id == incident_id)
        for row, other in incidents.relations_of(reading.session, incident_id)
    }
    for other, reverse in incidents.resolved_as_one(reading.session, incident_id):
        told[other.reference] = _told(other, Relation.DUPLICATE, reverse=reverse, resolved=True)
    return tuple(told[reference] for reference in sorted(told, reverse=True))


def related(actor: Actor, reference: str) -> tuple[RelatedView, ...]:
    """The same for the team to ask."""
    with look(actor) as reading:
        incident = visible(reading, incidents.by_reference(reading.session, reference))
        reading.require(Right.SEE_ALL)
        assert incident.id is not None
        return related_of(reading, incident.id)


def duplicates_to_resolve(actor: Actor, reference: str) -> tuple[int, int]:
    """(open duplicates of the incident that the actor may resolve with it, those that would stay open)."""
    with look(actor) as reading:
        reading.require(Right.EDIT)
        master = visible(reading, incidents.by_reference(reading.session, reference))
        assert master.id is not None
        found = [
            other
            for row, other in incidents.relations_of(reading.session, master.id)
            if row.kind is Relation.DUPLICATE and row.other_id == master.id and other.status in OPEN_STATUSES
        ]
        mine = sum(resolving(reading.who, facts_of(each)) is not None for each in found)
        return mine, len(found) - mine


def _told(other: Incident, kind: Relation, *, reverse: bool, resolved: bool = False) -> RelatedView:
    return RelatedView(other.reference, other.title, other.status, other.priority, kind, reverse, resolved)


def _note(work: Work, fact: Fact, incident: Incident, other: Incident, kind: Relation) -> None:
    """A line at both ends, but for what is closed: nothing is added to it."""
    ends = [(incident, other, False)]
    if other.status is not Status.CLOSED:
        ends.append((other, incident, True))
    for this, that, reverse in ends:
        work.note(fact, incident=this, relation=kind.value, other=that.reference, title=that.title, reverse=reverse)
