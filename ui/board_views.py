"""The lists that a person has kept under a name, and what they do with them on the board."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from nicegui.events import GenericEventArguments

from services import saved_views
from services.saved_views import NamedView, Views
from ui import calls
from ui.components.board import Board
from ui.components.toasts import toast
from ui.viewer import Viewer


class Kept:
    """`views` as the viewer's board shows them."""

    def __init__(self, viewer: Viewer, views: Views) -> None:
        self.views = views
        self._viewer = viewer

    def draw(self, board: Board) -> None:
        """What becomes of the views is shown on `board`."""
        self._board = board

    async def keep(self, event: GenericEventArguments) -> None:
        """Saves, shares, removes, or opens the board with one; what did not come from our component does nothing."""
        match event.args:
            case {"do": "save", "name": str(name), "query": str(query), "shared": bool(shared), "usual": bool(usual)}:
                if await self._do(saved_views.save, name, query, shared=shared, usual=usual):
                    toast(self._viewer.t("board.view_kept", name=name))
            case {"do": "usual", "id": int(key), "on": bool(on)}:
                await self._do(saved_views.make_usual, key if on else None)
            case {"do": "share", "id": int(key), "on": bool(on)}:
                await self._do(saved_views.share, key, on)
            case {"do": "delete", "id": int(key)}:
                await self._delete(key)

    async def _delete(self, key: int) -> None:
        gone = next((view for view in self.views.views if view.id == key), None)
        usual = self.views.usual == key
        if gone is not None and await self._do(saved_views.delete, key):
            undo = None if gone.by else self._again(gone, usual)
            text = self._viewer.t("board.view_gone", name=gone.name)
            toast(text, undo=undo, undo_label=self._viewer.t("action.undo"))

    def _again(self, gone: NamedView, usual: bool) -> Callable[[], Awaitable[None]]:
        async def again() -> None:
            await self._do(saved_views.save, gone.name, gone.query, shared=gone.shared, usual=usual)

        return again

    async def _do(self, change: Callable[..., Views], *args: Any, **kwargs: Any) -> bool:
        found = await calls.perform(self._viewer, change, self._viewer.actor, *args, **kwargs)
        if found is not None:
            self.views = found
            self._board.run_method("known", asdict(found))
        return found is not None
