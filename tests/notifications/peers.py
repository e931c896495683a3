"""Real receivers on loopback: a mail server and a web server that keep what they are given."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Mailbox:
    """The letters that came; while `failing`, each is refused for now."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    failing: bool = False
    attempts: int = 0

    def refuses(self) -> bool:
        """Whether the next letter is refused."""
        return self.failing

    def to(self, address: str) -> list[EmailMessage]:
        """Those to one recipient."""
        return [letter for letter in self.letters if letter["To"] == address]


class _Smtp(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client asks for."""

    def handle(self) -> None:
        box: Mailbox = self.server.box  # type: ignore[attr-defined]
        self._say("220 loopback")
        for raw in self.rfile:
            verb = raw.strip().upper()
            if verb.startswith(b"QUIT"):
                self._say("221 bye")
                return
            if verb.startswith(b"DATA"):
                self._take(box)
            elif verb.startswith(b"MAIL"):
                box.attempts += 1
                self._say("451 not now" if box.refuses() else "250 ok")
            else:
                self._say("250 ok")

    def _take(self, box: Mailbox) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        box.letters.append(message_from_bytes(b"".join(lines), policy=policy.default))
        self._say("250 taken")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _TcpServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, *_: Any) -> None:
        """A client that died in the middle is its own affair."""


@contextmanager
def mail_server(box: Mailbox | None = None) -> Iterator[Mailbox]:
    """An SMTP server."""
    box = box or Mailbox()
    with _TcpServer(("127.0.0.1", 0), _Smtp) as server:
        server.box = box  # type: ignore[attr-defined]
        box.port = server.server_address[1]
        with _serving(server):
            yield box


@dataclass
class Call:
    """A request that came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """The calls that came; answers `status`, with `headers`, `size` bytes, after `delay_s`."""

    port: int = 0
    calls: list[Call] = field(default_factory=list)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    size: int = 0
    delay_s: float = 0
    sent: int = 0

    def answer(self, call: Call) -> int:
        """The status with which `call` is answered."""
        return self.status


class _Http(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        receiver: Receiver = self.server.receiver  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        call = Call(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
        receiver.calls.append(call)
        time.sleep(receiver.delay_s)
        self.send_response(receiver.answer(call))
        for name, value in receiver.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(receiver.size))
        self.end_headers()
        try:
            for _ in range(0, receiver.size, 65_536):
                receiver.sent += self.wfile.write(b"x" * 65_536)
        except OSError:
            pass  # the caller has read enough

    do_GET = do_POST  # noqa: N815

    def log_message(self, *args: Any) -> None: ...


@contextmanager
def web_server(receiver: Receiver | None = None) -> Iterator[Receiver]:
    """An HTTP server."""
    receiver = receiver or Receiver()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Http) as server:
        server.daemon_threads = True
        server.receiver = receiver  # type: ignore[attr-defined]
        receiver.port = server.server_address[1]
        with _serving(server):
            yield receiver


@contextmanager
def _serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield
    server.shutdown()
    thread.join()
