"""The two catalogs, read once: dotted key → text."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

LOCALES: Final = ("fr", "en")

NO_BREAK: Final = "\u00a0"
_BEFORE_SIGN = re.compile(r" (?=[:;!?»%])")
_INSIDE_GUILLEMETS = re.compile(r"(?<=«) ")


def t(key: str, locale: str, /, **params: object) -> str:
    """The text of `key` in `locale`, filled with `params`.

    A key that has two numbers (`key.one`, `key.other`) is chosen by the parameter `n`. An unknown key, locale or
    parameter raises KeyError: a missing text is a bug to see, never a blank or a word in the other language.
    """
    catalog = _catalog(locale)
    text = catalog.get(key)
    if text is None:
        text = catalog[f"{key}.{_number(params['n'], locale)}"] if "n" in params else catalog[key]
    return text.format_map(params) if "{" in text else text


def labels(locale: str, *prefixes: str) -> dict[str, str]:
    """The texts whose key starts with one of `prefixes` ("status.", "sla."), keys unchanged, for a component."""
    return {key: text for key, text in _catalog(locale).items() if key.startswith(prefixes)}


def has(key: str, locale: str) -> bool:
    """Whether the catalog has this very key."""
    return key in _catalog(locale)


def typeset(text: str) -> str:
    """French `text` with no-break spaces before high punctuation and inside guillemets."""
    return _INSIDE_GUILLEMETS.sub(NO_BREAK, _BEFORE_SIGN.sub(NO_BREAK, text))


@cache
def _catalog(locale: str) -> Mapping[str, str]:
    if locale not in LOCALES:
        raise KeyError(locale)
    with (Path(__file__).parent / f"{locale}.toml").open("rb") as file:
        texts = dict(_flat(tomllib.load(file)))
    return MappingProxyType({key: _typeset(key, text, locale) for key, text in texts.items()})


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, str(value)


def _typeset(key: str, text: str, locale: str) -> str:
    """No-break spaces where no line may break: in durations and sizes, and before the high punctuation of French."""
    if key.startswith(("duration.", "unit.")):
        return text.replace(" ", NO_BREAK)
    return typeset(text) if locale == "fr" else text


def _number(n: object, locale: str) -> str:
    """French says « 0 incident », English says "0 incidents"."""
    if not isinstance(n, int):
        raise KeyError("n")
    return "one" if (abs(n) < 2 if locale == "fr" else n == 1) else "other"
