"""What the requester thought of it: asked once, shown to whoever reads the incident (S83)."""

from collections.abc import Awaitable, Callable

from services import i18n, satisfaction
from services.errors import DeskError, Invalid
from services.inputs import REASON
from services.views import IncidentView, RatingView
from ui import calls
from ui.components.choice import ChoiceField, Option
from ui.components.history_line import moment
from ui.components.links import plain_text
from ui.components.redrawn import Redrawn
from ui.components.toasts import toast
from ui.elements import button, el, focus, icon
from ui.fields import show_errors, text_area
from ui.viewer import Viewer

FACES = {
    1: "sentiment_very_dissatisfied",
    2: "sentiment_dissatisfied",
    3: "sentiment_neutral",
    4: "sentiment_satisfied",
    5: "sentiment_very_satisfied",
}


class RatingForm:
    """Five faces with their words; a comment can be added once one is chosen. `rated` is awaited afterwards."""

    def __init__(self, viewer: Viewer, reference: str, rated: Callable[[], Awaitable[None]]) -> None:
        self._viewer, self._reference, self._rated = viewer, reference, rated
        t = viewer.t
        question = t("rating.question")
        with el("div", "vg-rate", data_submit_area="", role="group", aria_label=question, tabindex=-1) as self.root:
            self._score = ChoiceField(
                question,
                [Option(str(score), t(f"rating.{score}"), icon=face) for score, face in FACES.items()],
                locale=viewer.locale,
                required=True,
                on_change=self._chosen,
            )
            with el("div", "vg-stack vg-stack--s") as self._more:
                self._comment = text_area(t("rating.comment"), locale=viewer.locale, required=False, max_length=REASON)
                button(t("rating.send"), icon="send", kind="primary", on_click=self._send, submit=True)
        self._more.visible = False

    def focus(self) -> None:
        """The cursor is on the question, and on none of its answers yet."""
        focus(self.root)

    def _chosen(self) -> None:
        self._more.visible = self._score.value is not None
        self._score.wrong("")

    async def _send(self) -> None:
        score = int(self._score.value) if self._score.value else None
        viewer, comment = self._viewer, self._comment.value
        try:
            await calls.write(satisfaction.rate, viewer.actor, self._reference, score=score, comment=comment)
        except Invalid as invalid:
            fields = {"comment": self._comment}
            for sentence in show_errors(fields, i18n.field_sentences(invalid, viewer.locale)).values():
                self._score.wrong(sentence)
        except DeskError as refusal:
            toast(i18n.error_sentence(refusal, viewer.locale), error=True)
        else:
            toast(viewer.t("rating.thanks"), icon="favorite")
        await self._rated()


class SatisfactionPart:
    """On an incident's page: the question to whoever may still answer it, else what was said."""

    def __init__(self, viewer: Viewer, reference: str, rated: Callable[[], Awaitable[None]]) -> None:
        self._viewer, self._reference, self._rated = viewer, reference, rated
        self.root = el("div")
        with self.root:
            self._shown = Redrawn(self._draw)

    def show(self, incident: IncidentView) -> None:
        """What holds for `incident`; the question comes once it is closed, until then another is asked."""
        asked = incident.may_rate and incident.closed_at is not None
        self._shown.show(asked, incident.rating)
        self.root.visible = asked or incident.rating is not None

    def _draw(self, asked: bool, rating: RatingView | None) -> None:
        t = self._viewer.t
        if rating is not None:
            with el("section", "vg-card vg-rated", aria_label=t("rating.title")):
                with el("div", "vg-card__head"):
                    icon(FACES[rating.score])
                    el("h2", "", t("rating.title"))
                    el("b", "vg-tag", t("rating.of_five", n=rating.score))
                    el("span", "", t(f"rating.{rating.score}"))
                    el("span", "vg-grow")
                    moment(self._viewer, rating.at)
                if rating.comment:
                    with el("div", "vg-card__body"):
                        plain_text("vg-text", rating.comment)
        elif asked:
            with el("section", "vg-card vg-card__body", aria_label=t("rating.title")):
                RatingForm(self._viewer, self._reference, self._rated)
