"""The shortcut around NiceGUI's look at signatures is taken, and says what NiceGUI says."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from nicegui import helpers, observables

from ui.signatures import remember_signatures


class Handlers:
    def nothing(self) -> None: ...

    def one(self, event: Any) -> None: ...

    def optional(self, event: Any = None) -> None: ...

    def any_number(self, *events: Any) -> None: ...


@pytest.fixture
def original(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., bool]]:
    """NiceGUI's own function; the shortcut is installed meanwhile."""
    look = getattr(helpers.expects_arguments, "__wrapped__", helpers.expects_arguments)
    monkeypatch.setattr(helpers, "expects_arguments", look)
    remember_signatures()
    return look


def test_every_kind_of_handler_gets_the_same_answer(original: Callable[..., bool]) -> None:
    one, other = Handlers(), Handlers()
    handlers = [getattr(each, name) for each in (one, other) for name in ("nothing", "one", "optional", "any_number")]
    handlers += [lambda: None, lambda event: event, partial(one.one, 1), print]
    assert helpers.expects_arguments is not original
    assert [helpers.expects_arguments(each) for each in handlers] == [original(each) for each in handlers]


def test_the_elements_of_nicegui_ask_through_it(original: Callable[..., bool], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(helpers, "expects_arguments", lambda handler: bool(asked.append(handler)))
    handler = Handlers().nothing
    observables.ObservableList([], on_change=handler)
    assert asked == [handler]
