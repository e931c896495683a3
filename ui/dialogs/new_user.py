"""A new account: who, which role, which teams; the password is made by Vigie or chosen here."""

from collections.abc import Callable, Sequence

from data.vocabulary import Role
from services import i18n, people
from services.accounts import temporary_password
from services.errors import DeskError, Invalid
from services.inputs import NAME
from services.people import PASSWORD_MIN
from services.views import TeamView
from ui import calls
from ui.components.copy_button import copy_button
from ui.components.team_choice import TeamChoice
from ui.components.toasts import toast
from ui.dialog import Dialog
from ui.elements import button, el
from ui.fields import Field, password_field, select_field, show_errors, text_field
from ui.viewer import Viewer


class NewUserDialog:
    """`done` gets the login once the account exists and its password has been read."""

    def __init__(self, viewer: Viewer, teams: Sequence[TeamView], done: Callable[[str], None]) -> None:
        self._viewer, self._done = viewer, done
        locale, t = viewer.locale, viewer.t
        self._dialog = Dialog(t("users.new"), t("users.new_help"), locale=locale, width=680)
        with self._dialog, el("div", "vg-stack"):
            with el("div", "vg-pair"):
                self._fields: dict[str, Field] = {
                    "name": text_field(t("field.name"), locale=locale, required=True, max_length=NAME, autofocus=True),
                    "login": text_field(
                        t("field.login"), locale=locale, required=True, max_length=64, autocomplete="off"
                    ),
                }
            with el("div", "vg-pair"):
                self._fields["email"] = text_field(
                    t("field.email"), locale=locale, required=False, max_length=254, autocomplete="off"
                )
                roles = {role.value: t(f"role.{role}") for role in Role}
                self._fields["role"] = select_field(
                    t("field.role"), roles, locale=locale, value=Role.TECHNICIAN.value, required=True
                )
            with el("div", "vg-pair"):
                self._teams = TeamChoice(viewer, teams)
                self._fields["teams"] = self._teams.field
            self._fields["password"] = password_field(
                t("field.password"),
                locale=locale,
                autocomplete="new-password",
                required=False,
                hint=t("users.password_hint", min=PASSWORD_MIN),
            )
        with self._dialog.foot:
            button(t("action.cancel"), kind="quiet", on_click=self._dialog.close)
            button(t("users.create"), icon="check", kind="primary", submit=True, on_click=self._save)

    def open(self) -> None:
        """The dialog is in front of the page."""
        self._dialog.open()

    async def _save(self) -> None:
        viewer, fields = self._viewer, self._fields
        given = {name: fields[name].value for name in ("name", "login", "email", "role")}
        chosen = fields["password"].value
        password = chosen or temporary_password()
        try:
            account = await calls.write(
                people.create_user,
                viewer.actor,
                **given,
                teams=self._teams.names,
                password=password,
                temporary=True,
            )
        except Invalid as invalid:
            rest = show_errors(fields, i18n.field_sentences(invalid, viewer.locale))
            if rest:
                toast(" ".join(rest.values()), error=True)
            return
        except DeskError as refusal:
            toast(i18n.error_sentence(refusal, viewer.locale), error=True)
            return
        self._dialog.close()
        if chosen:
            self._done(account.login)
        else:
            show_secret(
                viewer,
                viewer.t("users.temporary", name=account.name),
                viewer.t("users.temporary_help"),
                password,
                then=lambda: self._done(account.login),
            )


def show_secret(viewer: Viewer, title: str, help_text: str, secret: str, *, then: Callable[[], None]) -> None:
    """What is told this once is in front of the page; `then` follows once it is closed, however it is."""
    dialog = Dialog(title, help_text, locale=viewer.locale)
    with dialog, el("div", "vg-row vg-secretline"):
        el("code", "vg-mono vg-told__secret vg-grow", secret)
        copy_button(viewer.t("users.copy"), secret, lambda: toast(viewer.t("users.copied")))
    with dialog.foot:
        button(viewer.t("users.noted"), kind="primary", on_click=dialog.close)
    dialog.then(then)
    dialog.open()
