"""`/portal`: what a requester has declared, those that wait for an answer first."""

from collections.abc import Sequence

from data.vocabulary import HoldReason, Role, Status
from services import board
from services.views import IncidentView
from ui import calls
from ui.elements import el, empty_state, icon, link_button
from ui.session import desk_page
from ui.shell import frame, page_header
from ui.viewer import Viewer

MOST = 200
# What a requester sees of the way that an incident goes.
STEPS = ("received", "taken", "working", "done")
REACHED = {
    Status.NEW: 1,
    Status.ASSIGNED: 2,
    Status.IN_PROGRESS: 3,
    Status.ON_HOLD: 3,
    Status.RESOLVED: 4,
    Status.CLOSED: 4,
}


@desk_page("/portal", roles=frozenset({Role.REQUESTER}))
async def portal_page(viewer: Viewer) -> None:
    page = await calls.read(board.page, viewer.actor, board.Query(sort="-created", limit=MOST))
    title = viewer.t("nav.my")
    with frame(viewer, title, current="/portal"):
        with page_header(title):
            el("span", "vg-grow")
            if page.items:
                _declare(viewer)
        with el("div", "vg-pad vg-portal"):
            if not page.items:
                with empty_state(viewer.t("portal.empty"), viewer.t("portal.empty_sub")):
                    _declare(viewer)
            for heading, incidents in _sorted(page.items):
                _section(viewer, heading, incidents)


def _declare(viewer: Viewer) -> None:
    link_button(viewer.t("new.declare"), "/incidents/new", icon="add", kind="primary", key="C")


def _sorted(incidents: Sequence[IncidentView]) -> list[tuple[str, list[IncidentView]]]:
    waiting = [each for each in incidents if _question(each)]
    closed = [each for each in incidents if each.status is Status.CLOSED]
    others = [each for each in incidents if each not in waiting and each not in closed]
    return [("portal.waiting", waiting), ("portal.open", others), ("portal.closed", closed)]


def _question(incident: IncidentView) -> str | None:
    """What the requester is asked, as a key."""
    if incident.status is Status.RESOLVED:
        return "portal.solved_question"
    if incident.hold is not None and incident.hold.reason is HoldReason.USER:
        return "portal.information_question"
    return None


def _section(viewer: Viewer, heading: str, incidents: Sequence[IncidentView]) -> None:
    if not incidents:
        return
    with el("section") as section:
        title = el("h2", "vg-h2", viewer.t(heading))
        with el("ul", "vg-reports"):
            for incident in incidents:
                with el("li"):
                    _report(viewer, incident)
    section._props["aria-labelledby"] = title.html_id


def _report(viewer: Viewer, incident: IncidentView) -> None:
    with el("a", "vg-card vg-report", href=f"/incidents/{incident.reference}"):
        el("b", "vg-report__title", incident.title)
        with el("span", "vg-report__meta"):
            el("span", "vg-mono", incident.reference)
            el("span", "vg-num", f"· {viewer.instant(incident.created_at)}")
        reached = REACHED[incident.status]
        with el("span", "vg-way"):
            for number, step in enumerate(STEPS, 1):
                state = "vg-is-on" if number == reached else "vg-is-done" if number < reached else ""
                el("span", state, viewer.t(f"portal.{step}"), aria_current="step" if number == reached else None)
        if question := _question(incident):
            with el("span", "vg-report__question"):
                icon("contact_support")
                el("span", "", viewer.t(question))
