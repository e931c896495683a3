"""« Lier des éléments CMDB »: what an incident touches, all four kinds at once (S24 to S27)."""

from services import incidents
from services.views import IncidentView
from ui import calls
from ui.components.link_editor import LinkEditor
from ui.dialogs.asking import Asked, Asking


async def ask_links(page: Asked) -> Asking:
    """The dialog, open."""
    viewer, t = page.viewer, page.viewer.t
    asking = Asking(page, t("cmdb.edit"), confirm=t("action.save"), sign="add_link", action=None, width=720)
    with asking:
        editor = LinkEditor(viewer)
    editor.put(page.incident.links)

    async def send(version: int | None) -> IncidentView:
        return await calls.write(incidents.edit, viewer.actor, page.incident.reference, editor.whole, version=version)

    asking.fields = {"assets": editor}
    asking.send, asking.said = send, lambda incident: t("toast.saved")
    asking.open()
    return asking
