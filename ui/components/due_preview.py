"""The due times that a priority would give an incident declared now (S20)."""

from collections.abc import Mapping

from nicegui.element import Element

from data.vocabulary import Priority
from services.sla import Target


class DuePreview(Element, component="due_preview.js"):
    """Both due times of the priority shown, to the minute; the browser keeps them right while the page stays open."""

    def __init__(self, targets: Mapping[Priority, Target], priority: str | None) -> None:
        super().__init__()
        self._props["targets"] = {
            priority.value: {
                "response": int(target.response.total_seconds()),
                "resolution": int(target.resolution.total_seconds()),
            }
            for priority, target in targets.items()
        }
        self._props["priority"] = priority

    def show(self, priority: str | None) -> None:
        """The due times are those of `priority`, none without one."""
        self._props["priority"] = priority
