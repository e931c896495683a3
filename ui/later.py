"""Doing something once people pause, instead of at each key that they press."""

import asyncio
from collections.abc import Awaitable, Callable

from nicegui import background_tasks


class Later:
    """`ask` runs `work` after `seconds` in which nobody asked again; never twice at the same time."""

    def __init__(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        self._seconds, self._work = seconds, work
        self._wait: asyncio.TimerHandle | None = None
        self._running = asyncio.Lock()

    def ask(self) -> None:
        """`work` will run; a wait that had begun begins anew."""
        self.forget()
        self._wait = asyncio.get_running_loop().call_later(self._seconds, self._begin)

    def forget(self) -> None:
        """What was asked for and has not begun will not run."""
        if self._wait is not None:
            self._wait.cancel()
            self._wait = None

    async def settle(self) -> None:
        """Nothing is asked for any more, and nothing is running."""
        self.forget()
        async with self._running:
            pass

    def _begin(self) -> None:
        self._wait = None
        background_tasks.create(self._run(), name="later")

    async def _run(self) -> None:
        async with self._running:
            await self._work()
