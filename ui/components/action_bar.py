"""The actions that are allowed now, and only those; the first is the next step (S38 to S43)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from itertools import zip_longest

from nicegui import ui

from data.vocabulary import Action, Role, Status
from services.views import IncidentView
from ui.components.redrawn import Redrawn
from ui.components.shown import on_press
from ui.elements import button, el, icon, note, set_attributes, set_text
from ui.viewer import Viewer

ICONS = {
    Action.TAKE: "person_add",
    Action.ASSIGN: "group_add",
    Action.START: "play_arrow",
    Action.TAKE_AND_START: "fast_forward",
    Action.HOLD: "pause",
    Action.RESUME: "play_arrow",
    Action.ESCALATE: "stairs",
    Action.RESOLVE: "check_circle",
    Action.START_AND_RESOLVE: "task_alt",
    Action.CLOSE: "archive",
    Action.REOPEN: "restart_alt",
}
KEYS = {
    Action.TAKE: "I",
    Action.ASSIGN: "A",
    Action.START: "S",
    Action.RESUME: "S",
    Action.HOLD: "H",
    Action.RESOLVE: "R",
    Action.ESCALATE: "E",
}
# In the order of the buttons; taking over somebody else's comes late, taking what is nobody's first.
_ORDER = (
    Action.START,
    Action.RESUME,
    Action.RESOLVE,
    Action.HOLD,
    Action.ESCALATE,
    Action.TAKE,
    Action.ASSIGN,
    Action.CLOSE,
    Action.REOPEN,
)

_MOST = 6  # buttons at a time

Run = Callable[[Action, int | None], Awaitable[None]]


def arranged(incident: IncidentView) -> tuple[tuple[Action, ...], tuple[Action, ...]]:
    """(the buttons, what stands in the menu behind them) among the allowed actions."""
    allowed = incident.allowed_actions
    shown = [action for action in _ORDER if action in allowed]
    if incident.assignee is None and Action.TAKE in shown:
        shown.remove(Action.TAKE)
        shown.insert(0, Action.TAKE)
    more = [Action.START_AND_RESOLVE] if Action.START_AND_RESOLVE in allowed else []
    if Action.TAKE_AND_START in allowed and Action.TAKE in allowed:
        more.insert(0, Action.TAKE_AND_START)
    return tuple(shown), tuple(more)


class ActionBar:
    """Buttons with their keys; on phones the next step and a menu of the others.

    A button that is pressed becomes the next one in its place, so the cursor stays where it was.
    """

    def __init__(self, viewer: Viewer, run: Run) -> None:
        self._viewer, self._run = viewer, run
        with el("div", "vg-abar", role="toolbar", aria_label=viewer.t("detail.actions")) as self._root:
            self._places = [_Place(run, primary=position == 0) for position in range(_MOST)]
            self._opener = button(icon="more_horiz", classes="vg-btn--icon")  # no tooltip: it would cover the menu
            set_attributes(self._opener, aria_haspopup="menu", aria_label=viewer.t("action.more"))
            with self._opener, ui.menu().props("auto-close") as menu:
                set_attributes(menu, aria_label=viewer.t("action.more"))
                self._menu = Redrawn(self._draw_menu)
            self._note = Redrawn(self._draw_note)
            if viewer.role is not Role.REQUESTER:  # where no button has the key, the refusal says why
                told = el("span", "vg-sr", aria_hidden=True, data_key=KEYS[Action.TAKE].lower(), data_action="take")
                on_press(told, partial(run, Action.TAKE))

    def show(self, incident: IncidentView) -> None:
        """What may be done with `incident` now."""
        shown, more = arranged(incident)
        labels = {action: self._label(action, incident) for action in (*shown, *more)}
        for place, action in zip_longest(self._places, shown):
            place.show(action, labels.get(action, ""), again=bool(incident.assignee or incident.team))
        self._menu.show(shown[1:], more, labels)
        self._opener.visible = bool(more) or len(shown) > 1
        self._opener.classes(**{"remove" if more else "add": "vg-abar__phone"})
        self._note.show(bool(shown), incident.status is Status.CLOSED)
        self._note.root.visible = not shown
        self._root.visible = bool(shown) or self._viewer.role is not Role.REQUESTER or incident.status is Status.CLOSED

    def _label(self, action: Action, incident: IncidentView) -> str:
        owned = incident.assignee or incident.team
        if action is Action.ASSIGN:
            return self._viewer.t("action.reassign" if owned else "action.assign")
        if action is Action.CLOSE and self._viewer.role is Role.REQUESTER:
            return self._viewer.t("action.validate")
        return self._viewer.t(f"action.{action}")

    def _draw_menu(self, rest: Sequence[Action], more: Sequence[Action], labels: Mapping[Action, str]) -> None:
        for action in (*rest, *more):
            with ui.item().props("clickable").classes("" if action in more else "vg-abar__phone") as item:
                set_attributes(item, role="menuitem")
                icon(ICONS[action])
                el("span", "", labels[action])
            on_press(item, partial(self._run, action))

    def _draw_note(self, any_action: bool, closed: bool) -> None:
        if not any_action:
            note(self._viewer.t("detail.locked" if closed else "detail.no_action"), icon="lock")


class _Place:
    """Where a button stands. What was pressed with an older version shown is refused, whatever stands there now."""

    def __init__(self, run: Run, *, primary: bool) -> None:
        self._action: Action | None = None
        self._button = button("", kind="primary" if primary else "plain", classes="" if primary else "vg-abar__rest")
        with self._button:
            self._cap = el("kbd", "", "", aria_hidden=True)

        async def press(version: int | None) -> None:
            if self._action is not None:
                await run(self._action, version)

        on_press(self._button, press)

    def show(self, action: Action | None, label: str, *, again: bool) -> None:
        """The place has the button of `action`, or none; `again`: somebody has the incident already."""
        self._button.visible = action is not None
        self._action = action
        if action is not None:
            key = KEYS.get(action)
            sign = "swap_horiz" if action is Action.ASSIGN and again else ICONS[action]
            self._button.text, self._button.icon = label, f"sym_r_{sign}"
            set_attributes(
                self._button, data_key=key.lower() if key else None, aria_keyshortcuts=key, data_ask=action.value
            )
            set_text(self._cap, key or "")
            self._cap.visible = key is not None
