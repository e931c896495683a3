"""`/notifications`: what concerns the viewer, newest first, live."""

from nicegui import background_tasks, ui

from services.notifications import inbox
from services.notifications.inbox import NotificationView
from ui import bells, calls
from ui.components.badge import priority_badge
from ui.components.history_line import moment
from ui.components.redrawn import Redrawn
from ui.declare import EVERYBODY, desk_page
from ui.elements import button, el, empty_state, icon
from ui.shell import frame, page_header
from ui.viewer import Viewer

ICONS = {
    "created": "flag",
    "assigned": "person",
    "escalated": "stairs",
    "answered": "forum",
    "replied": "forum",
    "noted": "lock",
    "mentioned": "alternate_email",
    "resolved": "check_circle",
    "reopened": "restart_alt",
    "sla_orange": "timer",
    "sla_red": "alarm",
    "hold_over": "play_arrow",
    "account": "key",
}


@desk_page("/notifications", roles=EVERYBODY)
async def notifications_page(viewer: Viewer) -> None:
    title = viewer.t("notification.title")
    with frame(viewer, title, current="/notifications"):
        with page_header(title):
            el("span", "vg-grow")
            read_all = button(viewer.t("notification.mark_all"), icon="done_all")
        with el("div", "vg-pad"):
            shown = Redrawn(lambda told: _list(viewer, told), classes="vg-told", aria_live="polite")

    async def refresh() -> None:
        told = await calls.read(inbox.latest, viewer.actor, viewer.locale)
        shown.show(told)
        read_all.set_visibility(any(not each.read for each in told))

    async def mark_all() -> None:
        await calls.perform(viewer, inbox.mark_read, viewer.actor)
        await refresh()

    read_all.on_click(mark_all)
    await refresh()
    bells.join(ui.context.client, viewer.user_id, lambda _: background_tasks.create(refresh(), name="notifications"))


def _list(viewer: Viewer, told: tuple[NotificationView, ...]) -> None:
    if not told:
        with empty_state(viewer.t("notification.none"), viewer.t("notification.none_help")):
            return
    with el("ul", "vg-card vg-told__list"):
        for each in told:
            with el("li"):
                _line(viewer, each)


def _line(viewer: Viewer, told: NotificationView) -> None:
    with el("a", "vg-told__line" if told.read else "vg-told__line vg-is-on", href=_where(told)):
        icon(ICONS[told.kind])
        with el("span", "vg-told__text"):
            with el("b"):
                if not told.read:
                    el("span", "vg-sr", viewer.t("notification.new"))
                el("span", "", told.title)
            el("span", "", told.sentence)
            with el("span", "vg-told__meta"):
                if told.own and told.priority:
                    priority_badge(told.priority)
                if told.reference:
                    el("span", "vg-mono", told.reference)
                moment(viewer, told.at)


def _where(told: NotificationView) -> str:
    if not told.reference:
        return "/me"
    return f"/incidents/{told.reference}" if told.own else "/portal#known"
