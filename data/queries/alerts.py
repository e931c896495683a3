"""Alerts of monitoring systems."""

from sqlmodel import Session, col, select

from data import db
from data.models import Alert, Incident
from data.vocabulary import Monitor


def known(session: Session, monitor: Monitor, digest: str) -> tuple[Alert, str] | None:
    """The alert, held against other writers until the transaction ends, and its incident's reference."""
    query = (
        select(Alert, Incident.reference)
        .join(Incident, col(Incident.id) == col(Alert.incident_id))
        .where(Alert.monitor == monitor, Alert.digest == digest)
        .with_for_update(of=Alert)
    )
    return session.exec(query).first()


def claim(session: Session, monitor: Monitor, digest: str, incident_id: int) -> bool:
    """Whether nobody was faster to tell of this alert; waits for a simultaneous one to end."""
    values = {"monitor": monitor, "digest": digest, "incident_id": incident_id}
    made = db.insert(session, Alert).values(**values).on_conflict_do_nothing().returning(Alert.incident_id)
    return session.execute(made).first() is not None
