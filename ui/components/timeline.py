"""What happened to an incident and what was said, newest first, with a filter (S129 to S139).

History is append-only, so what has been drawn stays: a change adds its lines at the top and touches nothing else.
"""

from nicegui.element import Element

from data.vocabulary import Fact, Role, Visibility
from services.views import CommentView, EntryView, Timeline
from ui.components.badge import avatar
from ui.components.file_cards import file_cards
from ui.components.history_line import history_line, moment
from ui.components.rich_text import rich_text
from ui.elements import button, el, icon, set_attributes
from ui.viewer import Viewer

FILTERS = ("all", "comments", "history")
AT_ONCE = 40  # lines that are drawn before somebody asks for older ones


class TimelinePanel:
    """`head` draws the title and the filter, `body` the lines; what stands between them is the page's."""

    def __init__(self, viewer: Viewer, reference: str) -> None:
        self._viewer, self._reference = viewer, reference
        self._timeline = Timeline((), {})
        self._drawn = 0  # how many of the entries, from the newest on
        self._filters: dict[str, Element] = {}

    def head(self) -> None:
        """« Historique et commentaires », and which of them are shown."""
        t = self._viewer.t
        with el("div", "vg-tlhead"):
            title = el("h2", "vg-h2", t("detail.timeline"))
            with el("div", "vg-seg", role="group", aria_labelledby=title.html_id):
                for name in FILTERS:
                    made = el("button", "", t(f"detail.{name}"), type="button", aria_pressed=name == "all")
                    made.on("click", lambda _, name=name: self._show_only(name), args=[])
                    self._filters[name] = made

    def body(self) -> None:
        """The lines."""
        with el("div", "vg-tlbody", data_show="all") as self._root:
            self._list = el("ol", "vg-tl", aria_label=self._viewer.t("detail.timeline"))
            self._older = button("", kind="quiet", small=True, on_click=self._draw_older)
            el("p", "vg-tl__none vg-muted", self._viewer.t("detail.no_comment"))

    def show(self, timeline: Timeline) -> tuple[EntryView, ...]:
        """The new lines, which stand at the top now; others' are lit for a moment."""
        known = len(self._timeline.entries)
        new, first = timeline.entries[known:], not self._timeline.entries
        self._timeline = timeline
        if first:
            self._draw_older()
            new = ()
        for entry in new:
            with self._list:
                element = self._draw(entry)
                if element is not None:
                    element.move(target_index=0)
                    if entry.actor is None or entry.actor.id != self._viewer.user_id:
                        element.classes("vg-is-fresh")
        self._drawn += len(new)
        set_attributes(self._root, data_said="" if timeline.comments else None)
        return new

    def _draw_older(self) -> None:
        end = len(self._timeline.entries) - self._drawn
        start = max(0, end - AT_ONCE)
        with self._list:
            for entry in reversed(self._timeline.entries[start:end]):
                self._draw(entry)
        self._drawn += end - start
        self._older.visible = start > 0
        if start:
            self._older.text = self._viewer.t("detail.older", n=start)

    def _draw(self, entry: EntryView) -> Element | None:
        if entry.fact is Fact.ATTACHED:
            return self._draw_file(entry)
        if entry.fact is not Fact.COMMENTED:
            return history_line(self._viewer, entry)
        comment = self._timeline.comments.get(entry.details["comment"])
        return comment_card(self._viewer, self._reference, comment) if comment else None

    def _draw_file(self, entry: EntryView) -> Element | None:
        """A file that came alone; one of a comment stands with it."""
        file = self._timeline.files.get(entry.details["attachment"])
        if file is None or file.comment is not None:
            return None
        with history_line(self._viewer, entry) as root, el("div", "vg-ev__files"):
            file_cards(self._viewer, self._reference, [file])
        return root

    def _show_only(self, name: str) -> None:
        set_attributes(self._root, data_show=name)
        for each, made in self._filters.items():
            set_attributes(made, aria_pressed=each == name)


def comment_card(viewer: Viewer, reference: str, comment: CommentView) -> Element:
    """What somebody said, in the colours of who may read it, which is also written out."""
    public = comment.visibility is Visibility.PUBLIC
    name = viewer.called(comment.author)
    asks = comment.by_requester and public  # an internal note is written by the team, whosever the incident is
    variant = f"vg-cm--{comment.visibility}" + (" vg-cm--requester" if asks and not comment.of_team else "")
    with el("li", f"vg-cm {variant}") as root, el("article", "", aria_label=name):
        with el("span", "vg-cm__who"):
            avatar(comment.author, size=26)
        with el("div", "vg-cm__head"):
            el("b", "", name)
            if asks:
                el("span", "vg-tag", viewer.t("field.requester"))
            moment(viewer, comment.at)
            if viewer.role is not Role.REQUESTER:  # to whom everything on the page is public
                with el("span", "vg-cm__vis"):
                    icon("public" if public else "lock")
                    el("span", "", viewer.t("detail.public" if public else "detail.internal"))
                    el("span", "", f"· {viewer.t('detail.public_hint' if public else 'detail.internal_hint')}")
        if comment.body:
            rich_text("vg-cm__text", comment.body, comment.mentions)
        if comment.files:
            file_cards(viewer, reference, comment.files)
    return root
