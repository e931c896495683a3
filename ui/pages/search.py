"""`/search?q=…`: everything that the viewer may read, closed incidents included, with where it matched (S10, S125)."""

from collections.abc import Sequence
from urllib.parse import urlencode

from nicegui import ui
from nicegui.element import Element

from services import i18n, search
from services.errors import DeskError
from services.search import COUNTED, QUESTION, Found, Hit
from services.snippets import Part
from ui import calls
from ui.components.badge import age, priority_glyph, status_pill
from ui.declare import EVERYBODY, desk_page
from ui.elements import button, el, empty_state, icon, set_attributes, set_text
from ui.later import Later
from ui.shell import frame, page_header
from ui.typed import TextInput
from ui.viewer import Viewer

PATH = "/search"
LOOK_S = 0.2
ICONS = {
    "description": "notes",
    "comment": "chat_bubble",
    "resolution": "check_circle",
    "assets": "dns",
    "applications": "deployed_code",
    "employees": "badge",
    "clients": "domain",
    "assignee": "person",
    "team": "group",
    "requester": "support",
}


@desk_page(PATH, roles=EVERYBODY)
async def search_page(viewer: Viewer, q: str = "") -> None:
    title = viewer.t("search.title")
    with frame(viewer, title, current=PATH):
        page_header(title)
        with el("div", "vg-pad vg-find"):
            found = Results(viewer, q.replace("\x00", "")[:QUESTION])
    await found.look()


class Results:
    """The field, and below it what was found for what it says now."""

    def __init__(self, viewer: Viewer, q: str) -> None:
        self._viewer, self._asked = viewer, q
        self._later = Later(LOOK_S, self.look)
        with el("div", "vg-find__field", role="search"):
            self._input = TextInput(value=q, placeholder=viewer.t("search.placeholder"), on_change=self._typed)
            self._input.props("outlined dense clearable").classes("vg-find__input")
            with self._input.add_slot("prepend"):
                icon("search")
            name = viewer.t("board.search_label")
            set_attributes(self._input, aria_label=name, data_key="/", aria_keyshortcuts="/", maxlength=QUESTION)
            set_attributes(self._input, autofocus=True, autocomplete="off", type="search", spellcheck="false")
        self._count = el("p", "vg-find__count", "", role="status")
        self._body = el("div", "vg-find__body")
        self._list: Element | None = None

    async def look(self) -> None:
        """What is asked for now is shown, and in the address."""
        if self._body.is_deleted:
            return
        self._asked = asked = (self._input.value or "").strip()
        with self._body:
            ui.navigate.history.replace(f"{PATH}?{urlencode({'q': asked})}" if asked else PATH)
        try:
            found = await calls.read(search.find, self._viewer.actor, asked)
        except DeskError as refusal:
            self._say(i18n.error_sentence(refusal, self._viewer.locale))
            return
        if asked == self._asked and not self._body.is_deleted:
            self._show(found)

    def _typed(self) -> None:
        self._later.ask()

    def _say(self, sentence: str) -> None:
        set_text(self._count, sentence)
        self._body.clear()

    def _show(self, found: Found) -> None:
        t = self._viewer.t
        self._say(self._counted(found.total) if self._asked else "")
        with self._body:
            if found.hits:
                self._list = el("ul", "vg-card vg-hits")
                self._add(found)
            elif self._asked:
                with empty_state(t("search.none"), t("search.none_help")):
                    pass
            else:
                with empty_state(t("search.ask"), t("search.ask_help")):
                    pass

    def _counted(self, total: int) -> str:
        return self._viewer.t("search.found_many" if total >= COUNTED else "search.found", n=total)

    def _add(self, found: Found) -> None:
        assert self._list is not None
        with self._list:
            for hit in found.hits:
                with el("li"):
                    _line(self._viewer, hit)
        if found.following is not None:
            with self._body, el("div", "vg-more") as more:
                button(self._viewer.t("search.more"), on_click=lambda: self._more(more, found.following))

    async def _more(self, more: Element, before: int | None) -> None:
        found = await calls.read(search.find, self._viewer.actor, self._asked, before=before)
        if not more.is_deleted:
            more.delete()
            self._add(found)


def _line(viewer: Viewer, hit: Hit) -> None:
    incident = hit.incident
    with el("a", "vg-hit", href=f"/incidents/{incident.reference}"):
        priority_glyph(incident.priority)
        with el("span", "vg-hit__text"):
            with el("b", "vg-hit__title"):
                _pieces(hit.title)
            if hit.text:
                with el("span", "vg-hit__where"):
                    if hit.where:
                        icon(ICONS[hit.where], "vg-icon--s")
                        name = viewer.t(f"search.where.{hit.where}")
                        said = viewer.t("search.said_by", what=name, name=hit.author) if hit.author else name
                        el("span", "vg-hit__what", viewer.t("search.said", what=said))
                    with el("span"):
                        _pieces(hit.text)
            with el("span", "vg-hit__meta"):
                el("span", "vg-mono", incident.reference)
                el("span", "", viewer.called(incident.assignee) if incident.assignee else viewer.t("field.unassigned"))
                age(incident.created_at)
        status_pill(incident.status)


def _pieces(parts: Sequence[Part]) -> None:
    for text, matched in parts:
        el("mark" if matched else "span", "vg-mark" if matched else "", text)
