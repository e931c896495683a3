"""Every action carries the version that was on the screen when it was pressed (D12).

The browser says which: the server's own copy may be newer than what has arrived, above all after a cut. What it says
is only ever compared, so a forged number gains nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from ui.elements import once

WithVersion = Callable[[int | None], Awaitable[None]]

# Of the element itself or what it stands in; a menu stands outside, so then it is the page's.
_SHOWN = (
    "(event) => emit(Number((event.currentTarget.closest('[data-version]')"
    " || document.querySelector('[data-version]'))?.dataset.version))"
)


def on_press(made: Element, act: WithVersion) -> None:
    """Pressing `made` calls `act` with the version shown by the nearest `data-version`, as `in_turn` has it."""
    shown: list[int | None] = [None]

    async def run() -> None:
        await act(shown[0])

    pressed = once(made, run) if isinstance(made, ui.button) else run

    async def for_version(version: int | None) -> None:
        shown[0] = version
        await pressed()

    take = in_turn(for_version)

    async def press(event: GenericEventArguments) -> None:
        await take(event.args if isinstance(event.args, int) and not isinstance(event.args, bool) else None)

    made.on("click", press, js_handler=_SHOWN)


def in_turn(act: WithVersion) -> WithVersion:
    """`act`, once at a time and once for each version that is under way.

    Pressed again on the same sight a button does nothing more; on a newer one, where another action may stand, it has
    its turn after the one that still runs.
    """
    turn = asyncio.Lock()
    under_way: set[int | None] = set()

    async def take(version: int | None) -> None:
        if version in under_way:
            return
        under_way.add(version)
        try:
            async with turn:
                await act(version)
        finally:
            under_way.discard(version)

    return take
