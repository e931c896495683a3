"""How often somebody may do something: a sliding window for each key, in bounded memory."""

import time
from collections import OrderedDict, deque
from math import ceil

from services.errors import TooManyAttempts

KEYS = 10_000


class Window:
    """At most `calls` in any `seconds`, for each key; of a key that has been silent for so long nothing is kept."""

    def __init__(self, *, calls: int, seconds: float) -> None:
        self.calls, self.seconds = calls, seconds
        self._at: OrderedDict[str, deque[float]] = OrderedDict()

    def claim(self, key: str) -> None:
        """Counts a call. Raises `TooManyAttempts` with the seconds to wait, without counting, when none is left."""
        now = time.monotonic()
        at = self._at.setdefault(key, deque())
        self._at.move_to_end(key)
        while at and now - at[0] >= self.seconds:
            at.popleft()
        if len(at) >= self.calls:
            raise TooManyAttempts(retry_after=max(1, ceil(at[0] + self.seconds - now)))
        at.append(now)
        while len(self._at) > KEYS or self._is_over(next(iter(self._at.values())), now):
            self._at.popitem(last=False)

    def _is_over(self, at: deque[float], now: float) -> bool:
        return not at or now - at[-1] >= self.seconds

    def release(self, key: str) -> None:
        """The last call of `key` does not count."""
        if at := self._at.get(key):
            at.pop()
