"""A real mailbox on loopback: as much of IMAP4rev1 (RFC 3501) as a client needs that fetches and flags letters."""

import re
import shutil
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

LOGIN, PASSWORD = "vigie@acme.example", 'pass"word'
URL_LOGIN = "vigie%40acme.example:pass%22word"


@dataclass
class ImapMailbox:
    """Letters by number; `seen` are those that were dealt with. `asked`: the commands, but for logins.

    While `deaf`, the connection is cut instead of a flag being set: what a crash between the two looks like. The text
    of `held` letters is refused, as Exchange does with one that is damaged, that of `hollow` ones is nothing, and no
    flag of `stuck` ones is set. `claims`: how long it says that each text is.
    """

    letters: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    deaf: bool = False
    held: set[int] = field(default_factory=set)
    hollow: set[int] = field(default_factory=set)
    stuck: set[int] = field(default_factory=set)
    claims: int | None = None
    port: int = 0
    certificate: Path | None = None

    def put(self, raw: bytes) -> None:
        """A letter has arrived."""
        self.letters[len(self.letters) + 1] = raw

    def url(self, scheme: str = "imap", **query: str) -> str:
        """What VIGIE_IMAP_URL says of it."""
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        return f"{scheme}://{URL_LOGIN}@127.0.0.1:{self.port}/INBOX{f'?{asked}' if asked else ''}"


class _Imap(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self) -> None:
        self.box: ImapMailbox = self.server.box  # type: ignore[attr-defined]
        if self.server.tls_at_once:  # type: ignore[attr-defined]
            self._encrypt()
        self._say("* OK loopback ready")
        while line := self._line():
            tag, _, rest = line.partition(" ")
            command, _, arguments = rest.partition(" ")
            if command.upper() != "LOGIN":
                self.box.asked.append(rest)
            if not self._answer(tag, command.upper(), arguments):
                return

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def _answer(self, tag: str, command: str, arguments: str) -> bool:
        """Whether the connection goes on."""
        if command == "UID":
            command, _, arguments = arguments.partition(" ")
            return self._answer_of_letters(tag, command.upper(), arguments)
        match command:
            case "CAPABILITY":
                self._say("* CAPABILITY IMAP4rev1 STARTTLS")
            case "LOGIN":
                quoted = re.findall(r'"((?:[^"\\]|\\.)*)"', arguments)
                words = [*arguments.replace(f'"{quoted[-1]}"', "").split(), *quoted][-2:] if quoted else []
                if [re.sub(r"\\(.)", r"\1", each) for each in words] != [LOGIN, PASSWORD]:
                    self._say(f"{tag} NO [AUTHENTICATIONFAILED] not you")
                    return True
            case "SELECT" | "EXAMINE":
                if arguments != '"INBOX"':
                    self._say(f"{tag} NO no such folder")
                    return True
                self._say(f"* {len(self.box.letters)} EXISTS\r\n* FLAGS (\\Seen)")
            case "STARTTLS":
                self._say(f"{tag} OK go on")
                self._encrypt()
                return True
            case "LOGOUT":
                self._say(f"* BYE\r\n{tag} OK done")
                return False
        self._say(f"{tag} OK done")
        return True

    def _answer_of_letters(self, tag: str, command: str, arguments: str) -> bool:
        if command == "STORE" and self.box.deaf:
            return False
        if self._refuses(command, arguments):
            self._say(f"{tag} NO not this one")
            return True
        getattr(self, f"_{command.lower()}")(arguments)
        self._say(f"{tag} OK done")
        return True

    def _refuses(self, command: str, arguments: str) -> bool:
        number = int(arguments.partition(" ")[0]) if command != "SEARCH" else 0
        return number in self.box.stuck if command == "STORE" else "BODY" in arguments and number in self.box.held

    def _search(self, _: str) -> None:
        unseen = [str(number) for number in sorted(self.box.letters) if number not in self.box.seen]
        self._say(" ".join(["* SEARCH", *unseen]))

    def _fetch(self, arguments: str) -> None:
        number, _, what = arguments.partition(" ")
        raw = self.box.letters.get(int(number))
        if raw is None:
            return
        if "RFC822.SIZE" in what:
            self._say(f"* {number} FETCH (UID {number} RFC822.SIZE {len(raw)})")
            return
        if int(number) in self.box.hollow:
            self._say(f"* {number} FETCH (UID {number} BODY[]<0> NIL)")
            return
        most = int(re.findall(r"<0\.(\d+)>", what)[0])
        part = (raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if "HEADER" in what else raw)[:most]
        self._say(f"* {number} FETCH (UID {number} BODY[]<0> {{{self.box.claims or len(part)}}}")
        self.wfile.write(part)
        self._say(")")

    def _store(self, arguments: str) -> None:
        number, flags = arguments.split(" ", 1)
        if flags == r"+FLAGS.SILENT (\Seen)":
            self.box.seen.add(int(number))

    def _line(self) -> str:
        return self.rfile.readline().decode().rstrip("\r\n")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())
        self.wfile.flush()

    def _encrypt(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        assert self.box.certificate is not None
        context.load_cert_chain(self.box.certificate)
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, *_: object) -> None:
        """A client that hung up is its own affair."""


@contextmanager
def imap_server(box: ImapMailbox | None = None, *, tls_at_once: bool = False) -> Iterator[ImapMailbox]:
    """An IMAP server; with a certificate in the box it can encrypt."""
    box = box or ImapMailbox()
    with _Server(("127.0.0.1", 0), _Imap) as server:
        server.box, server.tls_at_once = box, tls_at_once  # type: ignore[attr-defined]
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield box
        server.shutdown()
        thread.join()


def certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 with its key, that nobody has signed but itself."""
    made, openssl = folder / "mailbox.pem", shutil.which("openssl")
    assert openssl
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-keyout", made, "-out", folder / "cert.pem", "-days", "2", "-subj", "/CN=mailbox"),
            *("-addext", "subjectAltName=IP:127.0.0.1"),
        ],
        check=True,
        capture_output=True,
    )
    made.write_bytes(made.read_bytes() + (folder / "cert.pem").read_bytes())
    return made
