"""« Informer » : a message to those whom the incident touches, with a preview of who gets what (S79, S82, S87)."""

from nicegui import ui

from data.vocabulary import Audience, Light
from services import communication, i18n, incidents
from services.communication import TEXT, Message, Reach
from services.errors import DeskError, Invalid
from services.inputs import TITLE
from services.letters import COMMON, Outline, Recipient
from services.views import IncidentView
from ui import calls, drafts
from ui.components.letter_card import letter_card, recipient_line
from ui.components.redrawn import Redrawn
from ui.dialogs.asking import Asked, Asking, legend
from ui.elements import el, note
from ui.fields import checkbox, text_area, text_field
from ui.later import Later

LOOK_S = 0.4


async def ask_message(page: Asked) -> Asking:
    """The dialog, open."""
    place = f"message/{page.incident.reference}"
    typed = await drafts.kept(page.viewer, place)
    reach = await calls.read(communication.reach, page.viewer.actor, page.incident.reference)
    return _Message(page, reach, typed, place).asking


class _Message:
    def __init__(self, page: Asked, reach: dict[Audience, Reach], typed: str, place: str) -> None:
        self.page, self.viewer, self.t = page, page.viewer, page.viewer.t
        self.outline: Outline | None = None
        t, locale = self.t, self.viewer.locale
        self.asking = Asking(page, t("message.title"), confirm=t("message.send"), sign="send", action=None, width=720)
        self._later = Later(LOOK_S, self._look)
        names = ", ".join(f"{{{name}}}" for name in COMMON)
        places = {name: f"{{{name}}}" for name in COMMON}
        clock = page.incident.cycle.resolution
        ahead = clock.met_at is None and clock.light is not Light.RED
        with self.asking:
            legend(t("message.audience"), t("field.required"))
            with el("div", "vg-audience", role="group", aria_label=t("message.audience")):
                self._boxes = {audience: self._box(audience, reach[audience]) for audience in Audience}
            self._subject = text_field(
                t("message.subject"),
                locale=locale,
                value=t("message.default_subject", **places),
                required=True,
                max_length=TITLE,
                on_change=self._changed,
            )
            self._text = text_area(
                t("message.text"),
                locale=locale,
                value=typed or t(f"message.default_text{'' if ahead else '_undated'}", **places),
                hint=t("message.fields_help", names=names),
                required=True,
                max_length=TEXT,
                on_change=self._changed,
            )
            self._own = checkbox(t("message.own_templates"), value=True, on_change=self._changed)
            self._own.visible = reach[Audience.CLIENTS].templates
            self._preview = Redrawn(self._draw, classes="vg-outline vg-stack vg-stack--s", aria_live="polite")
        self.asking.keep(self._text, place)
        self.asking.fields = {"subject": self._subject, "text": self._text}
        self.asking.valid = lambda: self.outline is not None and bool(self.outline.letters)
        self.asking.send, self.asking.renew, self.asking.said = self._send, self._look, self._said
        self._preview.show(None, "")
        self._later.ask()
        self.asking.open()

    def _box(self, audience: Audience, reach: Reach) -> ui.checkbox:
        label = f"{self.t(f'audience.{audience}')} ({reach.people})"
        box = checkbox(label, value=reach.people > 0, on_change=self._changed)
        box.set_enabled(reach.people > 0)
        return box

    @property
    def _message(self) -> Message:
        audience = [each.value for each, box in self._boxes.items() if box.value]
        return Message(
            audience=audience,
            subject=self._subject.value,
            text=self._text.value,
            own_templates=bool(self._own.value),
        )

    def _changed(self) -> None:
        self.outline = None  # what is seen is not what would be sent any more
        self.asking.check()
        self._later.ask()

    async def _look(self) -> None:
        asked, outline, sentence = self._message, None, ""
        errors: dict[str, str] = {}
        try:
            reference = self.page.incident.reference
            outline = await calls.read(communication.preview, self.viewer.actor, reference, asked)
        except Invalid as refusal:
            errors = i18n.field_sentences(refusal, self.viewer.locale)
        except DeskError as refusal:
            sentence = i18n.error_sentence(refusal, self.viewer.locale)
        if not self.asking.is_open or asked != self._message:
            return
        self._subject.wrong(errors.pop("subject", ""))
        self._text.wrong(errors.pop("text", ""))
        self.outline = outline
        self._preview.show(outline, " ".join([*errors.values(), sentence]).strip())
        self.asking.check()

    def _draw(self, outline: Outline | None, sentence: str) -> None:
        if sentence:
            note(sentence, icon="error", kind="error")
        if outline is None:
            return
        el("h3", "vg-h3", self.t("message.preview", n=outline.recipients))
        if not outline.letters:
            note(self.t("error.no_recipient"), icon="person_off")
        for letter in outline.letters:
            letter_card(self.viewer, letter, unfolded=len(letter.to) <= 5)
        if outline.unreachable:
            self._draw_unreachable(outline.unreachable)

    def _draw_unreachable(self, people: tuple[Recipient, ...]) -> None:
        with el("div", "vg-letter"), el("details", open=True if len(people) <= 5 else None):
            el("summary", "", self.t("message.unreachable", n=len(people)))
            with el("ul"):
                for person in people:
                    recipient_line(self.viewer, person)

    async def _send(self, _: int | None) -> IncidentView:
        reference, outline = self.page.incident.reference, self.outline
        assert outline is not None
        try:
            await calls.write(communication.send, self.viewer.actor, reference, self._message, seen=outline.digest)
        except DeskError:
            self._later.ask()
            raise
        return await calls.read(incidents.get, self.viewer.actor, reference)

    def _said(self, _: IncidentView) -> str:
        return self.t("message.done", n=self.outline.recipients if self.outline else 0)
