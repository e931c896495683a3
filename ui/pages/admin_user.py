"""`/admin/users/{login}`: an account: who it is, what it may do, what lets it in, and what waits for it."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui
from nicegui.element import Element

from data.vocabulary import Role
from services import accounts, i18n, people, second_factor
from services.accounts import Detail
from services.errors import DeskError, Invalid, NotFound
from services.inputs import NAME
from services.views import TeamView
from ui import calls
from ui.components.team_choice import TeamChoice
from ui.components.toasts import toast
from ui.declare import desk_page
from ui.dialog import Dialog, confirmation
from ui.dialogs.new_user import show_secret
from ui.dialogs.tokens import TokensCard
from ui.elements import button, card, el, empty_state, link_button, note, once
from ui.fields import Field, select_field, show_errors, text_field
from ui.shell import frame, headed_crumb
from ui.viewer import Viewer

PATH = "/admin/users"


@desk_page(f"{PATH}/{{login}}", roles=frozenset({Role.ADMIN}))
async def user_page(viewer: Viewer, login: str) -> None:
    try:
        detail = await calls.read(accounts.get, viewer.actor, login)
    except NotFound:
        _unknown(viewer, login)
        return
    teams = await calls.read(people.all_teams, viewer.actor)
    page = _UserPage(viewer, detail, teams)
    with frame(viewer, detail.account.name, current=PATH):
        headed_crumb(viewer, detail.account.name, (viewer.t("nav.users"), PATH))
        with el("div", "vg-pad vg-me") as page.root:
            page.draw()


def _unknown(viewer: Viewer, login: str) -> None:
    ui.context.client.status_code = 404
    title, sub = viewer.t("users.unknown"), viewer.t("users.unknown_sub", login=login[:64])
    with frame(viewer, title, current=PATH), empty_state(title, sub, heading="h1", classes="vg-empty--page"):
        link_button(viewer.t("users.all"), PATH, icon="arrow_back")


class _UserPage:
    def __init__(self, viewer: Viewer, detail: Detail, teams: tuple[TeamView, ...]) -> None:
        self.viewer, self.detail, self.teams = viewer, detail, teams
        self.login = detail.account.login
        self.root: Element

    @property
    def own(self) -> bool:
        return self.detail.account.id == self.viewer.user_id

    def draw(self) -> None:
        viewer, account = self.viewer, self.detail.account
        if not account.active:
            note(viewer.t("users.is_inactive"), icon="person_off")
        if self.detail.open and not account.active:
            self._waiting()
        self._who()
        self._access()
        TokensCard(viewer, self.login, self.detail.tokens, account.active)
        if self.detail.open and account.active:
            self._waiting()

    def _who(self) -> None:
        viewer, account, locale = self.viewer, self.detail.account, self.viewer.locale
        with card(viewer.t("users.identity"), icon="badge"), el("form", "vg-stack", novalidate=True) as form:
            fields: dict[str, Field] = {}
            with el("div", "vg-pair"):
                fields["name"] = text_field(
                    viewer.t("field.name"), locale=locale, value=account.name, required=True, max_length=NAME
                )
                fields["email"] = text_field(
                    viewer.t("field.email"), locale=locale, value=account.email or "", required=False, max_length=254
                )
            with el("div", "vg-pair"):
                teams = TeamChoice(viewer, self.teams, account.teams)
                fields["teams"] = teams.field
            roles = {role.value: viewer.t(f"role.{role}") for role in Role}
            hint = viewer.t("users.last_admin") if self.detail.last_admin else viewer.t("users.role_hint")
            fields["role"] = select_field(
                viewer.t("field.role"), roles, locale=locale, value=account.role.value, required=True, hint=hint
            )

            async def save() -> None:
                given = {name: fields[name].value for name in ("name", "email", "role")} | {"teams": teams.names}
                if await self._change(given, fields):
                    toast(viewer.t("users.saved"))

            with el("div", "vg-row"):
                save_it = button(viewer.t("action.save"), icon="check", kind="primary").props("type=submit")
        form.on("submit.prevent", once(save_it, save), [])

    def _access(self) -> None:
        viewer, detail = self.viewer, self.detail
        with card(viewer.t("users.access"), icon="key"), el("div", "vg-stack"):
            with el("dl", "vg-facts vg-facts--first"):
                for label, value in (
                    (viewer.t("field.login"), detail.account.login),
                    (viewer.t("users.since"), viewer.full_date(detail.created_at)),
                    (viewer.t("users.state.label"), viewer.t(f"users.state.{self._state()}")),
                    (viewer.t("second_factor.title"), self._second_factor()),
                ):
                    with el("div"):
                        el("dt", "", label)
                        el("dd", "", value)
            if self.own:
                el("p", "vg-soft", viewer.t("users.own"))
                return
            if detail.temporary:
                note(viewer.t("users.is_temporary"), icon="key")
            with el("div", "vg-row vg-row--wrap"):
                button(viewer.t("users.reset"), icon="lock_reset", on_click=self._ask_reset)
                if detail.second_factor is not None:
                    button(viewer.t("second_factor.reset"), icon="phonelink_erase", on_click=self._ask_second_factor)
                if detail.account.active:
                    button(
                        viewer.t("users.deactivate"), icon="person_off", kind="danger", on_click=self._ask_deactivate
                    )
                else:
                    button(viewer.t("users.activate"), icon="person_check", kind="primary", on_click=self._activate)

    def _second_factor(self) -> str:
        viewer, since = self.viewer, self.detail.second_factor
        return viewer.t("second_factor.since", at=viewer.full_date(since)) if since else viewer.t("second_factor.off")

    def _ask_second_factor(self) -> None:
        viewer, name = self.viewer, self.detail.account.name

        async def reset() -> None:
            await calls.perform(viewer, second_factor.reset, viewer.actor, self.login)
            self._again()

        self._confirm("second_factor.reset", "second_factor.reset_help", "second_factor.reset_now", reset, name=name)

    def _confirm(
        self, title: str, text: str, word: str, act: Callable[[], Awaitable[object]], /, **params: object
    ) -> Dialog:
        t, locale = self.viewer.t, self.viewer.locale
        with self.root:
            return confirmation(t(title, **params), t(text, **params), confirm=t(word), locale=locale, act=act)

    def _state(self) -> str:
        return "active" if self.detail.account.active else "inactive"

    def _waiting(self) -> None:
        viewer, detail = self.viewer, self.detail
        with card(viewer.t("users.waiting_title", n=detail.open), icon="crisis_alert"):
            if not detail.account.active:
                el("p", "vg-soft", viewer.t("users.waiting_help"))
            with el("ul", "vg-story"):
                for each in detail.waiting:
                    with el("li"):
                        el("a", "vg-link vg-mono", each.reference, href=f"/incidents/{each.reference}")
                        el("span", "", each.title)

    async def _change(self, given: dict[str, Any], fields: dict[str, Field]) -> bool:
        """Whether the account has the values; what is wrong is beside its field."""
        viewer = self.viewer
        try:
            await calls.write(accounts.change_account, viewer.actor, self.login, given)
        except Invalid as invalid:
            rest = show_errors(fields, i18n.field_sentences(invalid, viewer.locale))
            if rest:
                toast(" ".join(rest.values()), error=True)
            return False
        except DeskError as refusal:
            toast(i18n.error_sentence(refusal, viewer.locale), error=True)
            return False
        show_errors(fields, {})
        return True

    def _ask_reset(self) -> None:
        viewer, name = self.viewer, self.detail.account.name

        async def reset() -> None:
            password = await calls.perform(viewer, accounts.reset_password, viewer.actor, self.login)
            asked.close()
            if password is not None:
                with self.root:
                    title = viewer.t("users.temporary", name=name)
                    show_secret(viewer, title, viewer.t("users.temporary_help"), password, then=self._again)

        asked = self._confirm("users.reset", "users.reset_help", "users.reset_now", reset, name=name)

    def _ask_deactivate(self) -> None:
        viewer, detail = self.viewer, self.detail

        async def deactivate() -> None:
            if await self._change({"active": False}, {}):
                self._again()

        name = detail.account.name
        asked = self._confirm(
            "users.deactivate_title", "users.deactivate_help", "users.deactivate", deactivate, name=name
        )
        if detail.open:
            with asked:
                note(viewer.t("users.deactivate_open", n=detail.open), icon="crisis_alert")

    async def _activate(self) -> None:
        if await self._change({"active": True}, {}):
            self._again()

    def _again(self) -> None:
        ui.navigate.to(f"{PATH}/{self.login}")
