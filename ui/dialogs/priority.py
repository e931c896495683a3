"""Changing the priority: what it does to both due times is said before it is saved (S132, rules "Priority change")."""

from collections.abc import Mapping
from functools import partial

from data.vocabulary import Priority
from services import incidents, preview
from services.inputs import REASON
from services.preview import DueChange, PriorityChange
from services.views import IncidentView
from ui import calls
from ui.components.choice import ChoiceField
from ui.components.code_options import priority_option
from ui.components.redrawn import Redrawn
from ui.dialogs.asking import Asked, Asking
from ui.elements import el, icon, note, set_attributes
from ui.fields import text_area


async def ask_priority(page: Asked, *, chosen: str | None = None, reason: str = "") -> Asking:
    """The dialog, open, on the priority `chosen`; the present one at first."""
    changes = await calls.read(preview.priorities, page.viewer.actor, page.incident.reference)
    return _Priority(page, changes, chosen or page.incident.priority, reason).asking


class _Priority:
    def __init__(self, page: Asked, changes: Mapping[Priority, PriorityChange], chosen: str, reason: str) -> None:
        self.page, self.viewer, self.t, self.changes = page, page.viewer, page.viewer.t, changes
        t = self.t
        title = t("priority_change.title")
        self.asking = Asking(page, title, confirm=t("action.save"), sign="check", action=None, width=640)
        with self.asking:
            self._priority = ChoiceField(
                t("field.priority"),
                [priority_option(each, self.viewer.locale, self.changes[each].targets) for each in Priority],
                locale=self.viewer.locale,
                value=chosen,
                columns=2,
                required=True,
                on_change=self._changed,
            )
            self._dues = Redrawn(self._draw_dues, role="status")
            self._reason = text_area(
                t("field.reason"),
                locale=self.viewer.locale,
                value=reason,
                hint=t("priority_change.reason_help"),
                required=True,
                max_length=REASON,
                on_change=self.asking.check,
            )
        set_attributes(self._priority.control, data_autofocus="")
        self.asking.fields = {"priority": self._priority, "reason": self._reason}
        self.asking.valid, self.asking.send, self.asking.renew = self._is_valid, self._send, self._renew
        self.asking.said = lambda incident: t("toast.saved")
        self._changed()
        self.asking.open()

    @property
    def _change(self) -> PriorityChange | None:
        chosen = self._priority.value
        return self.changes[Priority(chosen)] if chosen and chosen != self.page.incident.priority else None

    def _is_valid(self) -> bool:
        change = self._change
        return change is not None and (not change.lowers or bool((self._reason.value or "").strip()))

    def _changed(self) -> None:
        change = self._change
        self._dues.show(change)
        self._dues.root.visible = change is not None
        self._reason.root.visible = change is not None and change.lowers
        self.asking.check()

    def _draw_dues(self, change: PriorityChange | None) -> None:
        if change is None:
            return
        with el("dl", "vg-duechange"):
            for kind, due in (("response", change.response), ("resolution", change.resolution)):
                el("dt", "", self.t(f"sla.{kind}"))
                with el("dd"):
                    if due is None:
                        el("span", "vg-muted", self.t("priority_change.met"))
                    else:
                        self._draw_due(due)
        clocks = [due for due in (change.response, change.resolution) if due]
        if any(due.hides_breach for due in clocks):
            note(self.t("priority_change.hides_breach"), icon="history_toggle_off")

    def _draw_due(self, due: DueChange) -> None:
        el("s", "vg-num", self.viewer.instant(due.old))
        icon("arrow_forward")
        el("span", "vg-sr", self.t("event.to"))
        el("b", "vg-num", self.viewer.instant(due.new))
        if due.late_at_once:
            with el("span", "vg-tag vg-tag--late"):
                icon("warning")
                el("span", "", self.t("priority_change.breached_at_once"))

    async def _renew(self) -> None:
        self.asking.close()
        await self.page.ask(partial(ask_priority, chosen=self._priority.value, reason=self._reason.value or ""))

    async def _send(self, version: int | None) -> IncidentView:
        return await calls.write(
            incidents.edit,
            self.viewer.actor,
            self.page.incident.reference,
            {"priority": self._priority.value},
            reason=self._reason.value,
            version=version,
        )
