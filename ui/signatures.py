"""What NiceGUI works out anew for each element, worked out once.

Every element asks three times whether its own methods take an argument, by `inspect.signature`: two thirds of what one
costs (3.18, measured). A method of a class has the same answer for all its objects. `helpers` is an internal of
NiceGUI, pinned in pyproject.toml; a test fails when it moves.
"""

from collections.abc import Callable
from types import MethodType
from typing import Any

from nicegui import helpers


def remember_signatures() -> None:
    """Methods are looked at once from now on. Calling it again changes nothing."""
    look = helpers.expects_arguments
    if hasattr(look, "__wrapped__"):
        return
    known: dict[Callable[..., Any], bool] = {}

    def expects_arguments(func: Callable[..., Any]) -> bool:
        if not isinstance(func, MethodType):
            return look(func)
        if func.__func__ not in known:
            known[func.__func__] = look(func)
        return known[func.__func__]

    expects_arguments.__wrapped__ = look  # type: ignore[attr-defined]
    helpers.expects_arguments = expects_arguments
