"""What a socket may say: sentences in text, of the few kinds that pages send, and by websocket alone.

Socket.io collects the binary parts that a packet announces for as long as the server lives, whoever sends them, and
writes twenty lines of log about each packet that is none: a stranger could fill memory and disk (R1). Whoever says
anything of that sort is cut off. Long polling, which needs a proxy that passes no websockets and is documented nowhere,
would hold 16 kB for half a minute for each request of a stranger.

Touches internals of python-socketio (`packet_class`) and of its engine, covered by `tests/browser/test_sockets.py`.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from nicegui import core
from socketio import packet

log = structlog.get_logger()

_KINDS = (packet.CONNECT, packet.DISCONNECT, packet.EVENT, packet.ACK)


class Frame(packet.Packet):  # type: ignore[misc]
    """A packet of a kind that pages send. Raises ValueError for any other."""

    def decode(self, encoded_packet: Any) -> int:
        if not isinstance(encoded_packet, str):
            raise ValueError("a page sends text")
        parts: int = super().decode(encoded_packet)
        named = isinstance(self.data, list) and self.data and isinstance(self.data[0], str)
        if self.packet_type not in _KINDS or (self.packet_type == packet.EVENT and not named):
            raise ValueError("no page sends this")
        return parts


def install() -> None:
    """Sockets are heard as far as they say what pages say. Calling it again changes nothing."""
    core.sio.eio.transports = ["websocket"]
    core.app.config.socket_io_js_transports = ["websocket"]
    if core.sio.packet_class is not Frame:
        core.sio.packet_class = Frame
        core.sio.eio.handlers["message"] = _strict(core.sio.eio.handlers["message"])


def _strict(hear: Callable[[str, Any], Awaitable[None]]) -> Callable[[str, Any], Awaitable[None]]:
    async def strictly(sid: str, data: Any) -> None:
        line = core.sio.eio.sockets.get(sid)
        if line is None or line.closing:
            return  # what it sent before it was cut off is still being read
        try:
            await hear(sid, data)
        except (ValueError, LookupError, TypeError, RecursionError) as unfit:
            log.warning("socket cut: not what a page says", reason=type(unfit).__name__)
            await core.sio.eio.disconnect(sid)

    return strictly
