"""Letters as people's programs write them."""

from email.message import EmailMessage
from itertools import count
from typing import Any

from data.vocabulary import LetterState
from services.intake.mail.letter import read
from services.intake.mail.receive import receive

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
_numbers = count(1)


def written(
    sender: str, subject: str = "Imprimante", text: str = "Elle clignote.", *, files: Any = (), **headers: str
) -> bytes:
    """A letter with a Message-ID of its own; `in_reply_to="<…>"` is a header."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, "vigie@acme.example", subject
    made["Message-ID"] = headers.pop("message_id", f"<{next(_numbers)}@acme.example>")
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    for name, content in files:
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return made.as_bytes()


def raw(*lines: str, text: str = "Bonjour") -> bytes:
    """A letter of these header lines, whatever is in them."""
    return "\r\n".join([*lines, "", text]).encode("utf-8", "surrogateescape")


def received(letter: bytes) -> LetterState | None:
    """What becomes of it."""
    return receive(letter, read(letter))
