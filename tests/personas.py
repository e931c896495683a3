"""The people of every test, and the incidents that they declare.

Alice (technician, Support N1) and Bruno (technician, Support N2), Chloé (requester), Diane (dispatcher), Émile
(administrator). Support N1 is below Support N2, which is below Support N3; Infrastructure stands alone.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from data import db
from data.queries import people as people_queries
from data.vocabulary import Role
from services import chain, incidents, lifecycle, organisation, people, sessions, teams
from services.codes import guesses
from services.views import IncidentView
from services.work import Actor, look

PARIS = ZoneInfo("Europe/Paris")
MONDAY = datetime(2026, 6, 15, 10, 0, tzinfo=PARIS)
PASSWORD = "correct horse battery"
SECRET = b"a secret of the tests"

N1, N2, N3, INFRASTRUCTURE, SUPPLIER = "Support N1", "Support N2", "Support N3", "Infrastructure", "Télécom Ouest"

_numbers = count(1)


@dataclass(frozen=True)
class Cast:
    """Who acts."""

    alice: Actor
    bruno: Actor
    chloe: Actor
    diane: Actor
    emile: Actor


def found_the_desk() -> None:
    """The organisation, its teams and its people are in the bound database."""
    chain.use_secret(SECRET)
    emile = organisation.set_up(
        organisation="Acme", login="emile", admin_name="Émile Petit", email=None, password=PASSWORD
    )
    teams.create_team(emile, name=INFRASTRUCTURE)
    teams.create_team(emile, name=SUPPLIER, external=True, email="support@telecom.example")
    for login, name, role, own in (
        ("alice", "Alice Martin", "technician", [N1]),
        ("bruno", "Bruno Keller", "technician", [N2]),
        ("chloe", "Chloé Dubois", "requester", []),
        ("diane", "Diane Leroy", "dispatcher", []),
    ):
        people.create_user(emile, login=login, name=name, role=role, password=PASSWORD, teams=own)


def the_cast() -> Cast:
    """The people of a database that `found_the_desk` has filled; nobody has mistyped a password yet."""
    chain.use_secret(SECRET)
    with db.read_session() as session:
        ids = {user.login: user.id for user in people_queries.users(session)}
    for login in ids:
        sessions.failures.forget(login)
        guesses.forget(login)
    return Cast(**{name: Actor(ids[name]) for name in Cast.__dataclass_fields__})


def an_incident(by: Actor, **fields: Any) -> IncidentView:
    """A critical one, or by Chloé, who may not say so, a high one; any field of `NewIncident` may be given."""
    declared = {
        "title": f"La messagerie ne répond plus ({next(_numbers)})",
        "description": "Outlook affiche « Déconnecté » depuis 10 h.",
        "category": "software",
        "priority": "high" if _role_of(by) is Role.REQUESTER else "critical",
    }
    return incidents.create(by, incidents.NewIncident(**(declared | fields)))


def in_progress(by: Actor, **fields: Any) -> IncidentView:
    """An incident that `by` has declared, taken and started."""
    return lifecycle.take_and_start(by, an_incident(by, **fields).reference)


def on_hold(by: Actor, reason: str = "user", **fields: Any) -> IncidentView:
    """The same, waiting."""
    return lifecycle.hold(by, in_progress(by, **fields).reference, reason=reason)


def resolved(by: Actor, **fields: Any) -> IncidentView:
    """The same, resolved."""
    return lifecycle.resolve(by, in_progress(by, **fields).reference, code="fixed", summary="Service relancé.")


def closed(by: Actor, **fields: Any) -> IncidentView:
    """The same, archived."""
    return lifecycle.close(by, resolved(by, **fields).reference)


def _role_of(actor: Actor) -> Role:
    with look(actor) as reading:
        return reading.who.role
