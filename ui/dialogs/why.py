"""« Pourquoi cette échéance ? »: the working of every due time, in sentences (rules, "SLA")."""

from services import deadlines
from services.explanation import explain
from ui import calls
from ui.dialog import Dialog
from ui.elements import button, el
from ui.viewer import Viewer


async def show_working(viewer: Viewer, reference: str) -> None:
    """The dialog, open. Raises `DeskError`."""
    t = viewer.t
    cycles = await calls.read(deadlines.cycles, viewer.actor, reference)
    with Dialog(t("sla.why"), reference, locale=viewer.locale, width=640) as dialog:
        for cycle in reversed(cycles):
            with el("ol", "vg-working"):
                for sentence in explain(cycle, viewer.locale, viewer.zone):
                    el("li", "", sentence)
    with dialog.foot:
        button(t("action.close_panel"), on_click=dialog.close)
    dialog.open()
