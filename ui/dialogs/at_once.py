"""The actions that need no dialog, and what takes one back."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from data.vocabulary import Action, Status
from services import lifecycle
from services.views import IncidentView
from ui import calls
from ui.components.toasts import toast
from ui.dialogs.asking import Asked

# What happens at once, and the word for it.
AT_ONCE: Mapping[Action, tuple[Callable[..., IncidentView], str]] = {
    Action.TAKE: (lifecycle.take, "toast.taken"),
    Action.START: (lifecycle.start, "toast.started"),
    Action.TAKE_AND_START: (lifecycle.take_and_start, "toast.started"),
    Action.RESUME: (lifecycle.resume, "toast.resumed"),
    Action.CLOSE: (lifecycle.close, "toast.closed"),
}


def undo_of(
    page: Asked, action: Action, before: IncidentView, after: IncidentView
) -> Callable[[], Awaitable[None]] | None:
    """Taking is undone by handing back, where there was somebody to hand back to and the status stays the same."""
    owner = before.assignee or before.team
    if action is not Action.TAKE or owner is None or before.status not in (Status.ASSIGNED, Status.ON_HOLD):
        return None

    async def undo() -> None:
        back: dict[str, Any] = {
            "assignee": before.assignee.login if before.assignee else None,
            "team": before.team.id if before.team else None,
            "version": after.version,
        }
        done = await calls.perform(page.viewer, lifecycle.assign, page.viewer.actor, after.reference, **back)
        if done is not None:
            toast(page.viewer.t("toast.released", ref=after.reference), icon="undo")
        await page.refresh()

    return undo
