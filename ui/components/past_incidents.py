"""What one has declared before: the closed ones, page by page, and a search over all of one's own (S10, S125)."""

from nicegui.element import Element

from data.vocabulary import Status
from services import board, i18n
from services.errors import DeskError
from services.search import QUESTION
from services.views import IncidentView, Page
from ui import calls
from ui.components.badge import status_pill
from ui.components.history_line import moment
from ui.elements import button, el, icon, set_attributes, set_text
from ui.later import Later
from ui.typed import TextInput
from ui.viewer import Viewer

LOOK_S = 0.25
SHOWN = 10


def question(text: str, cursor: str | None = None) -> board.Query:
    """The closed ones, the newest first; with words whatever matches them, open ones too."""
    status = () if text else (Status.CLOSED.value,)
    return board.Query(status=status, q=text, sort="-created", limit=SHOWN, cursor=cursor, own=True)


class PastIncidents:
    """A field, and below it what it asks for. Nothing of it stands on the page of somebody who never declared anything
    that is closed. Older ones follow when they are asked for."""

    def __init__(self, viewer: Viewer, first: Page) -> None:
        self._viewer, self._asked = viewer, ""
        self._later = Later(LOOK_S, self.refresh)
        t = viewer.t
        with el("section", "vg-past", aria_labelledby="past-title") as self.root:
            el("h2", "vg-portal__subtitle", t("portal.past"), id="past-title")
            with el("div", "vg-past__field", role="search"):
                self._input = TextInput(placeholder=t("portal.past_search"), on_change=self._later.ask)
                self._input.props("outlined dense clearable")
                with self._input.add_slot("prepend"):
                    icon("search")
                set_attributes(self._input, aria_label=t("portal.past_search"), type="search", autocomplete="off")
                set_attributes(self._input, maxlength=QUESTION)
            self._said = el("p", "vg-past__said", "", role="status")
            self._body = el("div")
        self._list: Element | None = None
        self._ids: tuple[tuple[int, int], ...] | None = None
        self._any = first.total > 0
        self._show(first)

    async def refresh(self) -> None:
        """What the field asks for now is shown; what has not changed stays, with the pages that were added."""
        if self.root.is_deleted:
            return
        asked = (self._input.value or "").strip()
        try:
            found = await calls.read(board.page, self._viewer.actor, question(asked))
        except DeskError as refusal:
            set_text(self._said, i18n.error_sentence(refusal, self._viewer.locale))
            return
        if self.root.is_deleted or asked != (self._input.value or "").strip():
            return
        self._any = self._any or found.total > 0
        if asked != self._asked:
            self._asked, self._ids = asked, None
        self._show(found)

    def _show(self, found: Page) -> None:
        ids = (found.total, 0), *((each.id, each.version) for each in found.items)
        self.root.visible = self._any
        if ids == self._ids:
            return
        self._ids = ids
        t = self._viewer.t
        none = t("search.none") if self._asked else ""
        set_text(self._said, t("portal.past_found", n=found.total) if found.total else none)
        self._body.clear()
        with self._body:
            self._list = el("ul", "vg-card vg-hits") if found.items else None
            self._add(found)

    def _add(self, found: Page) -> None:
        if self._list is None:
            return
        with self._list:
            for incident in found.items:
                with el("li"):
                    _line(self._viewer, incident)
        if found.next_cursor is not None:
            with self._body, el("div", "vg-more") as more:
                button(self._viewer.t("search.more"), on_click=lambda: self._more(more, found.next_cursor))

    async def _more(self, more: Element, cursor: str | None) -> None:
        found = await calls.read(board.page, self._viewer.actor, question(self._asked, cursor))
        if not more.is_deleted:
            more.delete()
            self._add(found)


def _line(viewer: Viewer, incident: IncidentView) -> None:
    with el("a", "vg-hit", href=f"/incidents/{incident.reference}"):
        with el("span", "vg-hit__text"):
            el("b", "vg-hit__title", incident.title)
            with el("span", "vg-hit__meta"):
                el("span", "vg-mono", incident.reference)
                moment(viewer, incident.created_at)
        status_pill(incident.status)
