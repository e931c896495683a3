"""Q2: no regular expression of ours takes long over a text that was written to make it."""

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import data
import services
import ui

LENGTH = 50_000
LONGEST_S = 0.1
# What a repetition may be caught by: one letter, one sign, and near misses that end in something else.
_UNITS = (*"aA0é -_.@'=[(*`&<:/", "\t", "\n", "\\")
_PAIRS = ("a ", "a-", "a.", "0:", "a@", "- ", "00:00-", "[a](", "&a", "''", "{a", "\r\n", "a,", "INC-", "%s", "0.0.")
SEEDS = [*(unit * LENGTH for unit in _UNITS), *((pair * LENGTH)[:LENGTH] for pair in _PAIRS)]
TEXTS = [text + end for text in SEEDS for end in ("", "!")]


def _modules() -> Iterator[ModuleType]:
    for room in (data, services, ui):
        for found in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if ".migrations" not in found.name and not found.name.startswith("ui.pages."):
                yield importlib.import_module(found.name)


def _used() -> dict[str, tuple[re.Pattern[str], set[str]]]:
    """Name → the expression, and the ways in which its module uses it; one that others use is tried in every way."""
    found = {}
    for module in _modules():
        source = Path(str(module.__file__)).read_text("utf-8")
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str) and f"\n{name} = " in f"\n{source}":
                uses = set(re.findall(rf"\b{name}\.(match|fullmatch|search|sub|split|findall|finditer)\b", source))
                found[f"{module.__name__}.{name}"] = (value, uses or {"search", "fullmatch"})
    return found


def _slow(pattern: re.Pattern[str], uses: set[str]) -> str:
    """What it is slow over, if it is."""
    for text in TEXTS:
        before = time.thread_time()
        if uses & {"match", "fullmatch"}:
            pattern.match(text)
            pattern.fullmatch(text)
        if uses - {"match", "fullmatch"}:
            for _ in pattern.finditer(text):
                pass
        if (spent := time.thread_time() - before) > LONGEST_S:
            return f"{spent:.2f} s over {text[:10]!r}…{text[-1]!r}"
    return ""


def test_no_expression_is_slow_over_a_hostile_text() -> None:
    used = _used()
    slow = {name: told for name, (pattern, uses) in used.items() if (told := _slow(pattern, uses))}
    assert slow == {}
    assert len(used) > 20
