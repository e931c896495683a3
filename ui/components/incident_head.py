"""Title and the one line that says what kind of incident it is."""

from datetime import datetime

from nicegui.element import Element

from data.vocabulary import Category, Impact, Priority, Role, Severity, Source
from services.inputs import TITLE
from services.views import IncidentView
from ui.components.badge import level_badge, priority_badge
from ui.components.code_options import ICONS
from ui.components.history_line import moment
from ui.components.in_place import InPlaceText, Save
from ui.components.redrawn import Redrawn
from ui.elements import el, icon
from ui.viewer import Viewer


class IncidentHead:
    """The title, and the line below it."""

    def __init__(self, viewer: Viewer, save: Save) -> None:
        self._viewer = viewer
        with el("header", "vg-ihead"):
            self.title = InPlaceText(viewer, "title", tag="h1", classes="", max_length=TITLE, save=save)
            self._meta = Redrawn(self._draw_meta, classes="vg-imeta")

    def show(self, incident: IncidentView, people: int = 0) -> list[Element]:
        """What changed of the title and the line, to be lit; `people` are those whom it touches."""
        whole = self._viewer.role is not Role.REQUESTER
        severity, impact = (incident.severity, incident.impact) if whole else (None, None)
        level = incident.escalation_level if whole else 0
        changed = self._meta.show(
            incident.priority,
            severity,
            impact,
            incident.category,
            incident.source,
            incident.requester.name,
            incident.created_at,
            level,
            people,
        )
        title = self.title.show(incident.title, incident.version, editable=incident.may_edit)
        return [*title, self._meta.root] if changed else title

    def _draw_meta(
        self,
        priority: Priority,
        severity: Severity | None,
        impact: Impact | None,
        category: Category,
        source: Source,
        requester: str,
        created_at: datetime,
        level: int,
        people: int,
    ) -> None:
        t = self._viewer.t
        priority_badge(priority, boxed=True)
        if severity:
            self._fact("bolt", "field.severity", t(f"severity.{severity}"))
        if impact:
            self._fact("groups", "field.impact", t(f"impact.{impact}"))
        self._fact(ICONS[category], "field.category", t(f"category.{category}"))
        with el("span", ""):
            icon(ICONS[source])
            el("span", "vg-sr", t(f"source.{source}"))
            el("span", "", f"{requester} ·")
            moment(self._viewer, created_at)
        if level:
            with el("span", ""):
                el("small", "", t("detail.labelled", label=t("detail.escalation")))
                level_badge(level)
        if people > 1:
            with el("span", ""):
                icon("groups")
                el("b", "", t("affected.count", n=people))

    def _fact(self, sign: str, field: str, value: str) -> None:
        with el("span", ""):
            icon(sign)
            el("small", "", self._viewer.t("detail.labelled", label=self._viewer.t(field)))
            el("b", "", value)
