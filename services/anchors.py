"""Anchors of the history: number and hash of its last line, kept where an owner of the database does not reach.

The chain alone does not show that its tail was cut off; whoever has an older anchor sees it. One is written each day to
`anchors.log` in the data directory, and sent to the addresses of VIGIE_ANCHOR_TO; every PDF carries one as well.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from data import db
from data.queries import audit, history
from data.vocabulary import Fact
from services import clock
from services.notifications import outbox
from services.work import SYSTEM, begin, look

FILE = "anchors.log"
# In a line of the file, in a letter, in what a phone reads off a PDF: a number, a sign or space, 64 hexadecimal digits.
_ANCHOR = re.compile(r"(?<![\w-])(\d{1,18})[:\s]\s*([0-9a-f]{64})(?!\w)")
_SOFT_BREAK = re.compile(r"=\r?\n")  # of a letter's source (RFC 2045)

_folder: list[Path] = [Path("var")]


@dataclass(frozen=True, slots=True)
class Anchor:
    """The history had `seq` lines, and the hash of the last was `head`."""

    seq: int
    head: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.head}"


@dataclass(frozen=True, slots=True)
class AnchorReport:
    """`broken`: the first anchor that the history of now, with its `lines`, does not hold; None when it holds all."""

    anchors: int
    lines: int
    broken: Anchor | None


def use_folder(folder: Path) -> None:
    """Anchors are kept in this folder from now on."""
    _folder[:] = [folder]


def kept_in(folder: Path) -> Path:
    """The file with an anchor for each day."""
    return folder / FILE


def read(text: str) -> Sequence[Anchor]:
    """The anchors in `text`, whatever stands around them, in the order of the history."""
    whole = _SOFT_BREAK.sub("", text)
    found = {Anchor(int(seq), head) for seq, head in _ANCHOR.findall(whole)}
    return sorted(found, key=lambda each: (each.seq, each.head))


def check(anchors: Sequence[Anchor]) -> AnchorReport:
    """Whether the history still has every line that an anchor names. The chain itself is for `audit.verify_chain`."""
    with look(SYSTEM) as reading:
        lines, _ = history.head(reading.session) or (0, "")
        hashes = history.hashes(reading.session, [each.seq for each in anchors])
    broken = next((each for each in anchors if hashes.get(each.seq) != each.head), None)
    return AnchorReport(len(anchors), lines, broken)


def anchor_one() -> bool:
    """Today (UTC) has its anchor in the file, and its letters wait to be sent. Nothing more to do, ever: False."""
    _keep()
    _publish()
    return False


def set_aside(folder: Path) -> Path | None:
    """The anchors kept so far are about another history: they are no longer looked at, and nothing is lost.

    The file's new place, None where there is none.
    """
    file = kept_in(folder)
    if not file.exists():
        return None
    return file.rename(file.with_name(f"anchors-until-{clock.now():%Y%m%dT%H%M%SZ}.log"))


def _keep() -> None:
    """The file has a line of today; each process with a folder of its own keeps one."""
    file, now = kept_in(_folder[-1]), clock.now()
    if _last_line(file).startswith(f"{now:%Y-%m-%d}"):
        return
    with look(SYSTEM) as reading:
        head = history.head(reading.session)
    if head is None:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, f"{now:%Y-%m-%dT%H:%M:%SZ} {Anchor(*head)}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _last_line(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace").rstrip("\n").rpartition("\n")[2]
    except FileNotFoundError:
        return ""


def _publish() -> None:
    """The line of today's anchor is in the history, and with it the letters; once, however many processes there are."""
    if not outbox.terms().anchor_to or not outbox.terms().mail:
        return
    with db.read_session() as session:
        if not _is_due(session):
            return
    with begin(SYSTEM) as work:
        work.alone()
        head = history.head(work.session)
        if head is not None and _is_due(work.session):
            work.note(Fact.CHAIN_ANCHORED, lines=head[0], head=head[1], to=list(outbox.terms().anchor_to))


def _is_due(session: db.Session) -> bool:
    """Whether today has none, and something has happened since the one before."""
    last, head = audit.last_of(session, Fact.CHAIN_ANCHORED), history.head(session)
    if last is None or head is None:
        return head is not None
    line, _ = last
    return line.at.date() < clock.now().date() and line.seq < head[0]
