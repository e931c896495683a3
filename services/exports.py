"""All incidents as one file, for other programs (contract, "Commands": `export incidents`)."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from data.queries import sla
from data.queries.sla import Verdicts
from data.vocabulary import ItemKind, Verdict
from services import board, csv_files
from services.imports import joined
from services.views import IncidentView
from services.work import Actor, look


def _at(value: datetime | None) -> str | None:
    return value.isoformat().replace("+00:00", "Z") if value else None


def _names(kind: ItemKind) -> Callable[[IncidentView], str]:
    return lambda incident: joined(link.name for link in incident.links.get(kind, ()))


# Heading → what stands below it; the headings that `import incidents` reads are the same.
COLUMNS: Mapping[str, Callable[[IncidentView], Any]] = {
    "reference": lambda i: i.reference,
    "title": lambda i: i.title,
    "description": lambda i: i.description,
    "status": lambda i: i.status.value,
    "priority": lambda i: i.priority.value,
    "severity": lambda i: i.severity and i.severity.value,
    "impact": lambda i: i.impact and i.impact.value,
    "category": lambda i: i.category.value,
    "source": lambda i: i.source.value,
    "requester": lambda i: i.requester.login,
    "assignee": lambda i: i.assignee and i.assignee.login,
    "team": lambda i: i.team and i.team.name,
    "escalation_level": lambda i: i.escalation_level,
    "created_at": lambda i: _at(i.created_at),
    "updated_at": lambda i: _at(i.updated_at),
    "first_response_at": lambda i: _at(i.first_response_at),
    "resolved_at": lambda i: _at(i.resolved_at),
    "closed_at": lambda i: _at(i.closed_at),
    "reopen_count": lambda i: i.reopen_count,
    "cycle": lambda i: i.cycle.number,
    "response_due_at": lambda i: _at(i.cycle.response.due_at),
    "response_respected": lambda i: i.cycle.response.respected,
    "resolution_due_at": lambda i: _at(i.cycle.resolution.due_at),
    "resolution_respected": lambda i: i.cycle.resolution.respected,
    "resolution_code": lambda i: i.resolution and i.resolution.code.value,
    "resolution_summary": lambda i: i.resolution and i.resolution.summary,
    **{kind.value: _names(kind) for kind in ItemKind},
}

# What the reports count (S122); the cells above are about the running cycle, whose response is met at once.
VERDICTS: Mapping[str, Callable[[Verdicts], Any]] = {
    "first_resolved_at": lambda v: _at(v.first_resolved_at),
    "first_response_verdict": lambda v: _verdict(v.response_missed),
    "first_resolution_verdict": lambda v: _verdict(v.resolution_missed),
    "every_resolution_verdict": lambda v: _verdict(v.one_missed),
}


def _verdict(missed: bool | None) -> str | None:
    return None if missed is None else (Verdict.MISSED if missed else Verdict.RESPECTED).value


def incidents(actor: Actor, form: str) -> Iterator[str]:
    """All that `actor` sees, the oldest first, piece by piece, as `form` (csv or json); instants are UTC.

    Counted by their verdicts they give the reports' shares (S122). A CSV's cells are never computed by a spreadsheet.
    """
    yield "[" if form == "json" else csv_files.heading([*COLUMNS, *VERDICTS])
    separator, cursor, more = "\n", None, True
    while more:
        page = board.page(actor, board.Query(sort="created", limit=board.MOST, cursor=cursor))
        with look(actor) as reading:
            verdicts = sla.verdicts(reading.session, [incident.id for incident in page.items])
        found = [
            {name: value(incident) for name, value in COLUMNS.items()}
            | {name: value(verdicts[incident.id]) for name, value in VERDICTS.items()}
            for incident in page.items
        ]
        if form == "json":
            for each in found:
                yield separator + json.dumps(each, ensure_ascii=False)
                separator = ",\n"
        else:
            yield csv_files.lines(each.values() for each in found)
        cursor = page.next_cursor
        more = cursor is not None
    yield "\n]\n" if form == "json" else ""
