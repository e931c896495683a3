"""News within the process: something about an incident changed, look again.

May lose a message, never carries data: whoever listens reads the database. `services.wire` brings in that of others.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from data.vocabulary import Fact

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Changed:
    """`incident_id`, which `requester_id` declared, has a new line of history: `fact`, by `actor_name`; `seq` is the
    line's place in the chain."""

    incident_id: int
    reference: str
    version: int
    fact: Fact
    actor_id: int | None
    actor_name: str
    seq: int
    requester_id: int


@dataclass(frozen=True, slots=True)
class AccessChanged:
    """The account's sessions or rights changed: open pages of `user_id` must be looked at again."""

    user_id: int


@dataclass(frozen=True, slots=True)
class Missed:
    """News may have been lost: whoever keeps a picture looks at everything again."""


@dataclass(frozen=True, slots=True)
class DisplayChanged:
    """A screen on the wall was paired, changed or revoked."""


@dataclass(frozen=True, slots=True)
class BellChanged:
    """`user_id` has read notifications: the bell on other open pages counts anew."""

    user_id: int


News = Changed | AccessChanged | BellChanged | DisplayChanged | Missed
Listener = Callable[[News], None]
Unlisten = Callable[[], None]

_listeners: list[Listener] = []


# Lines of history that this process tells itself; those older than this many have long been read back.
_own: deque[int] = deque(maxlen=2_000)


@contextmanager
def telling(seqs: Collection[int]) -> Iterator[None]:
    """Within the block these lines are committed, and told afterwards: from before anybody can read them on they are
    this process's own, and no more where the block fails."""
    _own.extend(seqs)
    try:
        yield
    except BaseException:
        for seq in seqs:
            if seq in _own:  # of very many the first are forgotten already
                _own.remove(seq)
        raise


def forget_own() -> None:
    """None of the lines so far is read back."""
    _own.clear()


def is_own(seq: int) -> bool:
    """Whether this process has told of the line, or is about to."""
    return seq in _own


def listen(listener: Listener) -> Unlisten:
    """`listener` hears all news from now on, in the publisher's thread; call the result to stop it."""
    _listeners.append(listener)
    return lambda: _listeners.remove(listener) if listener in _listeners else None


def publish(news: News) -> None:
    """Every listener has been told; one that fails is logged and does not keep the others from hearing."""
    for listener in tuple(_listeners):
        try:
            listener(news)
        except Exception:
            log.exception("listener failed", news=type(news).__name__)
