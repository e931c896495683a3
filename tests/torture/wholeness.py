"""What must be true of a database after whatever has happened to it."""

import json
from collections.abc import Iterator

from sqlalchemy import text

from data import db
from services import audit
from tests.torture.load import Acks

# What would be there by half: each question counts rows that must not exist.
HALVES = {
    "incident without its line": "SELECT COUNT(*) FROM incident i WHERE 1 <> (SELECT COUNT(*) FROM history h"
    " WHERE h.incident_id = i.id AND h.fact = 'created')",
    "incident without its clock": "SELECT COUNT(*) FROM incident i WHERE NOT EXISTS (SELECT 1 FROM sla_cycle c"
    " WHERE c.incident_id = i.id AND c.number = i.cycle)",
    "line without its incident": "SELECT COUNT(*) FROM history h WHERE h.incident_id IS NOT NULL AND NOT EXISTS"
    " (SELECT 1 FROM incident i WHERE i.id = h.incident_id)",
    "comment without its line": "SELECT ABS((SELECT COUNT(*) FROM comment)"
    " - (SELECT COUNT(*) FROM history WHERE fact = 'commented'))",
    # Whoever gives an incident to a team tells its members, so a line without a row was committed by half.
    "assignment that nobody hears of": "SELECT COUNT(*) FROM history h WHERE h.fact = 'assigned'"
    " AND h.details LIKE '%\"team\"%' AND h.details NOT LIKE '%\"take%' AND NOT EXISTS"
    " (SELECT 1 FROM notification n WHERE n.seq = h.seq)",
    "notification without its line": "SELECT COUNT(*) FROM notification n WHERE NOT EXISTS"
    " (SELECT 1 FROM history h WHERE h.seq = n.seq)",
}


def lost(acks: Acks) -> list[object]:
    """What was acknowledged and is not there."""
    with db.bound().reader.connect() as connection:
        references = set(connection.execute(text("SELECT reference FROM incident")).scalars())
        bodies = set(connection.execute(text("SELECT body FROM comment")).scalars())
        query = "SELECT i.reference, h.details FROM history h JOIN incident i ON i.id = h.incident_id"
        moves = {
            (reference, json.loads(details).get("action")) for reference, details in connection.execute(text(query))
        }
    # A walk along several rows of the workflow's table leaves a line for each.
    steps = {"take_and_start": "start"}
    missing: list[object] = [reference for reference in acks.created if reference not in references]
    missing += [body for body in acks.said if body not in bodies]
    missing += [move for move in acks.moved if (move[0], steps.get(move[1], move[1])) not in moves]
    return missing


def faults() -> Iterator[str]:
    """What is wrong with the bound database: half changes, a broken chain, clocks that do not follow, bad pages."""
    with db.bound().reader.connect() as connection:
        for name, question in HALVES.items():
            if found := connection.execute(text(question)).scalar_one():
                yield f"{found} × {name}"
        if db.bound().is_sqlite:
            for (found,) in connection.execute(text("PRAGMA integrity_check")):
                if found != "ok":
                    yield f"integrity_check: {found}"
    if (broken := audit.verify_chain().broken_at) is not None:
        yield f"the chain is broken at {broken}"
    if differing := list(audit.verify_sla()):
        yield f"{len(differing)} clocks differ: {differing[0]}"
