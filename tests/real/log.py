"""280 real incidents of a ServiceNow desk (2016 and 2017, UCI no. 498, CC BY 4.0), as one reads them.

They lie beside the project and never in it; VIGIE_REAL_DATA names another place.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from data.vocabulary import Category, Impact, Priority, Status
from tests.house.tree import ROOT

FILE = Path(os.environ.get("VIGIE_REAL_DATA") or ROOT / "../shared/data") / "servicenow-log/incidents.jsonl"

STATUSES = dict(
    zip(("Nouveau", "Assigné", "En cours", "En attente", "Résolu", "Clôturé"), Status, strict=True),
)
PRIORITIES = dict(zip(("Critique", "Haute", "Moyenne", "Basse"), Priority, strict=True))
IMPACTS = {
    "Entreprise": Impact.ENTERPRISE,
    "Multi-clients": Impact.MULTI_CLIENT,
    "Utilisateur unique": Impact.SINGLE_USER,
}


@dataclass(frozen=True)
class Event:
    """What somebody did at once: fields, owner (keys "team" and "technician", where they were set), status.

    `path` are the statuses that it went through, the last one included; empty where the status stayed. `possible` is
    the log's own verdict.
    """

    at: datetime
    by: str
    changes: Mapping[str, str]
    owner: Mapping[str, str | None]
    path: tuple[Status, ...]
    possible: bool


@dataclass(frozen=True)
class Logged:
    """An incident with all that happened to it, and the outcome that the log itself states."""

    ref: str
    opened_at: datetime
    caller: str | None
    symptom: str
    events: tuple[Event, ...]
    resolved_at: datetime | None
    closed_at: datetime
    reopened: int
    reassigned: int

    def teams(self) -> Iterator[str | None]:
        """The team after each event that set it."""
        return (event.owner["team"] for event in self.events if "team" in event.owner)

    def passed(self, status: Status) -> list[datetime]:
        """When the incident came to `status`."""
        return [event.at for event in self.events if status in event.path]


def read() -> list[Logged]:
    """All of them, in the order of the file."""
    with FILE.open(encoding="utf-8") as lines:
        return [_logged(json.loads(line)) for line in lines]


def changes_of(values: Sequence[Any]) -> int:
    """How often a value is followed by another."""
    return sum(before != after for before, after in pairwise(values))


def _logged(line: Mapping[str, Any]) -> Logged:
    end = line["end"]
    return Logged(
        ref=line["ref"],
        opened_at=_instant(line["opened_at"]),
        caller=line["caller"] if line["channel"] == "Portail" else None,
        symptom=f"{line['symptom'] or 'Symptom unknown'}, {line['location'] or 'location unknown'}",
        events=tuple(_event(event) for event in line["events"]),
        resolved_at=_instant(end["resolved_at"]) if end["resolved_at"] else None,
        closed_at=_instant(end["closed_at"]),
        reopened=end["reopen_count"],
        reassigned=end["reassignment_count"],
    )


def _event(event: Mapping[str, Any]) -> Event:
    told = event["set"]
    changes: dict[str, str] = {}
    if "priority" in told:
        changes["priority"] = PRIORITIES[told["priority"]]
    if "impact" in told:
        changes["impact"] = IMPACTS[told["impact"]]
    if "category" in told:
        changes["category"] = _category(told["category"])
    path = event.get("via") or ([event["to"]] if "to" in event else [])
    return Event(
        at=_instant(event["at"]),
        by=event["by"],
        changes=changes,
        owner={name: told[name] for name in ("team", "technician") if name in told},
        path=tuple(STATUSES[status] for status in path),
        possible=event.get("verdict") != "impossible",
    )


def _category(name: str | None) -> Category:
    """The log has sixty categories without a meaning; each always becomes the same one of ours."""
    return list(Category)[int(name.split()[-1]) % len(Category)] if name else Category.OTHER


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
