"""The signs of the field on pages made in Python; in lists the components draw the same ones themselves (kit)."""

from datetime import datetime
from typing import Any

from nicegui.element import Element

from data.vocabulary import Priority, Status
from services.views import PersonView, TeamView
from ui.components.sla_block import SlaJson


class Badge(Element, component="badge.js"):
    """One sign; `what` is a key of DRAW in badge.js. Made by the functions below."""

    def __init__(self, what: str, **props: Any) -> None:
        super().__init__()
        self._props.update({"what": what, **{name: value for name, value in props.items() if value is not None}})

    def show(self, value: Any) -> None:
        """The same sign has another value, in place."""
        self._props["value"] = value


def status_pill(status: Status) -> Badge:
    """Glyph and word on the status's tint."""
    return Badge("status", value=status.value)


def priority_badge(priority: Priority, *, boxed: bool = False) -> Badge:
    """Glyph and word; `boxed` adds the tint, for heads and phones."""
    return Badge("priority", value=priority.value, boxed=boxed)


def level_badge(level: int) -> Badge:
    """Escalation level 0, 1, 2… as three rising bars and N1, N2, N3…: the support line that it stands for."""
    return Badge("level", value=level)


def sla_badge(sla: SlaJson, *, variant: str = "ring") -> Badge:
    """The due time of a list; `variant` is "ring" or "bar". Ticks in the browser."""
    return Badge("sla", sla=sla, variant=variant)


def age(since: datetime) -> Badge:
    """How long ago `since` was, in one unit; ticks in the browser."""
    return Badge("age", value=since.timestamp())


def lasting(since: datetime) -> Badge:
    """How long it has lasted since then, in two units; ticks in the browser."""
    return Badge("lasting", value=since.timestamp())


def avatar(of: PersonView | TeamView | None, *, size: int = 24) -> Badge:
    """Initials in a disc, a team's code in a square, a dashed ring for nobody; the name is to be written beside it."""
    match of:
        case PersonView():
            return Badge("avatar", person={"id": of.id, "name": of.name}, size=size)
        case TeamView():
            return Badge("avatar", team={"code": of.code}, size=size)
    return Badge("avatar", size=size)


def status_glyph(status: Status) -> Badge:
    return Badge("status_glyph", value=status.value)


def priority_glyph(priority: Priority) -> Badge:
    return Badge("priority_glyph", value=priority.value)


def sla_glyph(state: str) -> Badge:
    """`state` is one of ok, risk, breached, met, missed, paused."""
    return Badge("sla_glyph", value=state)
