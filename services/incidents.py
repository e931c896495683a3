"""Declaring, reading, editing and discussing incidents.

Common refusals: `NotFound` (unknown or not visible), `Forbidden`, `ClosedIncident` (S126), `Invalid` (a field).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from data.models import Comment, Incident
from data.queries import incidents, people
from data.references import next_reference
from data.vocabulary import (
    Action,
    Category,
    Fact,
    HoldReason,
    Impact,
    ItemKind,
    Priority,
    Relation,
    Role,
    Severity,
    Source,
    Status,
    Visibility,
)
from services import attachments, links, policies, preview, relations
from services.comments import say
from services.errors import KeyReused
from services.incident_view import attachment_view, comment_view, timeline, view, visible
from services.inputs import BODY, REASON, TITLE, Form, required
from services.lifecycle import expect, load, settle, step
from services.people import find_team, find_technician
from services.permissions import Right, may
from services.text import folded
from services.views import CommentView, IncidentView, Timeline
from services.work import Actor, Work, begin, change, look

_zone: list[ZoneInfo] = [ZoneInfo("Europe/Paris")]


def use_zone(zone: ZoneInfo) -> None:
    """The day of a reference is counted in the organisation's time zone from now on."""
    _zone[:] = [zone]


@dataclass(frozen=True, kw_only=True)
class NewIncident:
    """What is declared, as it was typed; codes as strings, team by name or id, assignee by login.

    `recurrence_of`: the reference of the incident that has come back, for the team to say.
    """

    title: str | None = None
    description: str | None = None
    category: str | None = None
    priority: str | None = None
    source: str | None = Source.MANUAL
    severity: str | None = None
    impact: str | None = None
    assignee: str | None = None
    team: str | int | None = None
    links: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    recurrence_of: str | None = None


def create(actor: Actor, new: NewIncident, *, key: str | None = None) -> IncidentView:
    """The incident exists, with its reference and due times: « Nouveau », or « Assigné » to an owner (S30 to S33).

    With an idempotency `key` that this actor has used for the same declaration, the incident of then is handed out;
    for another declaration `KeyReused` is raised.
    """
    with begin(actor) as work:
        work.require(Right.CREATE)
        return view(work, declare(work, new, key))


def declare(
    work: Work,
    new: NewIncident,
    key: str | None = None,
    touched: links.Wanted | None = None,
    *,
    by_letter: bool = False,
) -> int:
    """The id of the new incident, which touches `touched` too; for callers that have settled who may.

    `by_letter`: an e-mail has declared it, which no door to the outside can pretend (S17).
    """
    incident, wanted, primary = _checked(work, new)
    if by_letter:
        incident.source = Source.EMAIL
    person, team = _owner(work, new)
    earlier_one = _recurring(work, new)
    incident.reference = next_reference(work.session, work.now.astimezone(_zone[-1]).date())
    if key is not None and (earlier := _same_call(work, new, key, incident.reference)):
        work.session.rollback()
        return earlier
    _index(incident)
    work.session.add(incident)
    work.note(
        Fact.CREATED,
        incident=incident,
        public=True,
        status=Status.NEW.value,
        priority=incident.priority.value,
        source=incident.source.value,
        policy=policies.current(work.session),
    )
    if person or team:
        given = {"assignee": person.login if person else None, "team": team.id if team else None}
        step(work, incident, Action.ASSIGN, given)
    work.session.flush()
    links.connect(work, incident, {**(touched or {}), **wanted}, primary)
    if earlier_one is not None:
        relations.connect(work, incident, earlier_one, Relation.RECURRENCE)
    settle(work, incident, new=True)
    assert incident.id is not None
    return incident.id


def get(actor: Actor, reference: str) -> IncidentView:
    """The incident as the actor sees it."""
    with look(actor) as reading:
        incident = visible(reading, incidents.by_reference(reading.session, reference))
        assert incident.id is not None
        return view(reading, incident.id)


def history(actor: Actor, reference: str) -> Timeline:
    """What happened, as far as the actor may read it, oldest first (S129 to S139)."""
    with look(actor) as reading:
        return timeline(reading, visible(reading, incidents.by_reference(reading.session, reference)))


def edit(
    actor: Actor, reference: str, changes: Mapping[str, Any], *, reason: str | None = None, version: int | None = None
) -> IncidentView:
    """The fields named in `changes` have their new values, each with its line of history.

    A lower priority needs `reason`; both due times of the running cycle follow the priority (S132, rules "SLA").
    """
    with begin(actor) as work:
        incident = load(work, reference)
        work.require(Right.EDIT)
        expect(work, incident, version)
        form = Form()
        for name in set(changes).difference(_FIELDS, ItemKind):
            form.wrong(name, "extra")
        values = {name: _FIELDS[name](form, changes[name]) for name in _FIELDS if name in changes}
        wanted, primary = links.read(work, form, changes)
        why = form.text("reason", reason, max_length=REASON, required=False)
        priority = values.get("priority") or incident.priority
        if preview.lowers(incident.priority, priority) and not why:
            form.wrong("reason", "reason_required")
        form.check()
        assert incident.id is not None
        changed = {name: value for name, value in values.items() if value != getattr(incident, name)}
        for name, value in changed.items():
            _note_change(work, incident, name, value, why)
        if not links.connect(work, incident, wanted, primary) and not changed:
            return view(work, incident.id)
        incidents.touch(incident)
        for name, value in changed.items():
            setattr(incident, name, value)
        _index(incident)
        settle(work, incident)
        return view(work, incident.id)


