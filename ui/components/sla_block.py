"""An SLA clock as the browser gets it, and the block that shows it on the incident page.

The browser computes colour and countdown from it, each second; the server never ticks.
"""

from typing import Literal, TypedDict

from nicegui.element import Element

from services.views import IndicatorView

Kind = Literal["response", "resolution"]


class SlaJson(TypedDict):
    """Instants in epoch seconds, durations in seconds."""

    kind: Kind
    start: float
    risk: float
    due: float
    target_s: int
    met: float | None
    respected: bool | None
    paused_remaining_s: int | None
    hours: str | None


def sla_json(kind: Kind, indicator: IndicatorView) -> SlaJson:
    """`indicator` for a component's props or a row of a list."""
    return {
        "kind": kind,
        "start": indicator.started_at.timestamp(),
        "risk": indicator.at_risk_at.timestamp(),
        "due": indicator.due_at.timestamp(),
        "target_s": indicator.target_s,
        "met": indicator.met_at.timestamp() if indicator.met_at else None,
        "respected": indicator.respected,
        "paused_remaining_s": indicator.paused_remaining_s,
        "hours": indicator.hours,
    }


class SlaBlock(Element, component="sla_block.js"):
    """State in words, countdown, bar, due or reached time, and target."""

    def __init__(self, sla: SlaJson) -> None:
        super().__init__()
        self._props["sla"] = sla

    def show(self, sla: SlaJson) -> None:
        """The block shows `sla` from now on."""
        self._props["sla"] = sla
