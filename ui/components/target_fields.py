"""The targets of a policy in a table that can be typed into: a line for each priority (S48 to S51, S61)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from data.vocabulary import Priority
from services.i18n import t
from services.terms import typed_hours
from ui.components.badge import priority_badge
from ui.elements import el
from ui.fields import Field, text_field

CLOCKS = ("response", "resolution")


def hours_of(targets: Mapping[str, Any]) -> dict[str, str]:
    """Place → what its field holds, in hours, of the `targets` of terms."""
    return {
        place(priority, clock): _hours(targets[priority][f"{clock}_s"]) for priority in Priority for clock in CLOCKS
    }


def targets_of(fields: Mapping[str, Field]) -> dict[str, dict[str, int | None]]:
    """The `targets` of terms that the fields ask for: None for an empty one, 0 for what is no number."""
    return {
        priority.value: {f"{clock}_s": _seconds(fields[place(priority, clock)].value or "") for clock in CLOCKS}
        for priority in Priority
    }


def place(priority: Priority, clock: str) -> str:
    """Where terms have it: `targets.high.response`."""
    return f"targets.{priority}.{clock}"


def heads(locale: str, *more: str) -> None:
    """The table's head; `more` are keys of further columns."""
    with el("thead"), el("tr"):
        for key in ("field.priority", "policy.response_h", "policy.resolution_h", *more):
            el("th", "", t(key, locale), scope="col")


@contextmanager
def line(priority: Priority, locale: str) -> Iterator[None]:
    """A priority's line, which begins with what it means; the block fills in the rest."""
    with el("tr"):
        with el("th", "", scope="row"):
            priority_badge(priority)
            el("small", "", t(f"priority.{priority}.help", locale))
        yield


def cells(priority: Priority, typed: Mapping[str, str], locale: str) -> dict[str, Field]:
    """The two fields of a line, by their places."""
    fields = {}
    for clock in CLOCKS:
        with el("td", "vg-matrix__num"):
            label = f"{t(f'policy.{clock}_h', locale)}, {t(f'priority.{priority}', locale)}"
            where = place(priority, clock)
            fields[where] = text_field(label, locale=locale, value=typed[where], max_length=12)
            fields[where].control.props("inputmode=decimal")
    return fields


def _seconds(text: str) -> int | None:
    return (typed_hours(text) or 0) if text.strip() else None


def _hours(seconds: int) -> str:
    """Hours as the field takes them back."""
    return f"{seconds / 3600:.4f}".rstrip("0").rstrip(".")
