"""The workflow as people see it, drawn off the table that decides what is allowed (S35 to S37)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from data.vocabulary import Action, Status
from services import workflow
from ui.elements import el
from ui.viewer import Viewer

WIDTH, HEIGHT = 900, 262
BOX_W, BOX_H = 112, 36
LINE = 15  # height of a line of a label

_PLACES: Mapping[Status, tuple[int, int]] = {
    Status.NEW: (60, 112),
    Status.ASSIGNED: (254, 112),
    Status.IN_PROGRESS: (452, 112),
    Status.RESOLVED: (648, 112),
    Status.CLOSED: (840, 112),
    Status.ON_HOLD: (452, 238),
}


class Course(NamedTuple):
    """`path` as SVG writes it; the label stands at (x, y), `anchor` as SVG's text-anchor, growing upwards."""

    path: str
    x: float
    y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """A change of status, and every action that makes it."""

    source: Status
    target: Status
    actions: tuple[Action, ...]
    course: Course


def arrows() -> list[Arrow]:
    """One for each change of status, with every action that makes it."""
    grouped: dict[tuple[Status, Status], list[Action]] = {}
    for source, target, action in workflow.edges():
        grouped.setdefault((source, target), []).append(action)
    return [Arrow(*pair, tuple(actions), _course(*pair)) for pair, actions in grouped.items()]


def _course(source: Status, target: Status) -> Course:
    """Along the row straight on, back in an arc above it, to the wait and back below."""
    (x1, y1), (x2, y2) = _PLACES[source], _PLACES[target]
    half, up = BOX_W / 2, BOX_H / 2
    if y1 == y2 and x1 < x2:
        return Course(f"M{x1 + half} {y1}H{x2 - half - 3}", (x1 + x2) / 2, y1 - 8, "middle")
    if y1 == y2:
        top = y1 - up - 56
        path = f"M{x1 - 22} {y1 - up}C{x1 - 44} {top} {x2 + 44} {top} {x2 + 22} {y2 - up - 3}"
        return Course(path, (x1 + x2) / 2, y1 - up - 48, "middle")
    if x1 == x2:
        aside = -20 if y2 > y1 else 20
        start, end = (y1 + up, y2 - up - 3) if y2 > y1 else (y1 - up, y2 + up + 3)
        anchor = "end" if aside < 0 else "start"
        return Course(f"M{x1 + aside} {start}V{end}", x1 + aside * 1.5, (y1 + y2) / 2 + 4, anchor)
    out = half if x2 > x1 else -half
    path = f"M{x1 + out} {y1}C{x2} {y1} {x2} {y1} {x2} {y2 + up + 3}"
    aside, anchor = (12, "start") if x2 > x1 else (-12, "end")
    return Course(path, x2 + aside, (y1 + y2) / 2 + 22, anchor)


def workflow_diagram(viewer: Viewer, current: Status | None = None) -> None:
    """The diagram, `current` lit, and the same in words for who does not see it."""
    title = viewer.t("workflow.title")
    with el("div", "vg-flow"):
        with el("svg", "vg-flow__svg", viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", aria_label=title):
            _arrow_head()
            for arrow in arrows():
                at = arrow.course
                el("path", "vg-flow__line", d=at.path, marker_end="url(#vg-arrow)")
                for position, words in enumerate(reversed(list(_words(viewer, arrow)))):
                    el("text", "vg-flow__text", words, x=at.x, y=at.y - position * LINE, text_anchor=at.anchor)
            for status, (x, y) in _PLACES.items():
                lit = " vg-is-on" if status is current else ""
                box: dict[str, Any] = {"x": x - BOX_W / 2, "y": y - BOX_H / 2, "width": BOX_W, "height": BOX_H, "rx": 9}
                el("rect", f"vg-flow__box vg-st-{status}{lit}", **box)
                name = viewer.t(f"status.{status}")
                el("text", f"vg-flow__name vg-st-{status}{lit}", name, x=x, y=y + 5, text_anchor="middle")
        with el("ul", "vg-sr"):
            for arrow in arrows():
                old, new = (viewer.t(f"status.{status}") for status in (arrow.source, arrow.target))
                el("li", "", viewer.t("workflow.step", old=old, new=new, actions=", ".join(_words(viewer, arrow))))


def _words(viewer: Viewer, arrow: Arrow) -> Iterator[str]:
    for action in arrow.actions:
        again = action is Action.ASSIGN and arrow.source is not Status.NEW
        key = {Action.ASSIGN: "reassign" if again else "assign", Action.START: "start_short"}.get(action, action.value)
        conditional = workflow.find(action, arrow.source, None) is None
        yield viewer.t(f"action.{key}") + ("*" if conditional else "")


def _arrow_head() -> None:
    shape: dict[str, Any] = {
        "viewBox": "0 0 8 8",
        "refX": 6,
        "refY": 4,
        "markerWidth": 8,
        "markerHeight": 8,
        "orient": "auto",
    }
    with el("defs"), el("marker", "", id="vg-arrow", **shape):
        el("path", "vg-flow__head", d="M0 .8 6.5 4 0 7.2z")
