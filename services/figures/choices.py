"""What a report can be narrowed to by name."""

from collections.abc import Mapping
from dataclasses import dataclass

from data.queries import people, reports
from data.vocabulary import ItemKind
from services.incident_view import team_view
from services.permissions import Right
from services.views import TeamView
from services.work import Actor, look


@dataclass(frozen=True, slots=True)
class Choices:
    """The teams, and the names of the clients and applications, in order."""

    teams: tuple[TeamView, ...]
    items: Mapping[ItemKind, tuple[str, ...]]


def offered(actor: Actor) -> Choices:
    """For somebody who sees statistics."""
    with look(actor) as reading:
        reading.require(Right.SEE_STATISTICS)
        session = reading.session
        kinds = (ItemKind.CLIENTS, ItemKind.APPLICATIONS)
        items = {kind: tuple(sorted(reports.names(session, kind).values(), key=str.casefold)) for kind in kinds}
        return Choices(tuple(team_view(team) for team in people.teams(session)), items)
