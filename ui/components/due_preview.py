"""The due times that a priority would give an incident declared now (S20)."""

from nicegui.element import Element

from services.incident_view import hours_of
from services.sla import Policy


class DuePreview(Element, component="due_preview.js"):
    """Both due times of the priority shown, to the minute, by the opening hours that its clocks follow.

    The browser keeps them right while the page stays open.
    """

    def __init__(self, policy: Policy, priority: str | None) -> None:
        super().__init__()
        hours = {each: hours_of(policy.calendar(each)) for each in policy.targets}
        self._props["targets"] = {
            each.value: {
                "response": int(target.response.total_seconds()),
                "resolution": int(target.resolution.total_seconds()),
                "hours": known.key if (known := hours[each]) else None,
            }
            for each, target in policy.targets.items()
        }
        self._props["priority"] = priority

    def show(self, priority: str | None) -> None:
        """The due times are those of `priority`, none without one."""
        self._props["priority"] = priority
