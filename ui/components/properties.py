"""The properties of an incident, each changed where it stands by who may."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from nicegui.element import Element

from data.vocabulary import Action, Priority, ResolutionCode, Role
from services.views import IncidentView, PersonView, TeamView
from ui.components.badge import avatar, level_badge, priority_badge
from ui.components.choice import Option
from ui.components.code_options import category_options, impact_options, severity_options, source_options
from ui.components.history_line import moment
from ui.components.in_place import code_menu
from ui.components.redrawn import Redrawn
from ui.components.shown import WithVersion, on_press
from ui.elements import card, el, icon
from ui.viewer import Viewer

Choose = Callable[[str, str | None, int | None], Awaitable[None]]

# field → (what can be chosen, whether it may be left open)
_CODED: dict[str, tuple[Callable[[str], list[Option]], bool]] = {
    "severity": (severity_options, True),
    "impact": (impact_options, True),
    "category": (category_options, False),
    "source": (source_options, False),
}
_TEAM_ROWS = ("assignee", "team", "priority", "severity", "impact", "category", "level", "requester", "source")
_AT_THE_END = ("closed_at", "resolution_code")  # which an incident has once it is resolved or closed
_REQUESTER_ROWS = ("assignee", "priority", "category", "requester")


class Properties:
    """Rows of name and value. `choose` saves a code, `change_priority` and `change_owner` open their dialogs."""

    def __init__(
        self, viewer: Viewer, *, choose: Choose, change_priority: WithVersion, change_owner: WithVersion
    ) -> None:
        self._viewer, self._choose = viewer, choose
        self._change_priority, self._change_owner = change_priority, change_owner
        names = _REQUESTER_ROWS if viewer.role is Role.REQUESTER else _TEAM_ROWS
        self._rows: dict[str, tuple[Element, Redrawn]] = {}
        with card(viewer.t("detail.properties")), el("dl", "vg-props"):
            for name in (*names, "created", "updated", "closed_at", "resolution_code"):
                label = el("dt", "", viewer.t("field.level_long" if name == "level" else f"field.{name}"))
                self._rows[name] = label, Redrawn(getattr(self, f"_draw_{name}", self._draw_code), "dd")

    def show(self, incident: IncidentView, updated_at: datetime) -> list[Element]:
        """The values that changed, to be lit if somebody else did it; `updated_at`: when anything happened to it, a
        comment included."""
        edit, actions = incident.may_edit, incident.allowed_actions
        values = {
            "assignee": (incident.assignee, edit and Action.ASSIGN in actions),
            "team": (incident.team, edit and Action.ASSIGN in actions),
            "priority": (incident.priority, edit),
            "severity": ("severity", incident.severity, edit),
            "impact": ("impact", incident.impact, edit),
            "category": ("category", incident.category, edit),
            "source": ("source", incident.source, edit),
            "level": (incident.escalation_level,),
            "requester": (incident.requester,),
            "created": (incident.created_at,),
            "updated": (updated_at,),
            "closed_at": (incident.closed_at,),
            "resolution_code": (incident.resolution.code if incident.resolution else None,),
        }
        changed = []
        for name, (label, value) in self._rows.items():
            if value.show(*values[name]):
                changed.append(value.root)
            label.visible = value.root.visible = name not in _AT_THE_END or values[name] != (None,)
        return [row for row in changed if row is not self._rows["updated"][1].root]

    def _draw_assignee(self, person: PersonView | None, editable: bool) -> None:
        with self._opener("assignee", editable, self._change_owner):
            avatar(person, size=24)
            el(
                "b" if person else "span",
                "" if person else "vg-muted",
                self._viewer.called(person) if person else self._viewer.t("field.unassigned"),
            )

    def _draw_team(self, team: TeamView | None, editable: bool) -> None:
        with self._opener("team", editable, self._change_owner):
            if team:
                avatar(team, size=24)
            el("span", "" if team else "vg-muted", team.name if team else self._viewer.t("field.no_team"))

    def _draw_priority(self, priority: Priority, editable: bool) -> None:
        with self._opener("priority", editable, self._change_priority):
            priority_badge(priority)

    def _draw_code(self, field: str, chosen: str | None, editable: bool) -> None:
        options, optional = _CODED[field]
        if not editable:
            known = self._viewer.t(f"{field}.{chosen}") if chosen else self._viewer.t("detail.not_said")
            el("span", "" if chosen else "vg-muted", known)
            return

        async def choose(code: str | None, version: int | None) -> None:
            if code != chosen:
                await self._choose(field, code, version)

        code_menu(self._viewer, field, options(self._viewer.locale), chosen, optional=optional, choose=choose)

    def _draw_level(self, level: int) -> None:
        level_badge(level)
        if level:
            el("span", "vg-muted", self._viewer.t("detail.escalations", n=level))

    def _draw_requester(self, person: PersonView) -> None:
        el("span", "", person.name)

    def _draw_created(self, at: datetime) -> None:
        moment(self._viewer, at)

    _draw_updated = _draw_created

    def _draw_closed_at(self, at: datetime | None) -> None:
        if at is not None:
            moment(self._viewer, at)

    def _draw_resolution_code(self, code: ResolutionCode | None) -> None:
        if code is not None:
            el("span", "vg-tag", self._viewer.t(f"resolution.{code}"))

    def _opener(self, field: str, editable: bool, act: WithVersion) -> Element:
        """What the value stands in: a button where it may be changed."""
        if not editable:
            return el("span", "vg-row")
        made = el("button", "vg-edit", type="button", aria_haspopup="dialog")
        with made:
            el("span", "vg-sr", self._viewer.t("detail.edit_field", field=self._viewer.t(f"field.{field}")))
            icon("edit", "vg-icon--s")
        on_press(made, act)
        return made
