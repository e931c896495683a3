"""`/me`: one's own account: who one is here, language and theme, password, sessions."""

from contextlib import suppress

from nicegui import ui

from data.vocabulary import NotificationKind, Role
from services import i18n, people, second_factor, sessions
from services.errors import DeskError, Invalid
from services.notifications import choices, inbox
from services.people import PASSWORD_MIN
from services.views import AccountView
from ui import calls
from ui.components.badge import avatar
from ui.components.choice import ChoiceField, Option
from ui.components.second_factor import enrolment_card, second_factor_card
from ui.components.toasts import toast
from ui.components.told_choices import told_choices
from ui.declare import EVERYBODY, desk_page
from ui.elements import button, card, el, note, once
from ui.fields import Field, checkbox, password_field, show_errors
from ui.shell import frame, home_of, page_header, prefer
from ui.viewer import THEMES, Viewer

LANGUAGES = {"fr": "Français", "en": "English"}
THEME_ICONS = {"light": "light_mode", "dark": "dark_mode", "auto": "contrast"}


@desk_page("/me", roles=EVERYBODY)
async def me_page(viewer: Viewer) -> None:
    account = await calls.read(people.me, viewer.actor)
    factor = await calls.read(second_factor.mine, viewer.actor)
    title = viewer.t("me.title")
    if account.temporary or (factor.required and factor.since is None):
        await _first(viewer, account, title)
        return
    chosen = await calls.read(choices.mine, viewer.actor)
    with frame(viewer, title, current="/me"):
        page_header(title)
        with el("div", "vg-pad vg-me"):
            _who(viewer, account)
            _display(viewer)
            told_choices(viewer, chosen)
            _password(viewer)
            second_factor_card(viewer, factor)
            _sessions(viewer)

    async def mark_read() -> None:
        with suppress(DeskError):
            await calls.write(inbox.mark_read, viewer.actor, kind=NotificationKind.ACCOUNT)

    ui.context.client.on_connect(mark_read)


async def _first(viewer: Viewer, account: AccountView, title: str) -> None:
    """What has to be seen to before anything else: a password of one's own, a second factor that is required."""
    offer = None if account.temporary else await calls.read(second_factor.offer, viewer.actor)
    with frame(viewer, title, current="/me"):
        page_header(title)
        with el("div", "vg-pad vg-me"):
            if offer is None:
                note(viewer.t("me.temporary"), icon="key", role="status")
                _password(viewer, then=home_of(viewer))
            else:
                note(viewer.t("second_factor.first"), icon="phonelink_lock", role="status")
                enrolment_card(viewer, offer, lambda: ui.navigate.to(home_of(viewer)))


def _who(viewer: Viewer, account: AccountView) -> None:
    with card(classes="vg-me__who"):
        with el("div", "vg-row"):
            avatar(viewer.person, size=48)
            with el("div"):
                el("h2", "vg-h2", account.name)
                el("p", "vg-muted", viewer.t(f"role.{account.role}"))
        with el("dl", "vg-facts"):
            for label, value in (("field.login", account.login), ("field.email", account.email or "—")):
                with el("div"):
                    el("dt", "", viewer.t(label))
                    el("dd", "", value)
            if account.role is not Role.REQUESTER:
                with el("div"):
                    el("dt", "", viewer.t("field.teams"))
                    with el("dd", "vg-row vg-row--wrap"):
                        for team in account.teams:
                            avatar(team, size=22)
                            el("span", "", team.name)
                        if not account.teams:
                            el("span", "", viewer.t("field.no_team"))


def _display(viewer: Viewer) -> None:
    languages = [Option(language, name) for language, name in LANGUAGES.items()]
    themes = [Option(theme, viewer.t(f"me.theme_{theme}"), icon=THEME_ICONS[theme]) for theme in THEMES]
    with card(viewer.t("me.display"), icon="palette"), el("div", "vg-stack"):
        ChoiceField(
            viewer.t("nav.language"),
            languages,
            locale=viewer.locale,
            value=viewer.locale,
            required=True,
            on_change=lambda event: prefer(viewer, locale=event.value),
        )
        ChoiceField(
            viewer.t("nav.theme"),
            themes,
            locale=viewer.locale,
            value=viewer.theme,
            required=True,
            on_change=lambda event: prefer(viewer, theme=event.value),
        )
        with el("div"):
            checkbox(
                viewer.t("me.single_keys"),
                value=viewer.single_keys,
                on_change=lambda event: prefer(viewer, single_keys=bool(event.value)),
            )
            el("p", "vg-muted vg-me__hint", viewer.t("me.single_keys_help"))


def _password(viewer: Viewer, *, then: str | None = None) -> None:
    with card(viewer.t("field.password"), icon="key"), el("form", "vg-stack", novalidate=True) as form:
        # Password managers look for the login beside a new password.
        el(
            "input",
            "vg-sr",
            type="text",
            value=viewer.login,
            autocomplete="username",
            readonly=True,
            tabindex=-1,
            aria_label=viewer.t("field.login"),
        )
        with el("div", "vg-pair"):
            fields: dict[str, Field] = {
                "current": password_field(viewer.t("me.current_password"), locale=viewer.locale),
                "password": password_field(
                    viewer.t("me.new_password"),
                    locale=viewer.locale,
                    autocomplete="new-password",
                    hint=viewer.t("setup.password_help", min=PASSWORD_MIN),
                ),
            }

        async def change() -> None:
            try:
                await calls.write(
                    sessions.change_password,
                    viewer.actor,
                    current=fields["current"].value or "",
                    password=fields["password"].value or "",
                )
            except Invalid as invalid:
                show_errors(fields, i18n.field_sentences(invalid, viewer.locale))
                return
            except DeskError as refusal:
                toast(i18n.error_sentence(refusal, viewer.locale), error=True)
                return
            if then:
                ui.navigate.to(then)
                return
            show_errors(fields, {})
            for field in fields.values():
                field.value = ""
            toast(viewer.t("me.password_changed"))

        change_it = button(viewer.t("me.change_password")).props("type=submit")
    form.on("submit.prevent", once(change_it, change), [])


def _sessions(viewer: Viewer) -> None:
    async def leave() -> None:
        # This page, which has lost its session too, is led to the login page.
        await calls.perform(viewer, sessions.sign_out_everywhere, viewer.actor)

    with card(viewer.t("me.sessions"), icon="devices"), el("div", "vg-stack vg-stack--s vg-me__sessions"):
        el("p", "vg-soft", viewer.t("me.sessions_help"))
        button(viewer.t("me.sign_out_everywhere"), icon="logout", on_click=leave)
