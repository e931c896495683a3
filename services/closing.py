"""Closing what was resolved long enough ago, where the desk wants that (a setting of the organisation, off by default).

An incident « à revoir » waits for somebody to look at what the requester has written since.
"""

from datetime import timedelta

from data import db
from data.models import Organisation
from data.queries import incidents, people
from data.vocabulary import Action, Fact, Status
from services import clock
from services.errors import Refused
from services.inputs import Form
from services.lifecycle import settle, step
from services.permissions import Right
from services.work import SYSTEM, Actor, Reading, begin, change, look

LONGEST = 365


def days(actor: Actor) -> int | None:
    """So many days after its resolution an incident is closed; None: never by itself. For the team."""
    with look(actor) as reading:
        reading.require(Right.SEE_SLA)
        return _organisation(reading).close_after_days


def set_days(actor: Actor, wanted: str | int | None) -> None:
    """From now on incidents are closed `wanted` days after their resolution; nothing given: never by themselves.

    Raises `Forbidden`, and `Invalid` (field `days`) unless it is from 1 to 365.
    """
    with begin(actor) as work:
        work.require(Right.MANAGE_SLA)
        work.alone()
        form = Form()
        value = read_days(form, "days", wanted)
        form.check()
        organisation = _organisation(work)
        if organisation.close_after_days != value:
            moved = change(organisation.close_after_days, value)
            work.note(Fact.ORGANISATION_CHANGED, field="close_after_days", **moved)
            organisation.close_after_days = value


def read_days(form: Form, field: str, wanted: str | int | None) -> int | None:
    """A number of days from 1 to 365, else an error of `field`; None where nothing is given."""
    text = "" if wanted is None else str(wanted).strip()
    value = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None
    if text and (value is None or not 1 <= value <= LONGEST):
        form.wrong(field, "out_of_range", min=1, max=LONGEST)
    return value


def close_one() -> bool:
    """One incident whose time has come is closed by the system, if there is one; whether there was (S123)."""
    now = clock.now()
    with db.read_session() as session:
        after = _days_of(people.organisation(session))
        reference = incidents.resolved_before(session, now - timedelta(days=after)) if after else None
    if reference is None:
        return False
    with begin(SYSTEM) as work:
        incident = incidents.locked(work.session, reference)
        after = _days_of(people.organisation(work.session))
        # What changed between the look and the lock is looked at anew the next time.
        if incident is None or after is None or incident.status is not Status.RESOLVED or incident.to_review:
            return True
        if incident.resolved_at is not None and incident.resolved_at <= work.now - timedelta(days=after):
            step(work, incident, Action.CLOSE, {})
            settle(work, incident)
    return True


def _days_of(organisation: Organisation | None) -> int | None:
    return organisation.close_after_days if organisation else None


def _organisation(reading: Reading) -> Organisation:
    found = people.organisation(reading.session)
    if found is None:
        raise Refused("not_set_up")
    return found
