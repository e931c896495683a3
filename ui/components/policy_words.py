"""What changed in the SLA policy, and what looks odd in it, in words."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from data.vocabulary import HoldReason, Priority
from services import i18n
from services.terms import Warned, typed_ranges
from ui.viewer import Viewer


def change_sentence(viewer: Viewer, change: Mapping[str, Any]) -> str:
    """A change of `PolicyView.changes`, in the viewer's language."""
    t, field, of = viewer.t, change["field"], change["of"]
    if field in ("response", "resolution"):
        old, new = (i18n.target(change[side], viewer.locale) for side in ("from", "to"))
    elif field == "calendar":
        old, new = (change[side] or t("policy.always") for side in ("from", "to"))
    elif field == "pausing":
        old, new = (t("policy.on" if change[side] else "policy.off") for side in ("from", "to"))
    else:
        old, new = (calendar_summary(viewer, change[side]) for side in ("from", "to"))
    if of in set(Priority):
        of = t(f"priority.{of}")
    elif field == "pausing" and of in set(HoldReason):
        of = t(f"hold_reason.{of}")
    return t(f"policy.change.{field}", of=of, from_=old, to=new)


def warning_sentence(viewer: Viewer, warned: Warned) -> str:
    """A warning, with priorities by their names."""
    named = {name: viewer.t(f"priority.{value}") for name, value in warned.params.items() if value in set(Priority)}
    return viewer.t(f"policy.warning.{warned.code}", **dict(warned.params) | named)


def calendar_summary(viewer: Viewer, asked: Mapping[str, Any]) -> str:
    """« lundi–vendredi 08:00–18:00 · Europe/Paris · FR · 2 autres jours fermés »: a calendar on one line."""
    week = [[(_minutes(start), _minutes(end)) for start, end in ranges] for ranges in asked["week"]]
    parts = [i18n.opening_hours(week, viewer.locale), asked["zone"], asked["country"]]
    own = [
        f"{i18n.day_date(date.fromisoformat(each['day']), viewer.locale)} ({each['name']})" for each in asked["closed"]
    ]
    return " · ".join(part for part in (*parts, *own[:3], "…" if len(own) > 3 else "") if part)


def typed_week(texts: list[str]) -> list[list[list[str]]]:
    """What was typed for each day, as terms."""
    return [typed_ranges(text) for text in texts]


def _minutes(at: str) -> int:
    hours, minutes = at.split(":")
    return int(hours) * 60 + int(minutes)
