"""The API tokens of an account: what there is, a new one that is shown once, revoking."""

from collections.abc import Awaitable, Callable

from data.vocabulary import Scope
from services import accounts, tokens
from services.accounts import TokenView
from ui import calls
from ui.components.redrawn import Redrawn
from ui.dialog import Dialog, confirmation
from ui.dialogs.new_user import show_secret
from ui.elements import button, card, el
from ui.fields import Field, select_field, text_field
from ui.viewer import Viewer

DAYS = (30, 90, 365, 0)  # 0: never expires


class TokensCard:
    """Stands in the current container."""

    def __init__(self, viewer: Viewer, login: str, found: tuple[TokenView, ...], active: bool) -> None:
        self._viewer, self._login = viewer, login
        with card(viewer.t("tokens.title"), icon="api"), el("div", "vg-stack vg-stack--s") as self._root:
            el("p", "vg-soft", viewer.t("tokens.help"))
            self._list = Redrawn(self._draw)
            self._list.show(found)
            if active:
                with el("div", "vg-row"):
                    button(viewer.t("tokens.new"), icon="add", on_click=self._ask)

    async def _refresh(self) -> None:
        detail = await calls.read(accounts.get, self._viewer.actor, self._login)
        self._list.show(detail.tokens)

    def _draw(self, found: tuple[TokenView, ...]) -> None:
        viewer = self._viewer
        if not found:
            el("p", "vg-muted", viewer.t("tokens.none"))
        for token in found:
            with el("div", "vg-chan"):
                with el("div", "vg-chan__text"):
                    el("b", "", token.name)
                    made = viewer.t("tokens.made", at=viewer.full_date(token.created_at))
                    el("span", "vg-muted", f"{viewer.t(f'tokens.scope.{token.scope}')} · {made} · {self._end(token)}")
                if not token.over:
                    name = viewer.t("tokens.revoke_named", name=token.name)
                    button(viewer.t("tokens.revoke"), small=True, name=name, on_click=self._revoker(token))

    def _end(self, token: TokenView) -> str:
        viewer = self._viewer
        if token.revoked_at:
            return viewer.t("tokens.revoked", at=viewer.full_date(token.revoked_at))
        if token.expires_at:
            key = "tokens.expired" if token.over else "tokens.expires"
            return viewer.t(key, at=viewer.full_date(token.expires_at))
        return viewer.t("tokens.never")

    def _revoker(self, token: TokenView) -> Callable[[], Awaitable[None]]:
        viewer = self._viewer

        async def ask() -> None:
            async def revoke() -> None:
                await calls.perform(viewer, tokens.revoke, viewer.actor, self._login, token.id)
                await self._refresh()

            with self._root:
                title, text = viewer.t("tokens.revoke_named", name=token.name), viewer.t("tokens.revoke_help")
                confirmation(title, text, confirm=viewer.t("tokens.revoke"), locale=viewer.locale, act=revoke)

        return ask

    def _ask(self) -> None:
        viewer, locale = self._viewer, self._viewer.locale
        with self._root:
            dialog = Dialog(viewer.t("tokens.new"), viewer.t("tokens.new_help"), locale=locale)
        with dialog, el("div", "vg-stack"):
            scopes = {scope.value: viewer.t(f"tokens.scope.{scope}") for scope in Scope}
            days = {each: viewer.t("tokens.days", n=each) if each else viewer.t("tokens.never") for each in DAYS}
            fields: dict[str, Field] = {
                "name": text_field(
                    viewer.t("tokens.name"), locale=locale, required=True, max_length=80, autofocus=True
                ),
                "scope": select_field(viewer.t("tokens.scope.label"), scopes, locale=locale, value=Scope.READ.value),
                "expires": select_field(viewer.t("tokens.lasts"), days, locale=locale, value=365),
            }

        async def create() -> None:
            secret = await calls.save(
                viewer,
                fields,
                tokens.issue,
                viewer.actor,
                self._login,
                name=fields["name"].value,
                scope=fields["scope"].value,
                expires_days=fields["expires"].value or None,
            )
            if secret is None:
                return
            dialog.close()
            await self._refresh()
            with self._root:
                show_secret(viewer, viewer.t("tokens.made_title"), viewer.t("tokens.once"), secret, then=lambda: None)

        with dialog.foot:
            button(viewer.t("action.cancel"), kind="quiet", on_click=dialog.close)
            button(viewer.t("tokens.create"), kind="primary", submit=True, on_click=create)
        dialog.open()
