"""What checking the chain of the history costs, with 200,000 lines, a third of them with a comment, on SQLite."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlmodel import col

from data import db
from data.migrate import migrate
from data.models import Comment, History, Incident
from data.queries import history
from data.vocabulary import Fact, Status, Visibility
from services import audit, chain, organisation
from services.comments import digest_of
from services.work import Actor
from tests.bench.archive import fill

INCIDENTS = 500
LINES = 200_000
COMMENTED = 3  # one line in so many is a comment's
LINES_PER_SECOND = 50_000.0
BATCH = 5_000


def test_what_checking_the_chain_costs(tmp_path: Path) -> None:
    """L2 of the security design: at least 50,000 lines in a second of CPU, and the first broken one is named."""
    db.bind(f"sqlite:///{tmp_path}/vigie.db")
    migrate()
    chain.use_secret(b"a secret for the bench")
    emile = organisation.set_up(
        organisation="Acme", login="emile", admin_name="Émile", email=None, password="correct horse battery"
    )
    assert emile.user_id is not None
    fill(INCIDENTS, person_id=emile.user_id, until=datetime.now(UTC))
    for _ in range(LINES // BATCH):
        write_lines(emile)
    before = time.process_time()
    report = audit.verify_chain()
    spent = time.process_time() - before
    assert report.broken_at is None
    forged = report.lines - 3
    with db.bound().writer.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER guard_history_line_update")
        connection.exec_driver_sql(f"UPDATE history SET public = NOT public WHERE seq = {forged}")
    found = audit.verify_chain().broken_at
    db.dispose()
    rate = report.lines / spent
    print(f"\nchain | {report.lines} lines | {spent:.2f} s of CPU | {rate:,.0f} lines/s | first broken: {found}")
    assert found == forged
    assert rate >= LINES_PER_SECOND


def write_lines(actor: Actor) -> None:
    """`BATCH` more lines about open incidents, some of them with a comment."""
    with db.write_session() as session:
        seq, before = history.head(session) or (0, chain.GENESIS)
        query = select(Incident.id).where(col(Incident.status) != Status.CLOSED)
        open_ids = [row[0] for row in session.execute(query)]
        said: list[dict[str, Any]] = []
        lines: list[dict[str, Any]] = []
        at = datetime.now(UTC)
        for number in range(seq + 1, seq + 1 + BATCH):
            incident, body = open_ids[number % len(open_ids)], f"Vu avec l’équipe, poste {number}. " * 5
            fact, given = Fact.FIELD_CHANGED, {"field": "title", "from": body[:40], "to": body[:50]}
            if number % COMMENTED == 0:
                fact, given = Fact.COMMENTED, {"comment": number, "visibility": "internal", "sha256": digest_of(body)}
                said.append({"id": number, "incident_id": incident, "author_id": actor.user_id, "at": at})
                said[-1] |= {"visibility": Visibility.INTERNAL, "body": body}
            details = chain.details_text(given)
            before = chain.seal(before, number, at, actor.user_id, incident, fact, False, details)
            line = History(
                seq=number,
                at=at,
                actor_id=actor.user_id,
                incident_id=incident,
                fact=fact,
                public=False,
                details=details,
                hash=before,
            )
            lines.append(line.model_dump())
        session.execute(insert(Comment), said)
        session.execute(insert(History), lines)
        session.commit()
