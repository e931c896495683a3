"""The demonstration company: an invented maker of kitchen furniture, its teams and its people."""

from dataclasses import dataclass
from typing import Any

from data.vocabulary import Role
from services import people, teams
from services.errors import Refused
from services.organisation import FIRST_TEAMS
from services.work import Actor

ORGANISATION = "Ateliers Valmorane"
DOMAIN = "valmorane.example"
# Of all demonstration accounts, and no secret: whoever loads the demonstration is told.
PASSWORD = "demonstration"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the company; `team` is the main team."""

    login: str
    name: str
    role: Role
    team: str | None = None
    password: str = PASSWORD

    @property
    def email(self) -> str:
        return f"{self.login}@{DOMAIN}"


ADMINISTRATOR = Member("emile", "Émile Rouvier", Role.ADMIN)
STAFF = (
    Member("alice", "Alice Morvan", Role.TECHNICIAN, "Support N1"),
    Member("bruno", "Bruno Castel", Role.TECHNICIAN, "Support N2"),
    Member("chloe", "Chloé Renaudin", Role.REQUESTER),
    Member("diane", "Diane Aubry", Role.DISPATCHER, "Support N1"),
    Member("farid", "Farid Belkacem", Role.TECHNICIAN, "Support N1"),
    Member("gaelle", "Gaëlle Kermadec", Role.TECHNICIAN, "Support N2"),
    Member("hugo", "Hugo Lacombe", Role.TECHNICIAN, "Support N3"),
    Member("ines", "Inès Delmas", Role.TECHNICIAN, "Infrastructure"),
    Member("julien", "Julien Tessier", Role.TECHNICIAN, "Développement"),
    Member("karine", "Karine Vasseur", Role.REQUESTER),
    Member("leo", "Léo Fontanel", Role.REQUESTER),
)
REQUESTERS = frozenset(member.login for member in STAFF if member.role is Role.REQUESTER)

SUPPLIER = "Ouestelis (opérateur)"
SKILLS = {
    "Support N1": "Accueil, diagnostic, postes",
    "Support N2": "Applications, comptes, serveurs",
    "Support N3": "Expertise, incidents majeurs",
}


def hire(admin: Actor) -> dict[str, Actor]:
    """The teams and the staff are there; login → who acts under it. `admin` acts for the administrator.

    Raises `Refused` (code `demo_teams`) where the support teams stand otherwise than the stories' escalations go.
    """
    _make_teams(admin)
    actors = {ADMINISTRATOR.login: admin}
    for member in STAFF:
        account = people.create_user(
            admin,
            login=member.login,
            name=member.name,
            role=member.role,
            password=member.password,
            email=member.email,
            teams=[member.team] if member.team else [],
        )
        actors[member.login] = Actor(account.id)
    return actors


def _make_teams(admin: Actor) -> None:
    """Those that the set-up has made are kept."""
    there = people.all_teams(admin)
    names: dict[int | None, str] = {team.id: team.name for team in there}
    parents = {team.name: names.get(team.parent_id) for team in there}
    wanted: dict[str, dict[str, Any]] = {
        **{first.name: {"parent": first.parent, "skills": SKILLS[first.name]} for first in FIRST_TEAMS},
        "Infrastructure": {"code": "IN", "skills": "Serveurs, stockage, sauvegardes, réseau"},
        "Développement": {"code": "DV", "skills": "Applications maison, intégrations, bases de données"},
        SUPPLIER: {
            "code": "OU",
            "external": True,
            "email": "incidents@ouestelis.example",
            "skills": "Liens opérateur, téléphonie",
        },
    }
    if any(first.name in parents and parents[first.name] != first.parent for first in FIRST_TEAMS):
        raise Refused("demo_teams")
    for name, terms in wanted.items():
        if name not in parents:
            teams.create_team(admin, name=name, **terms)
