"""Both SLA clocks of an incident, and what came before the running cycle (S55 to S60, S128)."""

from collections.abc import Sequence
from datetime import datetime

from services import i18n
from services.views import CycleView, IndicatorView
from ui.components.badge import sla_glyph
from ui.components.redrawn import Redrawn
from ui.components.sla_block import SlaBlock, sla_json
from ui.elements import Click, button, el, icon
from ui.viewer import Viewer


class SlaCard:
    """Response above resolution; they tick in the browser. `explain` shows how they were worked out."""

    def __init__(self, viewer: Viewer, cycle: CycleView, explain: Click) -> None:
        self._viewer = viewer
        with el("section", "vg-card vg-slas", aria_label=viewer.t("sla.title")):
            self._response = SlaBlock(sla_json("response", cycle.response))
            self._resolution = SlaBlock(sla_json("resolution", cycle.resolution))
            self._notes = Redrawn(self._draw_notes, classes="vg-slas__notes")
            with el("div", "vg-slas__why"):
                button(viewer.t("sla.why"), icon="help", kind="quiet", small=True, on_click=explain)

    def show(self, cycle: CycleView, earlier: Sequence[CycleView]) -> None:
        """The running cycle and its predecessors."""
        self._response.show(sla_json("response", cycle.response))
        self._resolution.show(sla_json("resolution", cycle.resolution))
        moved = cycle.resolution.due_at != cycle.resolution.original_due_at
        hidden = tuple(kind for kind in ("response", "resolution") if getattr(cycle, kind).breached_before)
        self._notes.show(cycle.number, cycle.resolution.original_due_at if moved else None, hidden, tuple(earlier))
        self._notes.root.visible = moved or bool(hidden) or cycle.number > 1

    def _draw_notes(
        self, number: int, original: datetime | None, hidden: tuple[str, ...], earlier: Sequence[CycleView]
    ) -> None:
        t = self._viewer.t
        if original is not None:
            self._note("more_time", t("sla.moved", at=self._viewer.instant(original)))
        for kind in hidden:
            self._note("history_toggle_off", f"{t(f'sla.{kind}')} · {t('sla.breached_before_change')}")
        if number > 1:
            self._note("restart_alt", t("sla.reopened_note"))
        if earlier:
            el("h3", "vg-slas__head", t("sla.past_cycles"))
            with el("ul", "vg-slas__cycles"):
                for cycle in earlier:
                    with el("li"):
                        el("b", "", t("sla.cycle", n=cycle.number))
                        self._verdict("response", cycle.response)
                        self._verdict("resolution", cycle.resolution)

    def _note(self, sign: str, text: str) -> None:
        with el("p", "vg-slas__note"):
            icon(sign, "vg-icon--s")
            el("span", "", text)

    def _verdict(self, kind: str, indicator: IndicatorView) -> None:
        """As reports count it: a breach that a lowered priority hid is a missed verdict (rules, G8)."""
        state = "met" if indicator.respected and not indicator.breached_before else "missed"
        with el("span", f"vg-slas__verdict vg-sla-{state}"):
            sla_glyph(state)
            el("span", "", self._viewer.t(f"sla.{kind}"))
            el("small", "", self._told(state, indicator))

    def _told(self, state: str, indicator: IndicatorView) -> str:
        t = self._viewer.t
        if indicator.breached_before:
            return t("sla.missed_before_change")
        span = i18n.duration(abs(indicator.remaining_s), self._viewer.locale, with_seconds=False)
        return f"{t(f'sla.{state}')} · {span} {t('sla.late' if indicator.remaining_s < 0 else 'sla.early')}"
