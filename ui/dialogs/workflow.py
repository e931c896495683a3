"""The workflow, explained (S35 to S37)."""

from data.vocabulary import Status
from ui.components.workflow_diagram import workflow_diagram
from ui.dialog import Dialog
from ui.elements import button, el
from ui.viewer import Viewer


def show_workflow(viewer: Viewer, current: Status) -> None:
    """The dialog, open; `current` is lit in the diagram."""
    t = viewer.t
    with Dialog(t("workflow.title"), t("workflow.sub"), locale=viewer.locale, width=960) as dialog:
        workflow_diagram(viewer, current)
        el("p", "vg-muted", f"* {t('workflow.enterprise')}")
    with dialog.foot:
        button(t("action.close_panel"), on_click=dialog.close)
    dialog.open()
