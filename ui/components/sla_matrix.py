"""The targets of a policy as a table: a line for each priority (S48 to S51)."""

from collections.abc import Mapping

from data.vocabulary import Priority
from services.i18n import t, target
from services.sla import Target
from ui.components.badge import priority_badge
from ui.elements import el


def sla_matrix(targets: Mapping[Priority, Target], locale: str) -> None:
    """Priority with what it means, time to respond, time to resolve."""
    with el("div", "vg-card vg-matrix"), el("table"):
        with el("thead"), el("tr"):
            for key in ("field.priority", "sla.response", "sla.resolution"):
                el("th", "", t(key, locale), scope="col")
        with el("tbody"):
            for priority in Priority:
                with el("tr"):
                    with el("th", "", scope="row"):
                        priority_badge(priority)
                        el("small", "", t(f"priority.{priority}.help", locale))
                    for duration in (targets[priority].response, targets[priority].resolution):
                        el("td", "", target(int(duration.total_seconds()), locale))
