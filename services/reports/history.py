"""The complete history of an incident, read in one consistent state for its report (S140 to S143)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from data.models import Incident
from data.queries import cmdb, history, incidents
from data.vocabulary import Fact, ItemKind, Scope
from services import chain, policies, sla
from services.errors import PdfTooLarge
from services.holding import TeamTime, time_held_by_team
from services.incident_view import cycle_view, timeline, view, visible
from services.permissions import Right, may
from services.relations import related_of
from services.views import CycleView, IncidentView, LinkView, PersonView, RelatedView, Timeline
from services.work import Actor, begin, look

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
    """All that one person may see of an incident at `at`; `whole`: as the team does.

    The head is the last line of the chain.
    """

    incident: IncidentView
    timeline: Timeline
    whole: bool
    cycles: tuple[CycleView, ...]
    duplicates: tuple[Related, ...]
    related: tuple[RelatedView, ...]
    recurrences: tuple[Recurrence, ...]
    held: tuple[TeamTime, ...]
    at: datetime
    by: PersonView | None
    head_seq: int
    head_hash: str


def collect(actor: Actor, reference: str) -> HistoryReport:
    """The report's content, without what the actor may not see. Raises `NotFound`, and `PdfTooLarge`.

    A requester's has neither the working of the SLA nor other incidents: those are the team's.
    """
    with look(actor) as reading:
        incident = visible(reading, incidents.by_reference(reading.session, reference))
        assert incident.id is not None
        whole = may(reading.who, Right.SEE_ALL)
        if history.count_of_incident(reading.session, incident.id) > MOST_EVENTS:
            raise PdfTooLarge(max=MOST_EVENTS)
        seen = view(reading, incident.id)
        events = policies.events_of(policies.stored_lines(reading.session, incident.id)) if whole else []
        cycles = sla.compute(events, policies.of_events(reading.session, events)) if whole else ()
        duplicates = incidents.duplicates_of(reading.session, incident.id) if whole else ()
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
            whole=whole,
            cycles=tuple(cycle_view(cycle, reading.now) for cycle in cycles),
            duplicates=tuple(_related(each) for each in duplicates),
            related=related_of(reading, incident.id) if whole else (),
            recurrences=tuple(recurrences),
            held=time_held_by_team(told.entries, reading.now) if whole else (),
            at=reading.now,
            by=reading.person,
            head_seq=head_seq,
            head_hash=head_hash,
        )


def record(actor: Actor, report: HistoryReport, pdf: bytes) -> None:
    """The history says that the actor has exported the incident, and as which file.

    Also by a token that may only read, and of a closed incident: nothing of the incident changes.
    """
    with begin(replace(actor, scope=Scope.WRITE)) as work:
        incident = visible(work, incidents.by_reference(work.session, report.incident.reference))
        work.note(Fact.REPORT_EXPORTED, incident=incident, sha256=hashlib.sha256(pdf).hexdigest(), head=report.head_seq)


def attached(report: HistoryReport) -> str:
    """The history as JSON, for machines and for `audit verify --pdf`; instants in UTC, people by login."""
    entries, comments = report.timeline.entries, report.timeline.comments.values()
    content: Mapping[str, Any] = {
        "format": FORMAT,
        "reference": report.incident.reference,
        "exported_at": report.at.isoformat(),
        "exported_by": report.by.login if report.by else None,
        "scope": "team" if report.whole else "requester",
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
