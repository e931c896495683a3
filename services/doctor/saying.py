"""What a check says: sentences of the catalog, and how serious each is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any


class State(IntEnum):
    """The worse, the greater."""

    OK = 0
    WARNING = 1
    FAILED = 2


@dataclass(frozen=True, slots=True)
class Said:
    """The sentence `key` below `doctor.` with its parameters; a parameter `bytes` is written as a size."""

    state: State
    key: str
    params: Mapping[str, Any]


Sayings = Iterator[Said]


def ok(key: str, **params: Any) -> Said:
    return Said(State.OK, key, params)


def warning(key: str, **params: Any) -> Said:
    return Said(State.WARNING, key, params)


def failed(key: str, **params: Any) -> Said:
    return Said(State.FAILED, key, params)


def reason(error: BaseException) -> str:
    """Why, in one short line: no stack trace, no control character."""
    lines = str(getattr(error, "orig", None) or error).strip().splitlines() or [""]
    said = "".join(letter for letter in lines[0] if letter.isprintable())[:200]
    return said or type(error).__name__
