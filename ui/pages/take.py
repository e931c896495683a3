"""`/incidents/{reference}/take/{token}`: the link in a notification; it shows the button, and presses nothing."""

from fastapi.responses import RedirectResponse
from nicegui import ui
from starlette.responses import Response

from services.errors import NotFound
from services.notifications import take_links
from services.permissions import TEAM_ROLES
from ui import calls
from ui.declare import EVERYBODY, desk_page
from ui.pages.errors import unknown_incident
from ui.session import PHONE, front
from ui.viewer import Viewer


@desk_page("/incidents/{reference}/take/{token}", roles=EVERYBODY)
async def take_page(viewer: Viewer, reference: str, token: str) -> Response | None:
    """Leads to the incident, on a phone to its sheet; with « Je prends » focused while the link is good."""
    phone = front(ui.context.client.request) == PHONE and viewer.role in TEAM_ROLES
    try:
        found = await calls.write(take_links.follow, viewer.actor, reference, token[:200])
    except NotFound:
        unknown_incident(viewer, reference)
        return None
    if phone:
        end = f"?take={found.reference}" if found.live else f"?spent=1#{found.reference}"
        return RedirectResponse(f"{PHONE}{end}", 303)
    return RedirectResponse(f"/incidents/{found.reference}{'?do=take' if found.live else ''}", 303)
