"""Who else looks at the incident, and who is writing."""

from data.vocabulary import Visibility
from ui.components.badge import avatar
from ui.components.redrawn import Redrawn
from ui.elements import el, icon
from ui.presence import Seen
from ui.viewer import Viewer

MOST = 3


class PresenceLine:
    """« Bruno regarde aussi », « Bruno écrit une réponse… »; empty while nobody else is there."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._line = Redrawn(self._draw, "div", "vg-presence", role="status")
        self._line.show(())

    def show(self, others: tuple[Seen, ...]) -> None:
        """Those are there now."""
        self._line.show(others)

    def _draw(self, others: tuple[Seen, ...]) -> None:
        if not others:
            return
        with el("span", "vg-presence__faces"):
            for seen in others[:MOST]:
                avatar(seen.person)
        writing = [seen for seen in others if seen.writing is not None]
        if writing:
            icon("edit_note", "vg-icon--s")
        el("span", "vg-presence__text", self._sentence(others, writing))

    def _sentence(self, others: tuple[Seen, ...], writing: list[Seen]) -> str:
        t = self._viewer.t
        if len(writing) == 1:
            kind = "note" if writing[0].writing is Visibility.INTERNAL else "reply"
            return t(f"presence.writes_{kind}", name=_short(writing[0]))
        if writing:
            return t("presence.several_write", n=len(writing))
        if len(others) == 1:
            return t("presence.looks", name=_short(others[0]))
        if len(others) == 2:
            return t("presence.two_look", first=_short(others[0]), second=_short(others[1]))
        return t("presence.more_look", first=_short(others[0]), n=len(others) - 1)


def _short(seen: Seen) -> str:
    return seen.person.name.split(" ")[0]
