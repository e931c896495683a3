"""Writing a comment: an internal note, or a reply that the requester reads. Which of them must be unmistakable.

What is typed is kept on the server as it is typed (D12), for each of the two apart, and is there again after a cut, a
reload or a restart.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from nicegui.element import Element

from data.vocabulary import Role, Visibility
from services import comments, i18n, incidents
from services.attachments import UploadView
from services.errors import DeskError, Invalid
from services.inputs import BODY
from ui import calls
from ui.components.canned import Canned
from ui.components.files_field import CHOOSE, FilesField
from ui.components.mention import Mention
from ui.components.redrawn import Redrawn
from ui.components.rich_text import rich_text
from ui.components.toasts import toast
from ui.drafts import Draft
from ui.elements import button, el, focus, icon, set_attributes, set_text
from ui.typed import TextArea
from ui.viewer import Viewer

_ICON = {Visibility.INTERNAL: "lock", Visibility.PUBLIC: "public"}
_ARROWS = '(event) => { if (["ArrowLeft", "ArrowRight"].includes(event.key)) emit(); }'
_KEY = {Visibility.INTERNAL: "N", Visibility.PUBLIC: "P"}


def place(reference: str, visibility: Visibility) -> str:
    """Where the draft is kept."""
    return f"comment/{reference}/{visibility}"


def _draw_preview(text: str, mentions: Mapping[str, str]) -> None:
    rich_text("", text, mentions)


class _Pane:
    """The text that is being written for one kind of reader."""

    def __init__(
        self, composer: "Composer", visibility: Visibility, draft: str, files: Sequence[UploadView] = ()
    ) -> None:
        self.composer, self.visibility = composer, visibility
        self.canned: Canned | None = None
        viewer, kind = composer.viewer, composer.kind(visibility)
        name = viewer.t(f"detail.write_{kind}")
        with el("div", "vg-cmp__pane") as self.root:
            placeholder = viewer.t(f"detail.placeholder_{kind}", name=composer.reader)
            self.text = TextArea(value=draft, placeholder=placeholder, on_change=self._changed)
            self.text.props("borderless dense autogrow")
            self.preview = Redrawn(_draw_preview, "div", "vg-cmp__preview", tabindex=0)
            set_attributes(self.preview.root, role="group", aria_label=viewer.t("detail.preview"))
            self.preview.root.visible = False
            if viewer.role is not Role.REQUESTER:
                Mention(viewer)
            self.error = el("div", "vg-field__error", "")
            where = place(composer.reference, visibility)
            set_attributes(
                self.text, aria_label=name, aria_describedby=self.error.html_id, maxlength=BODY, data_draft=where
            )
            self.files = FilesField(viewer, composer.reference, visibility, files, self._show_state)
            with el("div", "vg-cmp__foot"):
                attach = button(
                    icon="attach_file", kind="quiet", small=True, name=viewer.t("detail.attach"), classes="vg-cmp__tool"
                )
                attach.on("click", js_handler=CHOOSE)
                self.look = button(
                    icon="visibility",
                    kind="quiet",
                    small=True,
                    name=viewer.t("detail.preview"),
                    classes="vg-cmp__tool",
                    on_click=self._turn,
                )
                set_attributes(self.look, aria_pressed=False)
                if viewer.role is not Role.REQUESTER:
                    self.canned = Canned(viewer, composer.reference, visibility)
                with el("span", "vg-keys-hint"):
                    el("kbd", "", viewer.t("key.ctrl"))
                    el("kbd", "", viewer.t("key.enter"))
                self.saved = el("span", "vg-cmp__saved", "", role="status")
                self.send = button(
                    viewer.t(f"detail.post_{kind}"),
                    icon=_ICON[Visibility.INTERNAL] if visibility is Visibility.INTERNAL else "send",
                    kind="plain" if visibility is Visibility.INTERNAL else "primary",
                    small=True,
                    submit=True,
                    on_click=self._send,
                )
        self._draft = Draft(viewer, where, draft, self._stored)
        self._show_state()

    @property
    def value(self) -> str:
        return self.text.value or ""

    async def keep(self) -> None:
        """The draft on the server is what is typed."""
        await self._draft.keep()

    def _changed(self) -> None:
        self._draft.typed(self.value)
        self.composer.typed(self.visibility, self.value)
        self._show_state()
        set_text(self.saved, "")

    def _show_state(self) -> None:
        written = bool(self.value.strip())
        self.send.set_enabled((written or bool(self.files.ids)) and not self.files.busy)
        self.look.set_enabled(written)

    async def _turn(self) -> None:
        """The text as it will be read, or as it is written."""
        reading = self.text.visible
        if reading:
            try:
                named = await calls.read(comments.named_in, self.composer.viewer.actor, self.value)
            except DeskError:
                return  # the session is over: the page is about to leave
            self.preview.show(self.value, named)
        self.show_preview(reading)

    def show_preview(self, shown: bool) -> None:
        """What is seen is the text as it will be read, instead of the field."""
        self.preview.root.visible, self.text.visible = shown, not shown
        if self.canned is not None:
            self.canned.visible = not shown
        set_attributes(self.look, aria_pressed=shown)

    def _stored(self) -> None:
        if not self.saved.is_deleted:
            set_text(self.saved, self.composer.viewer.t("detail.draft_kept") if self.value.strip() else "")

    async def _send(self) -> None:
        viewer, text, files = self.composer.viewer, self.value, list(self.files.ids)
        self._wrong("")
        try:
            await calls.write(
                incidents.comment,
                viewer.actor,
                self.composer.reference,
                body=text,
                visibility=self.visibility,
                files=files,
            )
        except Invalid as refusal:
            self._wrong(" ".join(i18n.field_sentences(refusal, viewer.locale).values()))
        except DeskError as refusal:
            self._wrong(i18n.error_sentence(refusal, viewer.locale))
        else:
            if self.value == text:
                self.text.value = ""
            self.files.sent(files)
            self._show_state()
            self.show_preview(False)
            await self._draft.sent()
            said = {Visibility.INTERNAL: "note_added", Visibility.PUBLIC: "published"}[self.visibility]
            toast(viewer.t(f"toast.{'message_sent' if viewer.role is Role.REQUESTER else said}"))
            await self.composer.sent()
        focus(self.text)

    def _wrong(self, sentence: str) -> None:
        if sentence == self.error._text:
            return  # a field that is sent again for nothing would lose the keys pressed meanwhile
        set_text(self.error, sentence)
        set_attributes(self.text, aria_invalid=True if sentence else None)


class Composer:
    """Two tabs for the team, internal first; a requester has one field, which the team reads."""

    def __init__(
        self,
        viewer: Viewer,
        reference: str,
        reader: str,
        kept: Mapping[Visibility, str],
        files: Mapping[Visibility, Sequence[UploadView]],
        sent: Callable[[], Awaitable[None]],
        typed: Callable[[Visibility, str], None],
    ) -> None:
        self.viewer, self.reference, self.reader, self.sent, self.typed = viewer, reference, reader, sent, typed
        self._tabs: dict[Visibility, Element] = {}
        with el("div", "vg-cmp", data_submit_area="") as self.root:
            if len(kept) > 1:
                self._draw_tabs(tuple(kept))
            self._panes = {
                visibility: _Pane(self, visibility, draft, files.get(visibility, ()))
                for visibility, draft in kept.items()
            }
        for visibility, tab in self._tabs.items():
            pane = self._panes[visibility].root
            set_attributes(tab, aria_controls=pane.html_id)
            set_attributes(pane, role="tabpanel", aria_labelledby=tab.html_id)
        internal, public = (kept.get(visibility, "").strip() for visibility in (Visibility.INTERNAL, Visibility.PUBLIC))
        self._choose(Visibility.PUBLIC if len(kept) == 1 or (public and not internal) else Visibility.INTERNAL)

    def kind(self, visibility: Visibility) -> str:
        """The catalog's word for who writes to whom."""
        return "requester" if self.viewer.role is Role.REQUESTER else visibility.value

    async def keep(self) -> None:
        """Both drafts are kept as they are."""
        for pane in self._panes.values():
            await pane.keep()

    def show(self, *, writable: bool) -> None:
        """Whether anything can be written at all."""
        self.root.visible = writable

    def _draw_tabs(self, offered: tuple[Visibility, ...]) -> None:
        with el("div", "vg-cmp__tabs", role="tablist", aria_label=self.viewer.t("detail.write")):
            for visibility in offered:
                key = _KEY[visibility]
                with el("button", "", type="button", role="tab", data_key=key.lower(), aria_keyshortcuts=key) as tab:
                    icon(_ICON[visibility])
                    el("span", "", self.viewer.t(f"detail.write_{visibility}"))
                    el("small", "", self.viewer.t(f"detail.{visibility}_hint"))
                tab.on("click", lambda _, chosen=visibility: self._open(chosen), args=[])
                tab.on("keydown", self._other_tab, js_handler=_ARROWS)
                self._tabs[visibility] = tab

    def _other_tab(self) -> None:
        other = next(each for each, tab in self._tabs.items() if tab._props["aria-selected"] == "false")
        self._choose(other)
        focus(self._tabs[other])

    def _open(self, visibility: Visibility) -> None:
        self._choose(visibility)
        self._panes[visibility].show_preview(False)
        focus(self._panes[visibility].text)

    def _choose(self, visibility: Visibility) -> None:
        for each, pane in self._panes.items():
            chosen = each is visibility
            pane.root.visible = chosen
            self.root.classes(**{"add" if chosen else "remove": f"vg-cmp--{each}"})
            if each in self._tabs:
                set_attributes(self._tabs[each], aria_selected=chosen, tabindex=0 if chosen else -1)
