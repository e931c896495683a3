"""An incident is not a service request: what was declared by mistake is sent to where requests belong (S7, S8)."""

from data.queries import incidents, people
from data.vocabulary import OPEN_STATUSES, Action, ResolutionCode, Status
from services.desk_settings import ServiceCatalogue, of_organisation
from services.errors import Refused
from services.i18n import t
from services.incident_view import view, visible
from services.inputs import BODY, Form
from services.lifecycle import load, perform
from services.notifications.outbox import terms
from services.permissions import Right
from services.views import IncidentView
from services.work import Actor, Reading, begin, look


def prepared(actor: Actor, reference: str) -> str | None:
    """The message to the requester, with the catalogue's address, in the requester's language; None without one."""
    with look(actor) as reading:
        reading.require(Right.SEE_ALL)
        incident = visible(reading, incidents.by_reference(reading.session, reference))
        catalogue = of_organisation(reading)
        return _message(reading, incident.requester_id, catalogue) if catalogue else None


def redirect(actor: Actor, reference: str, *, message: str | None = None, version: int | None = None) -> IncidentView:
    """The open incident is resolved as one that needs no work, its requester reads `message`, and the history says that
    it was a service request; all of it or nothing (S8).

    Without a message the prepared one is sent; the catalogue's address is always in it. Raises `Refused`
    (`no_catalogue`) where nobody has said where requests go, and what resolving raises.
    """
    with begin(actor) as work:
        incident = load(work, reference, frozen=True)
        work.require(Right.SEE_ALL)
        started = incident.status not in (Status.NEW, Status.ASSIGNED)
        action = Action.RESOLVE if started else Action.START_AND_RESOLVE
        catalogue = of_organisation(work)
        if catalogue is None and incident.status in OPEN_STATUSES:
            raise Refused("no_catalogue")
        form = Form()
        said = form.text("message", message, max_length=BODY, required=False)
        form.check()
        if catalogue is not None:
            said = said or _message(work, incident.requester_id, catalogue)
            said = said if catalogue.address in said else f"{said}\n\n{catalogue.address}"
        given = {
            "code": ResolutionCode.NO_ACTION,
            "summary": said,
            "master": None,
            "publish": True,
            "service_request": True,
        }
        perform(work, incident, action, version, given)
        assert incident.id is not None
        return view(work, incident.id)


def _message(reading: Reading, requester_id: int, catalogue: ServiceCatalogue) -> str:
    requester = people.user(reading.session, requester_id)
    locale = (requester.locale if requester else None) or terms().locale
    name = catalogue.label or t("catalogue.name", locale)
    return t("service_request.message", locale, name=name, address=catalogue.address)
