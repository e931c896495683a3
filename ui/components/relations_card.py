"""« Incidents liés »: duplicates, recurrences and whatever else is related, at both ends (S142)."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from data.vocabulary import Status
from services.views import RelatedView, Sheet
from ui.components.badge import status_pill
from ui.components.redrawn import Redrawn
from ui.elements import button, card, el, link_button
from ui.viewer import Viewer

Act = Callable[[RelatedView], Awaitable[None]]


class RelationsCard:
    """`add` opens the dialog; `remove` takes one away. What is closed offers a recurrence instead."""

    def __init__(self, viewer: Viewer, add: Callable[[], Awaitable[None]], remove: Act) -> None:
        self._viewer, self._remove = viewer, remove
        made = card(viewer.t("relation.title"), icon="hub")
        with made:
            self._list = Redrawn(self._draw, "ul", "vg-related")
            self._again = Redrawn(self._draw_again)
        assert made.head is not None
        with made.head:
            el("span", "vg-grow", "")
            self._add = button(icon="add_link", kind="quiet", small=True, name=viewer.t("relation.add"), on_click=add)

    def show(self, found: Sheet) -> None:
        """What there is to tell now."""
        incident = found.incident
        self._list.show(found.related, incident.may_edit)
        self._again.show(incident.reference if incident.status is Status.CLOSED else "")
        self._add.visible = incident.may_edit

    def _draw(self, related: Sequence[RelatedView], editable: bool) -> None:
        t = self._viewer.t
        if not related:
            el("li", "vg-muted", t("relation.none"))
        for each in related:
            with el("li"):
                with el("span", "vg-grow"):
                    with el("small"):
                        el("span", "", t(f"relation.{each.said}"))
                        el("span", "vg-mono", each.reference)
                    el("a", "", each.title, href=f"/incidents/{each.reference}")
                status_pill(each.status)
                if editable and not each.resolved and not (each.reverse and each.status is Status.CLOSED):
                    word = t("relation.remove", ref=each.reference)
                    button(icon="close", kind="quiet", small=True, name=word, on_click=partial(self._remove, each))

    def _draw_again(self, reference: str) -> None:
        if reference:
            link_button(self._viewer.t("relation.create"), f"/incidents/new?after={reference}", icon="add")
