"""« Messages envoyés » beside an incident: what was written to those whom it touches, and what became of it."""

from collections.abc import Sequence

from services.views import SentMessage
from ui.components.history_line import moment
from ui.components.redrawn import Redrawn
from ui.elements import card, el
from ui.viewer import Viewer

MOST_PROBLEMS = 5


class MessagesCard:
    """Only there once something has been sent."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        made = card(viewer.t("message.sent_title"), icon="campaign")
        with made:
            self._messages = Redrawn(self._draw, "ul", "vg-mails")
        self._root = made.root

    def show(self, messages: Sequence[SentMessage]) -> None:
        """What there is to tell now."""
        self._messages.show(tuple(messages))
        self._root.visible = bool(messages)

    def _draw(self, messages: Sequence[SentMessage]) -> None:
        t = self._viewer.t
        for message in reversed(messages):
            sent = sum(each.sent_at is not None for each in message.deliveries)
            problems = [each for each in message.deliveries if each.problem]
            waiting = len(message.deliveries) - sent - len(problems)
            with el("li"):
                el("b", "", message.letters[0].subject)
                with el("small"):
                    el("span", "", message.by.name if message.by else t("event.system"))
                    el("span", "", " · ")
                    moment(self._viewer, message.at)
                told = [t("message.sent", n=sent)] if sent else []
                told += [t("message.waiting", n=waiting)] if waiting else []
                if told:
                    el("small", "", " · ".join(told))
                for each in problems[:MOST_PROBLEMS]:
                    word = t("message.given_up" if each.given_up else "message.again")
                    el("small", "vg-is-wrong", f"{each.recipient.address} · {word} · {each.problem}")
                if len(problems) > MOST_PROBLEMS:
                    el("small", "vg-is-wrong", t("message.more_problems", n=len(problems) - MOST_PROBLEMS))
