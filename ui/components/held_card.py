"""« Temps par équipe » : how long each team has held the incident (rules, "SLA")."""

from collections.abc import Sequence

from services import i18n
from services.holding import TeamTime
from ui.components.badge import lasting
from ui.components.redrawn import Redrawn
from ui.elements import card, el, icon
from ui.viewer import Viewer


class HeldCard:
    """A line for each team; the one that has the incident now ticks in the browser."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        with card(viewer.t("held.title"), icon="hourglass_bottom"):
            self._teams = Redrawn(self._draw, "ul", "vg-held")

    def show(self, held: Sequence[TeamTime]) -> None:
        """What there is to tell now."""
        self._teams.show(tuple(held))

    def _draw(self, held: Sequence[TeamTime]) -> None:
        for each in held:
            now = each.grows_from is not None
            with el("li", "vg-is-on" if now else "", aria_current=True if now else None):
                icon("groups" if each.team else "person_search")
                with el("span", "vg-grow"):
                    el("b", "", each.team or self._viewer.t("held.no_team"))
                    if more := " · ".join(self._more(each)):
                        el("small", "", more)
                if each.grows_from is not None:
                    lasting(each.grows_from)
                else:
                    el("span", "vg-num", self._span(each.held_s))

    def _more(self, each: TeamTime) -> list[str]:
        t = self._viewer.t
        return [
            *([t("held.times", n=each.times)] if each.times > 1 else []),
            *([t("held.waiting", span=self._span(each.waiting_s))] if each.waiting_s else []),
            *([t("held.unclaimed", span=self._span(each.unclaimed_s))] if each.unclaimed_s else []),
        ]

    def _span(self, seconds: int) -> str:
        return i18n.duration(seconds, self._viewer.locale, with_seconds=False)
