"""What has to be known before anything else: why it waits, how it was resolved, that somebody answered."""

from nicegui.element import Element

from data.vocabulary import Action, Impact, Role, Status
from services import i18n
from services.views import HoldView, IncidentView, IndicatorView, ResolutionView
from ui.components.badge import sla_glyph
from ui.components.links import plain_text
from ui.components.redrawn import Redrawn
from ui.components.rich_text import rich_text
from ui.elements import Click, button, el, icon
from ui.viewer import Viewer


class Notices:
    """The banners at the head of an incident's page, each only while it holds."""

    def __init__(self, viewer: Viewer, escalate: Click) -> None:
        self._viewer, self._escalate = viewer, escalate
        with el("div", "vg-notices") as self.root:
            self._hold = Redrawn(self._draw_hold)
            self._review = Redrawn(self._draw_review)
            self._resolution = Redrawn(self._draw_resolution)
            self._proposal = Redrawn(self._draw_proposal)
        self._parts = (self._hold, self._review, self._resolution, self._proposal)

    def show(self, incident: IncidentView) -> None:
        """What holds for `incident`."""
        self._hold.show(incident.hold)
        self._review.show(incident.to_review)
        verdict = incident.cycle.resolution if incident.status in (Status.RESOLVED, Status.CLOSED) else None
        self._resolution.show(
            incident.resolution, verdict if verdict and verdict.met_at else None, incident.master_reference
        )
        proposed = (
            incident.impact is Impact.ENTERPRISE
            and incident.escalation_level == 0
            and Action.ESCALATE in incident.allowed_actions
        )
        self._proposal.show(proposed)
        for part in self._parts:
            part.root.visible = bool(part.root.default_slot.children)
        self.root.visible = any(part.root.visible for part in self._parts)

    @property
    def _is_requester(self) -> bool:
        return self._viewer.role is Role.REQUESTER

    def _draw_hold(self, hold: HoldView | None) -> None:
        if hold is None:
            return
        t = self._viewer.t
        with el("section", "vg-banner vg-st-on_hold", aria_label=t("status.on_hold")):
            icon("pause_circle")
            with el("div", "vg-grow"):
                key = "notice.hold_requester" if self._is_requester else "notice.hold"
                with el("p"):
                    el("b", "", t(key, reason=t(f"hold_reason.{hold.reason}")))
                    el("span", "", t("time.since", t=self._viewer.instant(hold.since)))
                if hold.text:
                    plain_text("vg-banner__text", hold.text)
                if self._is_requester and hold.reason == "user":
                    el("p", "", t("notice.hold_answer"))
            if hold.resume_at:
                with el("span", "vg-banner__end"):
                    icon("event", "vg-icon--s")
                    el("span", "", t("detail.hold_until", at=self._viewer.instant(hold.resume_at)))

    def _draw_review(self, to_review: bool) -> None:
        if not to_review:
            return
        title = self._viewer.t("notice.sent" if self._is_requester else "notice.review")
        with el("section", "vg-banner vg-banner--review", aria_label=title):
            icon("mark_chat_unread")
            with el("div", "vg-grow"), el("p"):
                el("b", "", title)
                el(
                    "span",
                    "",
                    self._viewer.t("notice.review_requester" if self._is_requester else "notice.review_help"),
                )

    def _draw_resolution(
        self, resolution: ResolutionView | None, verdict: IndicatorView | None, master: str | None
    ) -> None:
        if resolution is None:
            return
        t = self._viewer.t
        with el("section", "vg-card vg-resolution"):
            with el("div", "vg-card__head"):
                icon("check_circle")
                el("h2", "", t("sla.resolution"))
                el("span", "vg-tag", t(f"resolution.{resolution.code}"))
                if master:
                    el("a", "vg-link vg-mono", master, href=f"/incidents/{master}")
                el("span", "vg-grow", "")
                el("span", "vg-muted", self._viewer.instant(resolution.at))
            with el("div", "vg-card__body"):
                rich_text("vg-text", resolution.summary or t(f"resolution.{resolution.code}.help"))
                if verdict is not None and not self._is_requester:
                    self._draw_verdict(verdict)

    def _draw_verdict(self, verdict: IndicatorView) -> Element:
        state = "met" if verdict.respected else "missed"
        span = i18n.duration(abs(verdict.remaining_s), self._viewer.locale, with_seconds=False)
        with el("p", f"vg-resolution__verdict vg-sla-{state}") as line:
            sla_glyph(state)
            el("b", "", self._viewer.t(f"sla.{state}_long"))
            el("span", "", f"{span} {self._viewer.t('sla.early' if verdict.respected else 'sla.late')}")
        return line

    def _draw_proposal(self, proposed: bool) -> None:
        if not proposed:
            return
        t = self._viewer.t
        with el("section", "vg-banner vg-banner--line", aria_label=t("notice.enterprise")):
            icon("campaign")
            with el("div", "vg-grow"), el("p"):
                el("b", "", t("notice.enterprise"))
                el("span", "", t("notice.enterprise_help"))
            button(t("action.escalate"), icon="stairs", small=True, on_click=self._escalate)
