"""`/admin/mail`: the letters that Vigie could not deal with alone, for dispatchers and administrators (S17)."""

from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.element import Element

from data.vocabulary import LetterReason, Role
from services.intake.mail import parked
from services.intake.mail.parked import ParkedLetter, Quarantine
from ui import calls
from ui.components.redrawn import Redrawn
from ui.components.toasts import toast
from ui.declare import desk_page
from ui.dialog import confirmation
from ui.elements import button, card, el, empty_state, icon, note
from ui.shell import frame, page_header
from ui.viewer import Viewer

PATH = "/admin/mail"
AGAIN_S = 20.0
SHORT = 160

Click = Callable[[], Awaitable[None]]


@desk_page(PATH, roles=frozenset({Role.DISPATCHER, Role.ADMIN}))
async def mail_page(viewer: Viewer) -> None:
    title = viewer.t("mail.title")
    page = _MailPage(viewer)
    with frame(viewer, title, current=PATH):
        page_header(title)
        with el("div", "vg-pad vg-told vg-stack") as page.root:
            el("p", "vg-soft", viewer.t("mail.help"))
            page.shown = Redrawn(page.draw, classes="vg-stack", aria_live="polite")
    await page.refresh()
    ui.timer(AGAIN_S, page.refresh)


class _MailPage:
    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.root: Element  # what a dialog hangs on: whatever it is asked from may be drawn anew
        self.shown: Redrawn

    async def refresh(self) -> None:
        self.shown.show(await calls.read(parked.quarantine, self.viewer.actor))

    def draw(self, found: Quarantine) -> None:
        viewer = self.viewer
        self._mailbox(found)
        if found.letters:
            with card(viewer.t("mail.list"), icon="mail"):
                for letter in found.letters:
                    self._letter(letter)
            if found.waiting > len(found.letters):
                el("p", "vg-muted", viewer.t("mail.more", n=len(found.letters)))
        elif found.configured:
            with empty_state(viewer.t("mail.none"), viewer.t("mail.none_help")):
                pass
        self._counts(found)

    def _mailbox(self, found: Quarantine) -> None:
        """What is wrong with the mailbox, and what becomes of the letters meanwhile; nothing while all is well."""
        viewer, state = self.viewer, found.mailbox
        if not found.configured:
            note(viewer.t("mail.off"))
        if state is None:
            return
        if state.trouble and state.since:
            trouble = viewer.t(f"mail.trouble.{state.trouble}", host=state.host)
            since = viewer.t("mail.away", since=viewer.instant(state.since))
            note(f"{trouble} {since}", icon="warning", kind="error")
        if state.held:
            note(viewer.t("mail.held", n=state.held), icon="warning")

    def _counts(self, found: Quarantine) -> None:
        viewer = self.viewer
        ignored = found.passed_over.get(LetterReason.AUTOMATIC, 0)
        dropped = sum(found.passed_over.values()) - ignored
        told = [viewer.t(f"mail.{name}", n=n) for name, n in (("ignored", ignored), ("dropped", dropped)) if n]
        if told:
            el("p", "vg-muted", f"{viewer.t('mail.passed_over')} {' · '.join(told)}")

    def _letter(self, letter: ParkedLetter) -> None:
        viewer = self.viewer
        with el("article", "vg-chan vg-mail"):
            with el("div", "vg-chan__text"):
                el("b", "", letter.subject or viewer.t("mail.untitled"))
                with el("span", "vg-soft"):
                    el("span", "", letter.sender or viewer.t("mail.unknown"))
                    el("span", "vg-muted", f" · {viewer.instant(letter.received_at)}")
                with el("div", "vg-row vg-row--wrap"):
                    if letter.sender or letter.reason is not LetterReason.UNKNOWN_SENDER:
                        el("span", "vg-tag", viewer.t(f"mail.reason.{letter.reason}"))
                    if letter.reference:
                        address = f"/incidents/{letter.reference}"
                        el("a", "vg-tag", viewer.t("mail.named", reference=letter.reference), href=address)
                if letter.text:
                    _text(letter.text)
                for name in letter.files:
                    with el("span", "vg-muted vg-mail__file"):
                        icon("attach_file")
                        el("span", "", name)
            self._actions(letter)

    def _actions(self, letter: ParkedLetter) -> None:
        viewer = self.viewer
        subject = letter.subject or viewer.t("mail.untitled")
        with el("div", "vg-mail__actions"):
            if letter.reference and letter.open:
                label, name = (viewer.t(key, reference=letter.reference) for key in ("mail.add", "mail.add_help"))
                button(label, icon="add_comment", small=True, name=name, on_click=self._adder(letter))
            name = viewer.t("mail.declare_from", subject=subject)
            button(viewer.t("mail.declare"), icon="add", small=True, name=name, on_click=self._declarer(letter))
            name = viewer.t("mail.discard_one", subject=subject)
            button(viewer.t("mail.discard"), kind="quiet", small=True, name=name, on_click=self._discarder(letter))

    def _declarer(self, letter: ParkedLetter) -> Click:
        async def declare() -> None:
            viewer = self.viewer
            made = await calls.perform(viewer, parked.make_incident, viewer.actor, letter.id, viewer.locale)
            if made is None:
                await self.refresh()
            else:
                ui.navigate.to(f"/incidents/{made.reference}")

        return declare

    def _adder(self, letter: ParkedLetter) -> Click:
        async def add() -> None:
            viewer = self.viewer
            reference = await calls.perform(viewer, parked.add_to_incident, viewer.actor, letter.id, viewer.locale)
            if reference is not None:
                toast(viewer.t("mail.added", reference=reference))
            await self.refresh()

        return add

    def _discarder(self, letter: ParkedLetter) -> Click:
        viewer = self.viewer

        async def ask() -> None:
            async def discard() -> None:
                await calls.perform(viewer, parked.discard, viewer.actor, letter.id)
                await self.refresh()

            with self.root:
                title = viewer.t("mail.discard_one", subject=letter.subject or viewer.t("mail.untitled"))
                word, text = viewer.t("mail.discard"), viewer.t("mail.discard_help")
                confirmation(title, text, confirm=word, locale=viewer.locale, act=discard)

        return ask


def _text(text: str) -> None:
    """A short one as it is; of a longer one the beginning, until it is opened."""
    if "\n" not in text and len(text) <= SHORT:
        el("p", "vg-mail__text", text)
        return
    with el("details", "vg-mail__whole"):
        with el("summary"):
            icon("expand_more")
            line = " ".join(text.split())
            el("span", "", line if len(line) <= SHORT else f"{line[:SHORT]}…")
        el("p", "vg-mail__text", text)
