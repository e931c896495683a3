"""What is being typed: known in this process at once, in the database a moment later (D12).

A page that is loaded right after a key was pressed in another finds what was typed, stored or not.
"""

from collections.abc import Callable

from services import drafts
from services.errors import DeskError
from ui import calls
from ui.later import Later
from ui.viewer import Viewer

KEEP_S = 0.6

_unstored: dict[tuple[int, str], str] = {}


async def kept(viewer: Viewer, place: str) -> str:
    """What the viewer was typing at `place`."""
    return (await kept_all(viewer, place))[0]


async def kept_all(viewer: Viewer, *places: str) -> tuple[str, ...]:
    """What the viewer was typing, or had chosen, at each of `places`."""
    unstored = {place: _unstored.get((viewer.user_id, place)) for place in places}
    asked = [place for place, text in unstored.items() if text is None]
    stored = dict(zip(asked, await calls.read(drafts.kept_all, viewer.actor, *asked), strict=True)) if asked else {}
    return tuple(stored.get(place) or unstored[place] or "" for place in places)


class Draft:
    """One text; `stored` is called whenever the database has what is typed."""

    def __init__(self, viewer: Viewer, place: str, text: str, stored: Callable[[], None] = lambda: None) -> None:
        self._viewer, self._place, self._text, self._in_database = viewer, place, text, text
        self._stored = stored
        self._later = Later(KEEP_S, self.keep)
        self._asked = False

    def typed(self, text: str) -> None:
        """The text is `text` now. It is stored after a moment, not anew at each key: who never pauses is kept, too."""
        self._text = text
        _unstored[self._viewer.user_id, self._place] = text
        if not self._asked:
            self._asked = True
            self._later.ask()

    async def keep(self) -> None:
        """The database has what is typed."""
        self._asked = False
        text = self._text
        if text != self._in_database:
            try:
                await calls.write(drafts.keep, self._viewer.actor, self._place, text)
            except DeskError:
                return  # the session is over: whoever signs in again finds it here
            self._in_database = text
        if self._text == text:
            _unstored.pop((self._viewer.user_id, self._place), None)
            self._stored()

    async def sent(self) -> None:
        """The database has what is left to be typed, now: what was there has become something else."""
        await self._later.settle()
        await self.keep()

    async def forget(self) -> None:
        """There is no draft any more."""
        self.typed("")
        await self.sent()
