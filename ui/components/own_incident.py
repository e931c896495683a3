"""One's own incident as a card of the portal: how far it is, what was said last, and what one is asked."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from data.vocabulary import Status, Visibility
from services import i18n, incidents, lifecycle
from services.attachments import UploadView
from services.errors import DeskError, Invalid
from services.inputs import BODY
from services.portal import OwnIncident, Question
from services.views import CommentView, EntryView, IncidentView
from ui import calls, drafts
from ui.components.badge import avatar
from ui.components.composer import place
from ui.components.file_cards import file_cards
from ui.components.files_field import CHOOSE, FilesField
from ui.components.history_line import moment
from ui.components.redrawn import Redrawn
from ui.components.rich_text import rich_text
from ui.components.satisfaction import RatingForm
from ui.components.shown import on_press
from ui.components.toasts import toast
from ui.dialogs.asking import Ask, Asking
from ui.dialogs.reopen import ask_reopening
from ui.elements import button, el, icon, set_attributes, set_text
from ui.typed import TextArea
from ui.viewer import Viewer

# What a requester sees of the way that an incident goes.
STEPS = ("received", "taken", "working", "done")
REACHED = {
    Status.NEW: 1,
    Status.ASSIGNED: 2,
    Status.IN_PROGRESS: 3,
    Status.ON_HOLD: 3,
    Status.RESOLVED: 4,
    Status.CLOSED: 4,
}


def way(viewer: Viewer, status: Status) -> None:
    """The four-step bar, in the current container."""
    reached = REACHED[status]
    done = status in (Status.RESOLVED, Status.CLOSED)
    with el("ol", "vg-way", aria_label=viewer.t("portal.way")):
        for number, step in enumerate(STEPS, 1):
            now = number == reached
            with el("li", "vg-is-on" if now else "vg-is-done" if number < reached else ""):
                if number < reached or done:
                    icon("check")
                el("span", "", viewer.t(f"portal.{step}"))
                if now:
                    el("span", "vg-sr", viewer.t("portal.now"))


class OwnIncidentCard:
    """Its parts change in place; what is being typed stays. `changed` is awaited after what the viewer did."""

    def __init__(self, viewer: Viewer, own: OwnIncident, draft: "Kept", changed: Callable[[], Awaitable[None]]) -> None:
        self.viewer, self.incident, self._changed = viewer, own.incident, changed
        self._thanked = False  # for the answer that the problem is solved, given here
        self.dialog: Asking | None = None
        self._read = 0  # how much had happened when it was opened
        reference = self.incident.reference
        with el("li", "vg-card vg-report") as self.root:
            with el("div", "vg-report__head"):
                with el("h3", "vg-report__title"):
                    self._title = el("a", "", self.incident.title, href=f"/incidents/{reference}")
                with el("p", "vg-report__meta"):
                    el("span", "vg-mono", reference)
                    el("span", "", "·", aria_hidden=True)
                    moment(viewer, self.incident.created_at)
            self._way = Redrawn(lambda status: way(viewer, status))
            self._waits = Redrawn(self._draw_waits)
            self._last = Redrawn(self._draw_last)
            self._answer = el("div")
            self._solved = Redrawn(self._draw_solved, role="status")
            self._opinion = Redrawn(self._draw_opinion)
        self._reply: Reply | None = None
        self._rating: RatingForm | None = None
        self.show(own, draft)

    @property
    def answers(self) -> bool:
        """Whether there is a field to answer in."""
        return self._reply is not None

    def show(self, own: OwnIncident, draft: "Kept") -> bool:
        """What holds for it now, `draft` in the field if that is new; whether anything is another than it was."""
        incident = self.incident = own.incident
        set_attributes(self.root, data_version=incident.version)
        set_text(self._title, incident.title)
        asked = own.question
        new = [
            self._way.show(incident.status),
            self._waits.show(asked is Question.INFORMATION, incident.to_review),
            self._last.show(own.last),
            self._solved.show(asked is Question.SOLVED, self._thanked),
            self._opinion.show(asked is Question.OPINION),
        ]
        self._waits.root.visible = asked is Question.INFORMATION or incident.to_review
        self._last.root.visible = own.last is not None
        if asked is Question.INFORMATION and self._reply is None:
            with self._answer:
                self._reply = Reply(self.viewer, incident.reference, draft, self._changed)
        self._answer.visible = asked is Question.INFORMATION
        self._solved.root.visible = asked is Question.SOLVED or self._thanked
        self._opinion.root.visible = asked is Question.OPINION
        return any(new)

    async def warn(self) -> None:
        """The dialog that is open says that the incident was changed meanwhile, and by whom, as far as the viewer may
        know it."""
        if self.dialog is None or not self.dialog.is_open or self.dialog.incident.version == self.incident.version:
            return
        people = [entry.actor for entry in (await self._told())[self._read :] if entry.actor is not None]
        self.dialog.changed(self.incident, *dict.fromkeys(self.viewer.called(person) for person in people))

    async def _told(self) -> Sequence[EntryView]:
        reference = self.incident.reference
        return (await calls.read(incidents.history, self.viewer.actor, reference)).entries

    async def keep_draft(self) -> None:
        """The reply that is being typed is kept."""
        if self._reply is not None:
            await self._reply.keep()

    async def refresh(self) -> None:
        """The page shows what changed."""
        await self._changed()

    async def done(self, incident: IncidentView, text: str, icon: str) -> None:
        """Says what a dialog has led to, and shows it."""
        toast(text, icon=icon)
        await self._changed()

    async def ask(self, ask: Ask) -> None:
        """The dialog is open, or a toast says why not."""
        try:
            self._read = len(await self._told())
            with self.root:
                self.dialog = await ask(self)
        except DeskError as refusal:
            toast(i18n.error_sentence(refusal, self.viewer.locale), error=True)

    def _draw_waits(self, information: bool, to_review: bool) -> None:
        if information or to_review:
            with el("p", f"vg-report__question {'' if information else 'vg-report__question--sent'}"):
                icon("contact_support" if information else "mark_chat_read")
                el("span", "", self.viewer.t("portal.information_question" if information else "portal.sent_on"))

    def _draw_last(self, said: CommentView | None) -> None:
        if said is None:
            return
        own = said.author.id == self.viewer.user_id
        with el("div", f"vg-said {'vg-said--own' if own else ''}"):
            avatar(said.author, size=30)
            with el("div", "vg-said__bubble"):
                with el("p", "vg-said__who"):
                    el("span", "", self.viewer.t("portal.you") if own else self.viewer.called(said.author))
                    el("span", "", "·", aria_hidden=True)
                    moment(self.viewer, said.at)
                if said.body:
                    t, named = self.viewer.t, said.mentions.items()
                    names = {login: t("portal.it_person", name=name) for login, name in named}
                    rich_text("vg-said__text", said.body, names)
                if said.files:
                    file_cards(self.viewer, self.incident.reference, said.files)

    def _draw_solved(self, asked: bool, thanked: bool) -> None:
        t = self.viewer.t
        if thanked and not asked:  # where the buttons were: who clicks twice hits nothing else
            with el("div", "vg-solved vg-solved--done"):
                icon("task_alt")
                el("p", "vg-solved__question", t("portal.closed_toast"))
        if not asked:
            return
        with el("div", "vg-solved"):
            el("p", "vg-solved__question", t("portal.solved_question"))
            with el("div", "vg-row vg-row--wrap"):
                yes = button(t("portal.solved_yes"), icon="thumb_up", kind="primary")
                no = button(t("portal.solved_no"), icon="replay")
            on_press(yes, self._close)
            on_press(no, self._reopen)

    def _draw_opinion(self, asked: bool) -> None:
        if asked:
            self._rating = RatingForm(self.viewer, self.incident.reference, self._changed)

    async def _close(self, version: int | None) -> None:
        reference = self.incident.reference
        closed = await calls.perform(self.viewer, lifecycle.close, self.viewer.actor, reference, version=version)
        self._thanked = closed is not None
        await self._changed()
        if self._thanked and self._opinion.root.visible and self._rating is not None:
            self._rating.focus()  # the button that was pressed is gone

    async def _reopen(self, _: int | None) -> None:
        await self.ask(ask_reopening)


@dataclass(frozen=True, slots=True)
class Kept:
    """What was typed and what was sent for a reply that is not given yet."""

    text: str = ""
    files: Sequence[UploadView] = ()


class Reply:
    """One field for the team; what is typed is the same draft as on the incident's page."""

    def __init__(self, viewer: Viewer, reference: str, kept: Kept, sent: Callable[[], Awaitable[None]]) -> None:
        self._viewer, self._reference, self._sent = viewer, reference, sent
        where = place(reference, Visibility.PUBLIC)
        label = viewer.t("portal.reply")
        with el("div", "vg-reply", data_submit_area="") as self.root:
            with el("div", "vg-reply__line"):
                attach = button(icon="attach_file", kind="quiet", name=viewer.t("detail.attach"))
                attach.on("click", js_handler=CHOOSE)
                self._text = TextArea(value=kept.text, placeholder=label, on_change=self._typed)
                self._text.props("outlined dense autogrow")
                self._button = button(
                    icon="send", kind="primary", name=viewer.t("portal.reply_send"), submit=True, on_click=self._send
                )
            self._files = FilesField(viewer, reference, Visibility.PUBLIC, kept.files, self._show_state)
            self._error = el("div", "vg-field__error", "")
        set_attributes(
            self._text, aria_label=label, aria_describedby=self._error.html_id, rows=1, maxlength=BODY, data_draft=where
        )
        self._draft = drafts.Draft(viewer, where, kept.text)

    async def keep(self) -> None:
        """The draft on the server is what is typed."""
        await self._draft.keep()

    def _typed(self) -> None:
        self._draft.typed(self._text.value or "")
        set_text(self._error, "")

    def _show_state(self) -> None:
        self._button.set_enabled(not self._files.busy)

    async def _send(self) -> None:
        text, viewer, files = self._text.value or "", self._viewer, list(self._files.ids)
        public = Visibility.PUBLIC  # also of somebody of the team, whose own trouble it is
        try:
            await calls.write(
                incidents.comment, viewer.actor, self._reference, body=text, visibility=public, files=files
            )
        except Invalid as refusal:
            set_text(self._error, " ".join(i18n.field_sentences(refusal, viewer.locale).values()))
        except DeskError as refusal:
            set_text(self._error, i18n.error_sentence(refusal, viewer.locale))
        else:
            self._text.value = ""
            self._files.sent(files)
            await self._draft.forget()
            toast(viewer.t("portal.replied"), icon="send")
            await self._sent()
