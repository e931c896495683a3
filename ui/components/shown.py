"""Every action carries the version that was on the screen when it was pressed (D12).

The browser says which: the server's own copy may be newer than what has arrived, above all after a cut. What it says
is only ever compared, so a forged number gains nothing.
"""

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
    """Pressing `made` calls `act` with the version shown by the nearest `data-version`, once at a time."""
    shown: list[int | None] = [None]

    async def run() -> None:
        await act(shown[0])

    pressed = once(made, run) if isinstance(made, ui.button) else run

    async def press(event: GenericEventArguments) -> None:
        shown[0] = event.args if isinstance(event.args, int) and not isinstance(event.args, bool) else None
        await pressed()

    made.on("click", press, js_handler=_SHOWN)