def comment(
    actor: Actor, reference: str, *, body: str | None, visibility: str | None = None, files: Sequence[str] = ()
) -> CommentView:
    """The comment stands, internal unless said otherwise; a requester's is always public (S138, S139).

    With it stand the `files` that the actor has sent for the same readers (`services.attachments`), all or none; then
    it needs no text.

    A requester who answers while the incident waits for the user sets the work going again; one who answers after the
    resolution marks it « à revoir », without reopening (rules, "People, roles, visibility").
    """
    with begin(actor) as work:
        incident = load(work, reference)
        form = Form()
        body = form.text("body", body, max_length=BODY, required=not files)
        shown = form.code("visibility", visibility or _default_visibility(work), Visibility)
        form.check()
        if shown is Visibility.INTERNAL:
            work.require(Right.COMMENT_INTERNALLY)
        work.require(Right.COMMENT)
        said = answer(work, incident, body, required(shown))
        author = people.user(work.session, work.user_id)
        assert author is not None
        assert said.id is not None
        sent = attachments.attach(work, incident, said.id, required(shown), files) if files else ()
        return comment_view(work, said, author, incident, files=[attachment_view(work, each, author) for each in sent])


def answer(work: Work, incident: Incident, body: str, shown: Visibility) -> Comment:
    """The comment stands, and what a requester's answer sets going has begun; for callers that have settled who may."""
    answered = work.who.user_id == incident.requester_id and shown is Visibility.PUBLIC
    marks = answered and incident.status is Status.RESOLVED and not incident.to_review
    said = say(work, incident, body, shown, **({"to_review": True} if marks else {}))
    if marks:
        incident.to_review = True
        settle(work, incident)
    elif answered and incident.status is Status.ON_HOLD and incident.hold_reason is HoldReason.USER:
        step(work, incident, Action.RESUME, {})
        settle(work, incident)
    return said


def _index(incident: Incident) -> None:
    """The search finds the incident by what it says now."""
    incident.search_text = folded(f"{incident.reference} {incident.title} {incident.description}")


def _default_visibility(work: Work) -> Visibility:
    return Visibility.PUBLIC if work.who.role is Role.REQUESTER else Visibility.INTERNAL


def _checked(work: Work, new: NewIncident) -> tuple[Incident, links.Wanted, int | None]:
    """The incident to be, the items that it touches and the primary client among them."""
    form = Form()
    values = {name: read(form, getattr(new, name)) for name, read in _FIELDS.items()}
    wanted, primary = links.read(work, form, new.links)
    if work.who.role is Role.REQUESTER:
        if new.assignee or new.team:
            form.wrong("assignee" if new.assignee else "team", "not_yours_to_choose")
        if values["priority"] is Priority.CRITICAL:
            form.wrong("priority", "not_yours_to_choose")
    form.check()
    if work.who.role is Role.REQUESTER:
        values["source"] = values["source"] if values["source"] is Source.API else Source.PORTAL
    incident = Incident(
        reference="",
        status=Status.NEW,
        search_text="",
        requester_id=work.user_id,
        created_at=work.now,
        updated_at=work.now,
        **values,
    )
    return incident, wanted, primary


def _owner(work: Work, new: NewIncident) -> tuple[Any, Any]:
    form = Form()
    owner = find_technician(work, form, "assignee", new.assignee), find_team(work, form, "team", new.team)
    form.check()
    return owner


def _recurring(work: Work, new: NewIncident) -> Incident | None:
    if not new.recurrence_of:
        return None
    form = Form()
    named = form.line("recurrence_of", new.recurrence_of, max_length=40)
    found = incidents.by_reference(work.session, named) if "recurrence_of" not in form.errors else None
    if not may(work.who, Right.EDIT):
        form.wrong("recurrence_of", "not_yours_to_choose")
    elif found is None:
        form.wrong("recurrence_of", "unknown", id=named)
    form.check()
    return found


def _same_call(work: Work, new: NewIncident, key: str, reference: str) -> int | None:
    """The id of the incident that this actor declared under `key`, None where this call is the first."""
    form = Form()
    key = form.line("Idempotency-Key", key, max_length=200)
    form.check()
    digest = hashlib.sha256(repr(new).encode("utf-8", "replace")).hexdigest()
    if incidents.claim_key(work.session, work.user_id, key, digest, reference, work.now):
        return None
    earlier = incidents.idempotent_call(work.session, work.user_id, key)
    assert earlier is not None
    if earlier.request_digest != digest:
        raise KeyReused(key=key)
    found = incidents.by_reference(work.session, earlier.reference)
    assert found is not None
    return found.id


def _note_change(work: Work, incident: Incident, name: str, value: Any, why: str) -> None:
    """The history has the old and the new value, and of a priority the due times before and after."""
    old, new = (str(item) if item is not None else None for item in (getattr(incident, name), value))
    if name == "priority":
        moved = preview.change(work, incident, value)
        clocks = {"response": moved.response, "resolution": moved.resolution}
        due = {clock: [c.old.isoformat(), c.new.isoformat()] for clock, c in clocks.items() if c is not None}
        reason = {"reason": why} if why else {}
        work.note(Fact.PRIORITY_CHANGED, incident=incident, public=True, due=due, **change(old, new), **reason)
    else:
        work.note(Fact.FIELD_CHANGED, incident=incident, field=name, **change(old, new))


_FIELDS: Mapping[str, Any] = {
    "title": lambda form, value: form.line("title", value, max_length=TITLE),
    "description": lambda form, value: form.text("description", value, max_length=BODY),
    "category": lambda form, value: form.code("category", value, Category),
    "source": lambda form, value: form.code("source", value, Source),
    "priority": lambda form, value: form.code("priority", value, Priority),
    "severity": lambda form, value: form.optional_code("severity", value, Severity, strict=True),
    "impact": lambda form, value: form.optional_code("impact", value, Impact, strict=True),
}
