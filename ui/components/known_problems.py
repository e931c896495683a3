"""« Problèmes connus »: what others have declared and the team has published, to be joined in one step."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from nicegui import ui

from services import affected
from services.affected import KnownProblemView
from ui import calls, live
from ui.components.history_line import moment
from ui.components.own_incident import way
from ui.components.redrawn import Redrawn
from ui.components.toasts import toast
from ui.elements import button, el, icon
from ui.viewer import Viewer

Problems = Sequence[KnownProblemView]
Changed = Callable[[], Awaitable[None]]


async def join(viewer: Viewer, problem: KnownProblemView, changed: Changed) -> bool:
    """Whether the viewer is one of those whom it touches; a toast offers to take it back."""
    done = await calls.perform(viewer, affected.join, viewer.actor, problem.reference)
    if done is not None:
        undo = partial(leave, viewer, problem, changed)
        toast(viewer.t("affected.joined_toast"), icon="how_to_reg", undo=undo, undo_label=viewer.t("action.undo"))
    await changed()
    return done is not None


async def leave(viewer: Viewer, problem: KnownProblemView, changed: Changed) -> None:
    """The viewer is not counted any more."""
    if await calls.perform(viewer, affected.leave, viewer.actor, problem.reference) is not None:
        toast(viewer.t("affected.left_toast"), icon="person_remove")
    await changed()


class KnownProblems:
    """A card for each, followed live; nothing of it stands on the page where there is none."""

    def __init__(self, viewer: Viewer, first: Problems) -> None:
        self._viewer = viewer
        t = viewer.t
        with el("section", "vg-portal__known", id="known", aria_labelledby="known-title", tabindex=-1) as self.root:
            el("h2", "vg-portal__subtitle", t("affected.known"), id="known-title")
            self._list = Redrawn(self._draw, "ul", "vg-reports", aria_labelledby="known-title")
        self._shows = live.watch_known(ui.context.client, self.refresh)
        self._show(first)

    async def refresh(self) -> None:
        """What there is now is shown."""
        found = await calls.read(affected.known_problems, self._viewer.actor)
        if not self.root.is_deleted:
            self._show(found)

    def _show(self, found: Problems) -> None:
        self._list.show(tuple(found))
        self.root.visible = bool(found)
        self._shows(each.id for each in found)

    def _draw(self, found: Problems) -> None:
        for each in found:
            with el("li", f"vg-card vg-report {'vg-report--joined' if each.joined else ''}"):
                self._draw_one(each)

    def _draw_one(self, each: KnownProblemView) -> None:
        viewer, t = self._viewer, self._viewer.t
        with el("div", "vg-report__head"):
            el("h3", "vg-report__title", each.title or t("affected.untitled"))
            with el("p", "vg-report__meta"):
                el("span", "vg-mono", each.reference)
                el("span", "", "·", aria_hidden=True)
                moment(viewer, each.since)
                if each.people > 1:
                    el("span", "", "·", aria_hidden=True)
                    el("span", "", t("affected.count", n=each.people))
        if each.advice:
            with el("p", "vg-report__advice"):
                icon("lightbulb")
                el("span", "", each.advice)
        way(viewer, each.status)
        with el("div", "vg-report__foot"):
            if each.joined:
                with el("span", "vg-report__joined"):
                    icon("how_to_reg")
                    el("span", "", t("affected.joined"))
                button(
                    t("affected.leave"), kind="quiet", small=True, on_click=partial(leave, viewer, each, self.refresh)
                )
            else:
                word = t("affected.me_too_on", title=each.title or each.reference)
                button(
                    t("affected.me_too"),
                    icon="front_hand",
                    name=word,
                    on_click=partial(join, viewer, each, self.refresh),
                )
