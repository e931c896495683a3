"""The one place where a page or route leaves the event loop (architecture, decision 3).

Services are plain synchronous functions; they run on threads of our own: one writer (PostgreSQL: four), two readers.
A database that is held up for a second holds up whoever asked, never everybody's screen.
"""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from services import i18n
from services.errors import DeskError, Invalid
from ui.components.toasts import toast
from ui.fields import Field, show_errors
from ui.viewer import Viewer

Args = ParamSpec("Args")
Result = TypeVar("Result")

POSTGRESQL_WRITERS = 4
READERS = 2
FILES = 2
PRINTERS = 2  # processes that lay out a PDF at the same time

_pools: dict[str, ThreadPoolExecutor] = {}


def start(*, one_writer: bool) -> None:
    """The threads exist; SQLite has one writer by nature. Calling it again changes nothing."""
    if not _pools:
        _pools["write"] = ThreadPoolExecutor(1 if one_writer else POSTGRESQL_WRITERS, "db-writer")
        _pools["read"] = ThreadPoolExecutor(READERS, "db-reader")
        _pools["file"] = ThreadPoolExecutor(FILES, "files")
        _pools["print"] = ThreadPoolExecutor(PRINTERS, "printer")


def stop() -> None:
    """Every call that had begun has ended; the threads are gone."""
    while _pools:
        _pools.popitem()[1].shutdown(wait=True, cancel_futures=True)


async def read(function: Callable[Args, Result], *args: Args.args, **kwargs: Args.kwargs) -> Result:
    """What `function`, which only reads, returns or raises."""
    return await asyncio.get_running_loop().run_in_executor(_pools["read"], partial(function, *args, **kwargs))


async def write(function: Callable[Args, Result], *args: Args.args, **kwargs: Args.kwargs) -> Result:
    """What `function`, which may change something, returns or raises."""
    return await asyncio.get_running_loop().run_in_executor(_pools["write"], partial(function, *args, **kwargs))


async def save(
    viewer: Viewer,
    fields: Mapping[str, Field],
    function: Callable[Args, Result],
    *args: Args.args,
    **kwargs: Args.kwargs,
) -> Result | None:
    """As `perform`; what is wrong with a field stands beside it, the rest becomes a toast."""
    try:
        return await write(function, *args, **kwargs)
    except Invalid as invalid:
        rest = show_errors(fields, i18n.field_sentences(invalid, viewer.locale))
        for sentence in rest.values():
            toast(sentence, error=True)
    except DeskError as refusal:
        toast(i18n.error_sentence(refusal, viewer.locale), error=True)
    return None


async def print_out(function: Callable[Args, Result], *args: Args.args, **kwargs: Args.kwargs) -> Result:
    """What `function`, which waits for a process and touches no database, returns or raises."""
    return await asyncio.get_running_loop().run_in_executor(_pools["print"], partial(function, *args, **kwargs))


async def file(function: Callable[Args, Result], *args: Args.args, **kwargs: Args.kwargs) -> Result:
    """What `function`, which reads or writes a file and touches no database, returns or raises."""
    return await asyncio.get_running_loop().run_in_executor(_pools["file"], partial(function, *args, **kwargs))


async def perform(
    viewer: Viewer, function: Callable[Args, Result], *args: Args.args, **kwargs: Args.kwargs
) -> Result | None:
    """As `write`; a refusal becomes a toast in the viewer's language, and None."""
    try:
        return await write(function, *args, **kwargs)
    except DeskError as refusal:
        toast(i18n.error_sentence(refusal, viewer.locale), error=True)
        return None
