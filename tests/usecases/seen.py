"""What an auditor sees of an incident, and of a refusal."""

from collections.abc import Callable

import pytest

from services import incidents
from services.errors import TransitionRefused
from services.views import EntryView, IncidentView
from tests.dump import dump
from tests.personas import Cast


def owner(incident: IncidentView) -> tuple[str | None, str | None]:
    """Whose it is: login, name of the team."""
    person, team = incident.assignee, incident.team
    return (person.login if person else None, team.name if team else None)


def lines(cast: Cast, incident: IncidentView) -> tuple[EntryView, ...]:
    """All of its history."""
    return incidents.history(cast.emile, incident.reference).entries


def last(cast: Cast, incident: IncidentView) -> EntryView:
    return lines(cast, incident)[-1]


def refused(call: Callable[[], object]) -> TransitionRefused:
    """The refusal of `call`, which changed nothing."""
    before = dump()
    with pytest.raises(TransitionRefused) as refusal:
        call()
    assert dump() == before
    return refusal.value
