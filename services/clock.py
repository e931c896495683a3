"""What time it is. Read once for each unit of work, which hands it on as `work.now`."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

Source = Callable[[], datetime]


def _system() -> datetime:
    return datetime.now(UTC)


_source: list[Source] = [_system]


class _Here(threading.local):
    source: Source | None = None


_here = _Here()


def now() -> datetime:
    """The current instant, aware, UTC, in whole seconds: what is stored is what the screens can show."""
    source = _here.source or _source[-1]
    return source().astimezone(UTC).replace(microsecond=0)


class MovedClock:
    """A clock that stands still until it is moved: for tests, demonstration data and replays."""

    def __init__(self, start: datetime) -> None:
        self.at = start.astimezone(UTC)

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **duration: float) -> None:
        """Later by `duration`, named as for `timedelta`."""
        self.at += timedelta(**duration)


@contextmanager
def running_on(source: Source) -> Iterator[None]:
    """Within the block, `now` is what `source` says, for all threads of this process."""
    _source.append(source)
    try:
        yield
    finally:
        _source.remove(source)


@contextmanager
def running_here_on(source: Source) -> Iterator[None]:
    """Within the block, `now` is what `source` says, for this thread alone: the server's others keep the time."""
    before, _here.source = _here.source, source
    try:
        yield
    finally:
        _here.source = before
