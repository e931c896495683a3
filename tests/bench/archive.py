"""Many past incidents at once, as if each had been declared, worked on and resolved: the history's chain and the stored
verdicts are what the services would have written, only faster."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert, select, update
from sqlmodel import col

from data import copies, db
from data.models import Comment, History, Incident, SlaCycle
from data.queries import history, search
from data.vocabulary import Category, Fact, Priority, Source, Status, Visibility
from services import chain, policies, sla
from services.text import folded

BATCH = 5_000
OPEN_SHARE = 20  # one in so many is still being worked on
PER_DAY = 480
SYLLABLES = (
    "ba",
    "bra",
    "ca",
    "che",
    "con",
    "da",
    "dé",
    "é",
    "fi",
    "ga",
    "in",
    "je",
    "lon",
    "mo",
    "na",
    "ou",
    "pré",
    "qui",
)
SYLLABLES += ("ré", "sa", "ser", "tra", "u", "va", "ven", "zo")


def fill(count: int, *, person_id: int, until: datetime, comments: bool = False) -> None:
    """There are `count` more incidents, all of them `person_id`'s, the last declared shortly before `until`; with
    `comments` each has a public and an internal one."""
    for done in range(0, count, BATCH):
        _fill(min(BATCH, count - done), person_id, until - timedelta(days=1 + (count - done) / PER_DAY), comments)
    if not db.bound().is_sqlite:
        with db.write_session() as session:
            copies._renumber(session)
            session.commit()


def _fill(count: int, person_id: int, start: datetime, comments: bool) -> None:
    with db.write_session() as session:
        first = (session.execute(select(Incident.id).order_by(col(Incident.id).desc()).limit(1)).scalar() or 0) + 1
        seq, before = history.head(session) or (0, chain.GENESIS)
        known = policies.all_policies(session)
        incidents: list[dict[str, Any]] = []
        cycles: list[dict[str, Any]] = []
        lines: list[dict[str, Any]] = []
        for key in range(first, first + count):
            at = start + (key - first) * timedelta(days=1) / PER_DAY
            told = _story(key, at)
            for number, (fact, when, details) in enumerate(told, seq + 1):
                text = chain.details_text(details)
                before = chain.seal(before, number, when, person_id, key, fact, True, text)
                columns = ("seq", "at", "actor_id", "incident_id", "fact", "public", "details", "hash")
                values = (number, when, person_id, key, fact, True, text, before)
                lines.append(dict(zip(columns, values, strict=True)))
            seq += len(told)
            (cycle,) = sla.compute(policies.events_of(policies.Line(*line, "") for line in told), known)
            cycles.append({"incident_id": key, "number": 1, **policies.cycle_columns(cycle)})
            incidents.append(_incident(key, person_id, told))
        session.execute(insert(Incident), incidents)
        session.execute(insert(SlaCycle), cycles)
        session.execute(insert(History), lines)
        if comments:
            keys = range(first, first + count)
            session.execute(insert(Comment), [said for key in keys for said in _comments(key, person_id, start)])
        search.index(session, session.scalars(select(Incident).where(col(Incident.id) >= first)).all())
        archived = update(Incident).where(col(Incident.id) >= first, col(Incident.status) == Status.RESOLVED)
        session.execute(archived.values(status=Status.CLOSED, closed_at=col(Incident.resolved_at)))
        session.commit()


def _comments(key: int, person_id: int, at: datetime) -> list[dict[str, Any]]:
    """What was said of it: words of a vocabulary as uneven as people's."""
    luck = Random(key)
    said = [" ".join(f"{luck.choice(SYLLABLES)}{luck.choice(SYLLABLES)}" for _ in range(25)) for _ in Visibility]
    bodies = (
        f"Le serveur {said[0]} répond à l’équipe.",
        f"Vu avec {said[1]}, l'accès est rétabli sur srv-web-{key % 40:02d}.",
    )
    return [
        {"incident_id": key, "author_id": person_id, "at": at, "visibility": visibility, "body": body}
        for visibility, body in zip(Visibility, bodies, strict=True)
    ]


def _story(key: int, at: datetime) -> list[tuple[Fact, datetime, dict[str, Any]]]:
    priority = list(Priority)[(key + key // OPEN_SHARE) % len(Priority)]
    created = {"status": "new", "priority": priority.value, "source": "manual", "policy": 1}
    started = {"from": "assigned", "to": "in_progress", "action": "start"}
    told = [(Fact.CREATED, at, created), (Fact.STATUS_CHANGED, at + timedelta(minutes=20), started)]
    if key % OPEN_SHARE:
        resolved = {"from": "in_progress", "to": "resolved", "action": "resolve", "code": "fixed", "summary": "…"}
        told.append((Fact.STATUS_CHANGED, at + timedelta(hours=1 + key % 30), resolved))
    return told


def _incident(key: int, person_id: int, told: list[tuple[Fact, datetime, dict[str, Any]]]) -> dict[str, Any]:
    at, changed = told[0][1], told[-1][1]
    resolved = told[-1][2].get("to") == "resolved"
    reference = f"INC-{at:%Y%m%d}-{key:06d}"
    title, description = f"Imprimante {key} bloquée au bureau {key % 97}", "Elle affiche « bourrage » depuis ce matin."
    return {
        "id": key,
        "reference": reference,
        "version": len(told),
        "title": title,
        "description": description,
        "search_text": folded(f"{reference} {title} {description}"),
        "status": Status.RESOLVED if resolved else Status.IN_PROGRESS,
        "priority": Priority(told[0][2]["priority"]),
        "category": list(Category)[key % len(Category)],
        "source": Source.MANUAL,
        "requester_id": person_id,
        "assignee_id": person_id,
        "created_at": at,
        "updated_at": changed,
        "first_response_at": told[1][1],
        "resolution_code": "fixed" if resolved else None,
        "resolution_summary": "…" if resolved else None,
        "resolved_at": changed if resolved else None,
        "cycle": 1,
        "escalation_level": 0,
        "reopen_count": 0,
        "to_review": False,
    }
