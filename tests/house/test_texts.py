"""Every text that the code asks for is in the catalogs."""

import ast
from collections.abc import Iterator
from string import Formatter

from services import i18n
from tests.house.tree import calls, modules

TEXTS = i18n.labels("fr", "")


def _asked() -> Iterator[tuple[str, str | None, str, ast.Call]]:
    """Place, whole key (None when it is composed), the part that is written down, and the call."""
    for file, tree in modules():
        for name, call in calls(tree):
            if name != "t" or not call.args:
                continue
            match call.args[0]:
                case ast.Constant(value=str(key)):
                    yield f"{file}:{call.lineno}", key, key, call
                case ast.JoinedStr(values=[ast.Constant(value=str(start)), *_]):
                    yield f"{file}:{call.lineno}", None, start, call


def _numbers_of(key: str) -> list[str]:
    return [text for text in (TEXTS.get(key), TEXTS.get(f"{key}.one"), TEXTS.get(f"{key}.other")) if text is not None]


def test_every_text_that_is_asked_for_exists() -> None:
    assert [f"{place} {key}" for place, key, _, _ in _asked() if key is not None and not _numbers_of(key)] == []


def test_every_composed_key_begins_like_one_that_exists() -> None:
    begins = tuple(TEXTS)
    composed = [(place, start) for place, key, start, _ in _asked() if key is None]
    assert [f"{place} {start}" for place, start in composed if not any(key.startswith(start) for key in begins)] == []


def test_every_text_gets_the_parameters_that_it_names() -> None:
    found = []
    for place, key, _, call in _asked():
        given = {parameter.arg for parameter in call.keywords}
        if key is None or None in given:  # **params: known only at run time
            continue
        wanted = {name for text in _numbers_of(key) for _, name, _, _ in Formatter().parse(text) if name}
        if not wanted <= given:
            found.append(f"{place} {key}: {sorted(wanted - given)}")
    assert found == []
