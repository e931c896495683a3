"""The link that saves an incident as a PDF; a long one takes a while, so it says that it is being made (S140)."""

from nicegui.element import Element

from data.vocabulary import ReportScope, Role
from ui.components.toasts import toast
from ui.viewer import Viewer


class ReportLink(Element, component="report_link.js"):
    """Busy until the file is there; why there is none becomes a toast. Without a script it is a link like any other.

    The team has a menu beside it: the same without internal notes, to be given to the requester (S139).
    """

    def __init__(self, viewer: Viewer, reference: str) -> None:
        super().__init__()
        t = viewer.t
        address = f"/incidents/{reference}/report.pdf"
        self._props.update({"href": address, "file": f"{reference}.pdf", "glyph": "picture_as_pdf"})
        self._props.update({"idle": t("action.export_pdf"), "busy": t("pdf.making")})
        self._props.update({"ready": t("pdf.made"), "failed": t("pdf.not_made"), "choose": t("pdf.choose")})
        public = {"href": f"{address}?scope={ReportScope.REQUESTER}", "file": f"{reference}-public.pdf"}
        choices = [
            {"key": "team", "text": t("pdf.for_team"), "icon": "picture_as_pdf"},
            {"key": "requester", "text": t("pdf.for_requester"), "icon": "visibility_off", **public},
        ]
        self._props["choices"] = [] if viewer.role is Role.REQUESTER else choices
        self.on("failed", lambda event: toast(str(event.args), error=True))
