"""The complete history of an incident, read in one consistent state for its report (S140 to S143)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from data.models import Incident
from data.queries import cmdb, history, incidents
from data.vocabulary import Fact, ItemKind, ReportScope, Role, Scope
from services import chain, policies, sla
from services.errors import PdfTooLarge
from services.holding import TeamTime, time_held_by_team
from services.incident_view import cycle_view, first_name, timeline, view, visible
from services.inputs import Form
from services.permissions import Right, Who, may
from services.relations import related_of
from services.views import CycleView, IncidentView, LinkView, PersonView, RelatedView, Timeline
from services.work import Actor, Reading, begin, look

MOST_EVENTS = 2_000
MOST_RECURRENCES = 10  # of each asset, the newest
FORMAT = "vigie-incident-history-1"


@dataclass(frozen=True, slots=True)
class Related:
    """Another incident, named."""

    reference: str
    title: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Recurrence:
    """An asset of the incident, and the other incidents that touch it, newest first."""

    asset: LinkView
    incidents: tuple[Related, ...]


@dataclass(frozen=True, slots=True)
class HistoryReport:
    """All that the team, or the requester alone, may see of an incident at `at`, exported `by` somebody.

    The head is the last line of the chain.
    """

    incident: IncidentView
    timeline: Timeline
    scope: ReportScope
    cycles: tuple[CycleView, ...]
    related: tuple[RelatedView, ...]
    recurrences: tuple[Recurrence, ...]
    held: tuple[TeamTime, ...]
    at: datetime
    by: PersonView | None
    head_seq: int
    head_hash: str

    @property
    def whole(self) -> bool:
        """Internal notes included."""
        return self.scope is ReportScope.TEAM


def collect(actor: Actor, reference: str, scope: str | None = None) -> HistoryReport:
    """The report's content, without what the actor may not see; of scope `requester` as the incident's own requester
    would get it (S139). Raises `NotFound`, `PdfTooLarge`, and `Invalid` for another scope, or one beyond the actor.

    A requester's has neither the working of the SLA nor other incidents: those are the team's.
    """
    with look(actor) as own:
        incident = visible(own, incidents.by_reference(own.session, reference))
        assert incident.id is not None
        reading = _seen_as(own, incident, scope)
        whole = may(reading.who, Right.SEE_ALL)
        if history.count_of_incident(reading.session, incident.id) > MOST_EVENTS:
            raise PdfTooLarge(max=MOST_EVENTS)
        seen = view(reading, incident.id)
        events = policies.events_of(policies.stored_lines(reading.session, incident.id)) if whole else []
        cycles = sla.compute(events, policies.of_events(reading.session, events)) if whole else ()
        recurrences = []
        for asset in seen.links.get(ItemKind.ASSETS, ()) if whole else ():
            found = cmdb.incidents_of(reading.session, ItemKind.ASSETS, asset.id, limit=MOST_RECURRENCES + 1)
            others = tuple(_related(each) for each in found if each.id != incident.id)[:MOST_RECURRENCES]
            recurrences.append(Recurrence(asset, others))
        told = timeline(reading, incident)
        head_seq, head_hash = history.head(reading.session) or (0, chain.GENESIS)
        return HistoryReport(
            incident=seen if whole else replace(seen, links={}),
            timeline=told,
            scope=ReportScope.TEAM if whole else ReportScope.REQUESTER,
            cycles=tuple(cycle_view(cycle, reading.now) for cycle in cycles),
            related=related_of(reading, incident.id) if whole else (),
            recurrences=tuple(recurrences),
            held=time_held_by_team(told.entries, reading.now) if whole else (),
            at=reading.now,
            by=_named(reading),
            head_seq=head_seq,
            head_hash=head_hash,
        )


def _seen_as(reading: Reading, incident: Incident, scope: str | None) -> Reading:
    """The same look, with the eyes that `scope` asks for: nobody sees more by it."""
    form, whole = Form(), may(reading.who, Right.SEE_ALL)
    wanted = form.optional_code("scope", scope, ReportScope)
    if wanted is ReportScope.TEAM and not whole:
        form.wrong("scope", "not_yours_to_choose")
    form.check()
    if wanted is not ReportScope.REQUESTER or not whole:
        return reading
    return replace(reading, who=Who(incident.requester_id, Role.REQUESTER, frozenset()))


def _named(reading: Reading) -> PersonView | None:
    """Who exports it: to a requester somebody of the team is a first name."""
    by = reading.person
    if by is None or by.id == reading.who.user_id or may(reading.who, Right.SEE_ALL):
        return by
    return replace(by, name=first_name(by.name))


def record(actor: Actor, report: HistoryReport, pdf: bytes) -> None:
    """The history says that the actor has exported the incident, of which scope, and as which file.

    Also by a token that may only read, and of a closed incident: nothing of the incident changes.
    """
    with begin(replace(actor, scope=Scope.WRITE)) as work:
        incident = visible(work, incidents.by_reference(work.session, report.incident.reference))
        digest = hashlib.sha256(pdf).hexdigest()
        work.note(
            Fact.REPORT_EXPORTED, incident=incident, sha256=digest, head=report.head_seq, scope=report.scope.value
        )


def attached(report: HistoryReport) -> str:
    """The history as JSON, for machines and for `audit verify --pdf`; instants in UTC, people by login."""
    entries, comments = report.timeline.entries, report.timeline.comments.values()
    content: Mapping[str, Any] = {
        "format": FORMAT,
        "reference": report.incident.reference,
        "exported_at": report.at.isoformat(),
        "exported_by": report.by.login if report.by else None,
        "scope": report.scope,
        "head": {"seq": report.head_seq, "hash": report.head_hash},
        "lines": [
            {
                "seq": entry.seq,
                "at": entry.at.isoformat(),
                "actor": entry.actor.login if entry.actor else None,
                "fact": entry.fact,
                "public": entry.public,
                "details": dict(entry.details),
                "hash": entry.hash,
            }
            for entry in entries
        ],
        "comments": [
            {"id": said.id, "author": said.author.login, "visibility": said.visibility, "body": said.body}
            for said in comments
        ],
        "files": [
            {
                "id": file.id,
                "name": file.name,
                "author": file.author.login,
                "visibility": file.visibility,
                "size": file.size,
                "sha256": file.sha256,
            }
            for file in report.timeline.files.values()
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=1)


def _related(incident: Incident) -> Related:
    return Related(incident.reference, incident.title, incident.created_at)
