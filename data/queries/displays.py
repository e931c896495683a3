"""Questions about screens on a wall."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, delete, update
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from data.models import Asset, Display, DisplayPairing, Incident, IncidentAsset
from data.queries.these import given, these


def displays(session: Session) -> list[Display]:
    """Those that are not revoked, by name."""
    query = select(Display).where(col(Display.revoked_at).is_(None))
    return list(session.exec(query.order_by(col(Display.name), col(Display.id))))


def display(session: Session, display_id: int) -> Display | None:
    return session.get(Display, display_id)


def by_digest(session: Session, digest: str) -> Display | None:
    return session.exec(select(Display).where(Display.digest == digest)).first()


def touch(session: Session, display_id: int, at: datetime) -> None:
    session.execute(update(Display).where(col(Display.id) == display_id).values(seen_at=at))


def pairing(session: Session, digest: str) -> DisplayPairing | None:
    return session.get(DisplayPairing, digest)


def pairing_by_code(session: Session, code: str) -> DisplayPairing | None:
    return session.exec(select(DisplayPairing).where(DisplayPairing.code == code)).first()


def pairings(session: Session) -> list[DisplayPairing]:
    return list(session.exec(select(DisplayPairing)))


def forget_pairings(session: Session, before: datetime) -> None:
    """Those that were over at `before` are gone."""
    session.execute(delete(DisplayPairing).where(col(DisplayPairing.expires_at) <= before))


def sites(session: Session) -> list[str]:
    """Every location of an asset, in order."""
    query = select(Asset.location).where(col(Asset.location).is_not(None)).distinct()
    return sorted(site for site in session.exec(query) if site)


def sites_of(session: Session, incident_ids: Sequence[int] | None) -> dict[int, list[str]]:
    """Incident → the locations of the assets that it touches; of these incidents, or with None of the open ones."""
    found: dict[int, set[str]] = {}
    for incident_id, site in session.connection().execute(_sites(incident_ids is not None), given(incident_ids)):
        if site:
            found.setdefault(incident_id, set()).add(site)
    return {incident_id: sorted(places) for incident_id, places in found.items()}


@cache
def _sites(some: bool) -> Any:
    query = sa_select(col(IncidentAsset.incident_id), col(Asset.location)).select_from(IncidentAsset)
    query = query.join(Asset, col(Asset.id) == IncidentAsset.asset_id).where(col(Asset.location).is_not(None))
    return these(query.join(Incident, col(Incident.id) == IncidentAsset.incident_id), some)


def at_site(site: str) -> ColumnElement[bool]:
    """The condition that an incident touches an asset at this location."""
    here = select(IncidentAsset.incident_id).join(Asset, col(Asset.id) == IncidentAsset.asset_id)
    return col(Incident.id).in_(here.where(Asset.location == site))
