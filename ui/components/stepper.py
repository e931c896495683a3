"""The six statuses as steps, with the times at which they were reached (S34)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from nicegui.element import Element

from data.vocabulary import Action, Fact, Status
from services.views import EntryView
from ui.components.badge import status_glyph
from ui.elements import el, icon, set_attributes, set_text
from ui.viewer import Viewer


def times_of(entries: Iterable[EntryView]) -> dict[Status, datetime]:
    """When each status was reached: the present one last, the others first since the last reopening."""
    times: dict[Status, datetime] = {}
    status, at = Status.NEW, None
    for entry in entries:
        if entry.fact is Fact.CREATED:
            status, at = Status.NEW, entry.at
        elif entry.fact is Fact.STATUS_CHANGED:
            status, at = Status(entry.details["to"]), entry.at
        else:
            continue
        if entry.details.get("action") == Action.REOPEN:
            for undone in (Status.IN_PROGRESS, Status.ON_HOLD, Status.RESOLVED):
                times.pop(undone, None)
        times.setdefault(status, at)
    if at is not None:
        times[status] = at
    return times


@dataclass(frozen=True, slots=True)
class _Step:
    root: Element
    done: Element
    glyph: Element
    state: Element
    time: Element


class Stepper:
    """Past steps are checked, the present one is ringed, one that was left out has a dash."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._steps: dict[Status, _Step] = {}
        with el("ol", "vg-steps", aria_label=viewer.t("detail.steps")):
            for status in Status:
                self._steps[status] = self._step(status)

    def show(self, status: Status, times: Mapping[Status, datetime]) -> None:
        """The incident is in `status`."""
        order = list(Status)
        for position, each in enumerate(order):
            now, past = each is status, position < order.index(status)
            self._show_step(self._steps[each], now=now, past=past, at=times.get(each) if now or past else None)

    def _step(self, status: Status) -> _Step:
        with el("li", f"vg-step vg-st-{status}") as root:
            with el("span", "vg-step__dot"):
                done, glyph = icon("check"), status_glyph(status)
            with el("div", "vg-step__name"):
                el("span", "", self._viewer.t(f"status.{status}"))
                state = el("span", "vg-sr", "")
            time = el("time", "vg-step__time", "")
        return _Step(root, done, glyph, state, time)

    def _show_step(self, step: _Step, *, now: bool, past: bool, at: datetime | None) -> None:
        t, done = self._viewer.t, past and at is not None
        step.done.visible, step.glyph.visible = done, not done
        for name, wanted in (("vg-step--now", now), ("vg-step--past", done)):
            step.root.classes(**{"add" if wanted else "remove": name})
        set_attributes(step.root, aria_current="step" if now else None)
        word = (
            t("detail.step_now") if now else t("detail.step_done") if done else t("detail.step_skipped") if past else ""
        )
        set_text(step.state, f" {word}" if word else "")
        set_text(step.time, self._viewer.instant(at) if at else "—" if past else "")
        set_attributes(
            step.time, datetime=at.isoformat() if at else None, title=self._viewer.full_date(at) if at else None
        )
