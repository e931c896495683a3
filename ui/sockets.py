"""Where websockets of pages arrive: straight at socket.io, and of those that no open page owns only so many.

On the way through both applications and all that is wrapped around them a socket would hold twenty coroutines more, for
as long as it is open. And whoever opens one and leaves it alone has opened a page neither: what hundreds of those take
is not given back to the machine (R1).

Touches what NiceGUI 3.18 mounts (`nicegui.sio_app`); `tests/browser/test_sockets.py` fails when it moves.
"""

from collections import Counter
from typing import Final

from nicegui.nicegui import sio_app
from starlette.types import ASGIApp, Receive, Scope, Send

from services.attempts import network
from ui import guard

PATH: Final = "/_nicegui_ws"
# From one address, perhaps a proxy: pages that come back after a restart are unknown until they load themselves anew.
MOST_UNKNOWN: Final = 100
TRY_AGAIN_LATER: Final = 1013


class Sockets:
    """Wraps the whole application, inside of `ui.edge`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._unknown = Counter[str]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket" or not scope["path"].startswith(f"{PATH}/"):
            await self.app(scope, receive, send)
            return
        inner = {**scope, "root_path": PATH}
        if guard.is_of_a_page(scope):
            await sio_app(inner, receive, send)
            return
        place = network(scope["client"][0] if scope.get("client") else "")
        if self._unknown[place] >= MOST_UNKNOWN:
            await send({"type": "websocket.close", "code": TRY_AGAIN_LATER})
            return
        self._unknown[place] += 1
        try:
            await sio_app(inner, receive, send)
        finally:
            self._unknown[place] -= 1
            if not self._unknown[place]:
                del self._unknown[place]
