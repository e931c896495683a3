"""An event loop of its own for a test that is not asynchronous."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def run_aside(story: Coroutine[Any, Any, T]) -> T:
    """What `story` returns, from a thread aside: the tests in the browser leave a loop running in the main thread."""
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(asyncio.run, story).result()
