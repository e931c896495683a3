"""`/admin/channels`: where teams are told by chat, push or webhook, and what could not be sent."""

import asyncio
from collections.abc import Awaitable, Callable

from nicegui.element import Element

from data.vocabulary import Role
from services import people
from services.notifications import channels
from services.notifications.channels import ChannelView, Trouble
from services.views import TeamView
from ui import calls
from ui.components.redrawn import Redrawn
from ui.components.toasts import toast
from ui.declare import desk_page
from ui.dialog import Dialog, confirmation
from ui.dialogs.channel import ask_channel
from ui.elements import button, card, el, note
from ui.fields import checkbox
from ui.shell import frame, page_header
from ui.viewer import Viewer

PATIENCE = 40  # half seconds that a test is waited for

Again = Callable[[], Awaitable[None]]


@desk_page("/admin/channels", roles=frozenset({Role.ADMIN}))
async def channels_page(viewer: Viewer) -> None:
    title = viewer.t("channel.title")
    teams = await calls.read(people.all_teams, viewer.actor)
    page = _ChannelsPage(viewer, teams)
    with frame(viewer, title, current="/admin/channels"):
        with page_header(title):
            el("span", "vg-grow")
            button(viewer.t("channel.new"), icon="add", kind="primary", on_click=page.ask)
        with el("div", "vg-pad vg-told vg-stack") as page.root:
            page.draw()
    await page.refresh()


class _ChannelsPage:
    def __init__(self, viewer: Viewer, teams: tuple[TeamView, ...]) -> None:
        self.viewer, self.teams = viewer, teams
        self.root: Element  # what a dialog hangs on: whatever it is asked from may be drawn anew

    def draw(self) -> None:
        el("p", "vg-soft", self.viewer.t("channel.help"))
        with card(self.viewer.t("channel.list"), icon="campaign"):
            self.list = Redrawn(self._channels)
        with card(self.viewer.t("channel.troubles"), icon="error"):
            self.troubles = Redrawn(self._troubles, aria_live="polite")

    async def refresh(self) -> None:
        self.list.show(await calls.read(channels.every, self.viewer.actor))
        self.troubles.show(await calls.read(channels.troubles, self.viewer.actor))

    def _channels(self, found: tuple[ChannelView, ...]) -> None:
        viewer = self.viewer
        if not found:
            el("p", "vg-muted", viewer.t("channel.none"))
        for channel in found:
            with el("div", "vg-chan"):
                with el("div", "vg-chan__text"):
                    el("b", "", channel.name)
                    medium = viewer.t(f"notification.medium.{channel.medium}")
                    parts = (medium, channel.shown, channel.team or viewer.t("channel.desk"))
                    el("span", "vg-muted", " · ".join(part for part in parts if part))
                    kinds = ", ".join(viewer.t(f"notification.kind.{kind}") for kind in channel.kinds)
                    el("span", "vg-soft", kinds)
                    if channel.locked:
                        note(viewer.t("channel.locked"), icon="lock_reset", kind="error")
                checkbox(
                    viewer.t("channel.active"),
                    value=channel.active,
                    on_change=lambda event, key=channel.id: self._set_active(key, bool(event.value)),
                )
                button(viewer.t("channel.test"), icon="send", small=True, on_click=self._tester(channel))
                edit = viewer.t("channel.edit", name=channel.name)
                button(icon="edit", kind="quiet", small=True, name=edit, on_click=self._editor(channel))
                remove = viewer.t("channel.remove", name=channel.name)
                button(icon="delete", kind="quiet", small=True, name=remove, on_click=self._remover(channel))

    def _troubles(self, found: tuple[Trouble, ...]) -> None:
        viewer = self.viewer
        if not found:
            el("p", "vg-muted", viewer.t("channel.no_troubles"))
        for trouble in found:
            with el("div", "vg-chan"):
                with el("div", "vg-chan__text"):
                    kind = viewer.t(f"notification.kind.{trouble.kind}")
                    el("b", "", " · ".join(part for part in (trouble.recipient, kind, trouble.reference) if part))
                    el("span", "vg-soft", trouble.error)
                    if trouble.next_at:
                        at = viewer.instant(trouble.next_at)
                        state = viewer.t("channel.next", n=trouble.attempts, at=at)
                    else:
                        state = viewer.t("channel.given_up", n=trouble.attempts)
                    el("span", "vg-muted", state)
                button(viewer.t("channel.retry"), icon="refresh", small=True, on_click=self._retrier(trouble))

    def _tester(self, channel: ChannelView) -> Again:
        async def test() -> None:
            number = await calls.perform(self.viewer, channels.test, self.viewer.actor, channel.id)
            if number is None:
                return
            for _ in range(PATIENCE):
                outcome = await calls.read(channels.outcome, self.viewer.actor, channel.id, number)
                if outcome.done:
                    text = self.viewer.t("channel.test_failed", error=outcome.error)
                    toast(text if outcome.error else self.viewer.t("channel.test_sent"), error=bool(outcome.error))
                    break
                await asyncio.sleep(0.5)
            else:
                toast(self.viewer.t("channel.test_waits"), error=True)
            await self.refresh()

        return test

    def _editor(self, channel: ChannelView) -> Callable[[], None]:
        def ask() -> None:
            with self.root:
                ask_channel(self.viewer, self.teams, self._saved, channel)

        return ask

    def _remover(self, channel: ChannelView) -> Again:
        viewer = self.viewer

        async def ask() -> None:
            async def remove() -> None:
                await calls.perform(viewer, channels.remove, viewer.actor, channel.id)
                await self.refresh()

            with self.root:
                title, text = viewer.t("channel.remove", name=channel.name), viewer.t("channel.remove_help")
                word = viewer.t("channel.remove_now")
                confirmation(title, text, confirm=word, locale=viewer.locale, act=remove)

        return ask

    def _retrier(self, trouble: Trouble) -> Again:
        async def retry() -> None:
            await calls.perform(self.viewer, channels.retry, self.viewer.actor, trouble.id)
            await asyncio.sleep(2)
            await self.refresh()

        return retry

    async def _set_active(self, channel_id: int, active: bool) -> None:
        await calls.perform(self.viewer, channels.edit, self.viewer.actor, channel_id, {"active": active})

    def ask(self) -> None:
        """The dialog of a new channel is open."""
        with self.root:
            ask_channel(self.viewer, self.teams, self._saved)

    async def _saved(self, secret: str) -> None:
        if secret:
            self._tell(secret)
        await self.refresh()

    def _tell(self, secret: str) -> None:
        """The secret of a webhook, this once."""
        viewer = self.viewer
        with self.root:
            dialog = Dialog(viewer.t("channel.secret"), viewer.t("channel.secret_help"), locale=viewer.locale)
            with dialog:
                el("code", "vg-mono vg-told__secret", secret)
            with dialog.foot:
                button(viewer.t("action.close_panel"), kind="primary", on_click=dialog.close)
        dialog.open()
