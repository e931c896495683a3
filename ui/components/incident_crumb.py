"""What stands above an incident: the way back, its reference to copy, who else looks, and what concerns all of it."""

from collections.abc import Awaitable, Callable

from data.vocabulary import Status
from ui.components.copy_button import copy_button
from ui.components.presence_line import PresenceLine
from ui.components.report_link import ReportLink
from ui.components.toasts import toast
from ui.dialogs.workflow import show_workflow
from ui.elements import button, el, set_attributes
from ui.shell import crumb
from ui.viewer import Viewer


class IncidentCrumb:
    """`others` shows who else looks; `redirects` is the button that says it is a service request."""

    def __init__(
        self, viewer: Viewer, reference: str, redirect: Callable[[], Awaitable[None]], status: Callable[[], Status]
    ) -> None:
        t = viewer.t
        with crumb(viewer, reference, reference=True):
            copy_button(t("action.copy_ref"), reference, lambda: toast(t("action.copied"), icon="content_copy"))
            self.others = PresenceLine(viewer)
            el("span", "vg-grow")
            self.redirects = button(icon="storefront", kind="quiet", small=True, on_click=redirect)
            set_attributes(self.redirects, aria_label=t("service_request.open"))
            with self.redirects:
                el("span", "vg-crumb__word", t("service_request.open"))
            ReportLink(viewer, reference)
            explain = button(
                icon="account_tree", kind="quiet", small=True, on_click=lambda: show_workflow(viewer, status())
            )
            set_attributes(explain, aria_label=t("workflow.open"))
            with explain:
                el("span", "vg-crumb__word", t("workflow.open"))
