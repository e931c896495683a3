"""Verifying the chain while people go on working: on a thread of its own, one at a time in a process."""

import threading
from dataclasses import dataclass

from data.vocabulary import Fact
from services import audit
from services.permissions import Right
from services.work import Actor, begin, look


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: `done` of `total` lines, while it is `running`; `failed`: it broke off, the log says why."""

    running: bool
    done: int
    total: int
    failed: bool = False


_lock = threading.Lock()
_progress: list[Progress] = [Progress(False, 0, 0)]


def progress() -> Progress:
    """How far this process's verification is."""
    return _progress[0]


def verify(actor: Actor, total: int) -> None:
    """The history says what the verification of all of it has found. Nothing happens where one is running already.

    Takes as long as it takes (some 15 s for a million lines): not to be called on a thread that others wait for.
    Raises `Forbidden`.
    """
    with look(actor) as reading:
        reading.require(Right.SEE_AUDIT)
    if not _lock.acquire(blocking=False):
        return
    try:
        _progress[0] = Progress(True, 0, total)
        report = audit.verify_chain(lambda done: _tell(done, total))
        with begin(actor) as work:
            work.require(Right.SEE_AUDIT)
            work.note(Fact.CHAIN_VERIFIED, lines=report.lines, head=report.head, broken_at=report.broken_at)
        _progress[0] = Progress(False, report.lines, total)
    except BaseException:
        _progress[0] = Progress(False, 0, total, failed=True)
        raise
    finally:
        _lock.release()


def _tell(done: int, total: int) -> None:
    _progress[0] = Progress(True, done, max(done, total))
