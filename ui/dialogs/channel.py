"""A channel: what it is called, where it leads, whose it is, of what it is told; a new one, or one that there is."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any

from data.vocabulary import Medium, NotificationKind
from services import i18n
from services.errors import DeskError, Invalid
from services.notifications import channels
from services.notifications.channels import ChannelView
from services.notifications.rules import OF_CHANNELS
from services.views import TeamView
from ui import calls
from ui.components.toasts import toast
from ui.dialog import Dialog
from ui.elements import button, el, focus, set_attributes, set_text
from ui.fields import Field, checkbox, select_field, show_errors, text_field
from ui.viewer import Viewer

# Called once it is saved, with the secret of a webhook that is to be shown this once; empty where there is none.
Saved = Callable[[str], Awaitable[None]]


def ask_channel(viewer: Viewer, teams: Sequence[TeamView], saved: Saved, channel: ChannelView | None = None) -> None:
    """The dialog, open: of a new channel, or of `channel`, whose address stays as it is unless another is entered."""
    _ChannelDialog(viewer, teams, saved, channel)


class _Kinds:
    """The events, each a box; used as the fields of `ui.fields` are."""

    def __init__(self, viewer: Viewer, chosen: Collection[NotificationKind]) -> None:
        with el("div", "vg-field", role="group", tabindex=-1) as self._root:
            heading = el("div", "vg-legend", viewer.t("channel.kinds"))
            with el("div", "vg-stack vg-stack--s"):
                self._boxes = {
                    kind: checkbox(viewer.t(f"notification.kind.{kind}"), value=kind in chosen) for kind in OF_CHANNELS
                }
            self._error = el("div", "vg-field__error", "")
        set_attributes(self._root, aria_labelledby=heading.html_id, aria_describedby=self._error.html_id)

    @property
    def value(self) -> list[NotificationKind]:
        return [kind for kind, box in self._boxes.items() if box.value]

    def wrong(self, sentence: str) -> None:
        set_text(self._error, sentence)

    def focus(self) -> None:
        focus(self._root)


class _ChannelDialog:
    def __init__(self, viewer: Viewer, teams: Sequence[TeamView], saved: Saved, channel: ChannelView | None) -> None:
        self._viewer, self._saved, self._channel = viewer, saved, channel
        t, locale = viewer.t, viewer.locale
        title = t("channel.edit", name=channel.name) if channel else t("channel.new")
        self._dialog = Dialog(title, t("channel.new_help"), locale=locale)
        self._fields: dict[str, Any] = {}
        own = {0: t("channel.desk")} | {team.id: team.name for team in teams if not team.external}
        team_id = next((key for key, name in own.items() if channel and name == channel.team), 0)
        with self._dialog:
            self._fields["name"] = text_field(
                t("channel.name"),
                locale=locale,
                value=channel.name if channel else "",
                required=True,
                max_length=channels.NAME,
                autofocus=not (channel and channel.locked),
            )
            if channel is None:
                media = {medium: t(f"notification.medium.{medium}") for medium in channels.MEDIA}
                self._fields["medium"] = select_field(t("channel.medium"), media, locale=locale, value=Medium.APPRISE)
            self._fields["address"] = self._address()
            self._fields["team"] = select_field(t("channel.team"), own, locale=locale, value=team_id)
            self._fields["kinds"] = _Kinds(viewer, channel.kinds if channel else OF_CHANNELS)
        with self._dialog.foot:
            button(t("action.cancel"), kind="quiet", on_click=self._dialog.close)
            confirm = t("action.save" if channel else "channel.create")
            button(confirm, kind="primary", on_click=self._save, submit=True)
        self._shown = self._given()
        self._dialog.open()

    def _address(self) -> Field:
        t, channel = self._viewer.t, self._channel
        hints = [t("channel.address_help")]
        if channel is not None:
            hints = [t("channel.address_kept", address=channel.shown)] if channel.shown else []
            hints += [t("channel.enter_webhook")] if channel.medium is Medium.WEBHOOK else []
        return text_field(
            t("channel.address" if channel is None else "channel.new_address"),
            locale=self._viewer.locale,
            required=channel is None or channel.locked,
            hint=" ".join(hints),
            autocomplete="off",
            autofocus=channel is not None and channel.locked,
        )

    def _given(self) -> dict[str, Any]:
        given = {name: field.value for name, field in self._fields.items()}
        return given | {"team": given["team"] or None}

    async def _save(self) -> None:
        viewer = self._viewer
        try:
            secret = await self._store(self._given())
        except Invalid as invalid:
            rest = show_errors(self._fields, i18n.field_sentences(invalid, viewer.locale))
            if rest:
                toast(" ".join(rest.values()), error=True)
            return
        except DeskError as refusal:
            toast(i18n.error_sentence(refusal, viewer.locale), error=True)
            return
        self._dialog.close()
        await self._saved(secret)

    async def _store(self, given: Mapping[str, Any]) -> str:
        """Of a channel that there is, only what was changed here: what others have changed meanwhile stays."""
        if self._channel is None:
            return (await calls.write(channels.create, self._viewer.actor, **given))[1]
        changes = {name: value for name, value in given.items() if value != self._shown[name]}
        return (await calls.write(channels.edit, self._viewer.actor, self._channel.id, changes))[1]
