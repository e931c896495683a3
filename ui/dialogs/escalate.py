"""« Escalader »: up the tree of teams, or to a specialised team; what will happen is said first (S101 to S115)."""

from nicegui.element import Element

from data.vocabulary import Action, EscalationMode
from services import lifecycle, preview
from services.inputs import REASON
from services.preview import EscalationPreview
from services.views import IncidentView, TeamView
from ui import calls, drafts
from ui.components.badge import avatar
from ui.components.choice import ChoiceField, Option
from ui.components.picker import Pick, PickerField
from ui.components.redrawn import Redrawn
from ui.dialogs.asking import Asked, Asking
from ui.elements import el, icon, set_attributes
from ui.fields import text_area

HIERARCHICAL, FUNCTIONAL = EscalationMode


async def ask_escalation(page: Asked, *, reason: str = "") -> Asking:
    """The dialog, open; `reason` is what it starts with where nothing had been typed."""
    place = _place(page)
    typed, mode, team = await drafts.kept_all(page.viewer, place, f"{place}/mode", f"{place}/team")
    where = await calls.read(preview.escalation, page.viewer.actor, page.incident.reference)
    return _Escalation(page, where, typed or reason, mode, team).asking


def _place(page: Asked) -> str:
    return f"escalate/{page.incident.reference}"


class _Escalation:
    def __init__(self, page: Asked, where: EscalationPreview, reason: str, mode: str, team: str) -> None:
        self.page, self.viewer, self.t, self.where = page, page.viewer, page.viewer.t, where
        t = self.t
        self.asking = Asking(
            page, t("escalate.title"), confirm=t("action.escalate"), sign="stairs", action=Action.ESCALATE, width=620
        )
        with self.asking:
            self._targets = Redrawn(self._draw_targets, classes="vg-stack")
            self._targets.show(where, mode or None, team or None)
            self._reason = text_area(
                t("field.reason"),
                locale=self.viewer.locale,
                value=reason,
                placeholder=t("escalate.reason_help"),
                required=True,
                max_length=REASON,
                on_change=self.asking.check,
            )
            self._effects = Redrawn(self._draw_effects)
        place = _place(page)
        self._kept = self.asking.draft(f"{place}/mode", mode), self.asking.draft(f"{place}/team", team)
        first: Element = self._reason.control if self._mode.value == HIERARCHICAL else self._team.control
        set_attributes(first, data_autofocus="")
        self.asking.keep(self._reason, place)
        self._name_fields()
        self.asking.valid = lambda: self._target is not None and bool((self._reason.value or "").strip())
        self.asking.send, self.asking.said, self.asking.renew = self._send, self._said, self._renew
        self._changed()
        self.asking.open()

    @property
    def _target(self) -> TeamView | None:
        if self._mode.value == HIERARCHICAL:
            return self.where.parent
        return next((team for team in self.where.others if str(team.id) == self._team.value), None)

    def _draw_targets(self, where: EscalationPreview, mode: str | None = None, team: str | None = None) -> None:
        """The ways to go; `mode` and `team` are what was chosen, where they still lead somewhere."""
        t, first = self.t, HIERARCHICAL if where.parent else FUNCTIONAL
        self._mode = ChoiceField(
            t("escalate.mode"),
            self._modes(),
            locale=self.viewer.locale,
            value=(mode if where.parent else None) or first,
            columns=2,
            required=True,
            on_change=self._chosen,
        )
        self._path = Redrawn(self._draw_path)
        picks = [self._pick(each) for each in where.others]
        self._team = PickerField(t("field.target_team"), picks, value=team, on_change=self._chosen)
        if team and self._team.value is None:
            self._team.wrong(t("invalid.same_team"))

    def _chosen(self) -> None:
        mode, team = self._kept
        mode.typed(self._mode.value or "")
        team.typed(self._team.value or "")
        self._changed()

    def _changed(self) -> None:
        hierarchical = self._mode.value == HIERARCHICAL
        self._path.show(self.where.path)
        self._path.root.visible, self._team.root.visible = hierarchical, not hierarchical
        self._effects.show(self._target)
        self._effects.root.visible = self._target is not None
        self.asking.check()

    def _modes(self) -> list[Option]:
        t, path = self.t, self.where.path
        top = t("escalate.no_parent", team=path[0].name) if path else t("escalate.no_team")
        help_ = t("escalate.hierarchical_help") if self.where.parent else top
        return [
            Option(HIERARCHICAL, t("mode.hierarchical"), help=help_, icon="stairs", disabled=self.where.parent is None),
            Option(FUNCTIONAL, t("mode.functional"), help=t("escalate.functional_help"), icon="alt_route"),
        ]

    def _pick(self, team: TeamView) -> Pick:
        tag = self.t("assign.external") if team.external else ""
        return Pick(str(team.id), team.name, team={"code": team.code}, tag=tag, sub=team.skills or "")

    def _draw_path(self, path: tuple[TeamView, ...]) -> None:
        with el("ol", "vg-path", aria_label=self.t("escalate.path")):
            for position, team in enumerate(path):
                target = position == 1
                with el("li", "vg-path__target" if target else "", aria_current="step" if target else None):
                    if position:
                        icon("arrow_forward")
                    avatar(team, size=26)
                    el("span", "", team.name)

    def _draw_effects(self, target: TeamView | None) -> None:
        if target is None:
            return
        t, old = self.t, self.where.level
        with el("section", "vg-effects", aria_label=t("escalate.effects")):
            el("b", "", t("escalate.effects"))
            with el("ul"):
                for sign, text in (
                    ("group", t("escalate.effect_team", team=target.name)),
                    ("stairs", t("escalate.effect_level", old=old, new=old + 1)),
                    ("timer", t("escalate.effect_sla")),
                    ("notifications", t(f"escalate.{self._told(target)}", team=target.name)),
                ):
                    with el("li"):
                        icon(sign)
                        el("span", "", text)

    def _told(self, target: TeamView) -> str:
        if not target.external:
            return "effect_told"
        return "effect_mailed" if self.where.letters else "effect_unmailed"

    async def _send(self, version: int | None) -> IncidentView:
        functional = self._mode.value == FUNCTIONAL
        return await calls.write(
            lifecycle.escalate,
            self.viewer.actor,
            self.page.incident.reference,
            mode=self._mode.value,
            reason=self._reason.value,
            team=int(self._team.value) if functional and self._team.value else None,
            version=version,
        )

    async def _renew(self) -> None:
        """What was foretold is foretold anew; what was chosen and typed stays, as far as it still leads somewhere."""
        self.where = await calls.read(preview.escalation, self.viewer.actor, self.page.incident.reference)
        if self._targets.show(self.where, self._mode.value, self._team.value):
            self._name_fields()
        self._changed()

    def _name_fields(self) -> None:
        self.asking.fields = {"mode": self._mode, "team": self._team, "reason": self._reason}

    def _said(self, incident: IncidentView) -> str:
        return self.t("toast.escalated", ref=incident.reference, team=incident.team.name if incident.team else "")
