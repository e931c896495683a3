"""`/login`: a plain HTML form to `POST /session`; every password manager knows it, and it needs no websocket."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from fastapi import Response
from fastapi.responses import RedirectResponse
from nicegui import ui

from services import i18n
from services.errors import TooManyAttempts, Unauthenticated
from ui.components.language_switch import language_switch
from ui.components.password_input import PasswordInput
from ui.elements import el, icon, note
from ui.session import Visitor, front, is_set_up, open_page, safe_next, secret_of, signed_in
from ui.shell import bare, brand
from ui.theme import asset

LOGIN_MAX = 64


@open_page("/login")
async def login_page(visitor: Visitor) -> Response | None:
    request = ui.context.client.request
    if not await is_set_up():
        return RedirectResponse("/setup", 303)
    asked = request.query_params
    wanted = safe_next(asked.get("next") or front(request))
    try:
        await signed_in(request)
        return RedirectResponse(wanted, 303)
    except Unauthenticated:
        pass
    with door(visitor, i18n.t("login.title", visitor.locale)):
        _form(visitor, asked, wanted, ended=secret_of(request) is not None)
    return None


@contextmanager
def door(visitor: Visitor, title: str) -> Iterator[None]:
    """A page before anybody is in: the block fills the column of the form, the lighthouse stands beside it."""
    with bare(title, locale=visitor.locale, theme=visitor.theme, zone=visitor.zone, classes="vg-auth"):
        with el("div", "vg-auth__form"), el("div", "vg-auth__box"):
            brand(visitor.locale, large=True)
            yield
        with el("aside", "vg-auth__art"):
            el("img", "", src=asset("lighthouse.svg"), alt="")
            el("p", "vg-auth__headline", i18n.t("login.headline", visitor.locale))
            el("p", "vg-auth__lead", i18n.t("login.lead", visitor.locale))


def _form(visitor: Visitor, asked: Mapping[str, str], wanted: str, *, ended: bool) -> None:
    locale = visitor.locale
    login = asked.get("login", "")[:LOGIN_MAX]
    el("h1", "vg-h1", i18n.t("login.title", locale))
    wrong = show_refusal(asked, locale)
    if ended and not wrong:
        note(i18n.t("login.session_ended", locale), icon="schedule", role="status")
    with el("form", "vg-stack", method="post", action="/session"):
        el("input", "", type="hidden", name="next", value=wanted)
        with el("div", "vg-field"):
            el("label", "vg-field__label", i18n.t("field.login", locale), for_="login")
            el(
                "input",
                "vg-input",
                id="login",
                name="login",
                type="text",
                defaultValue=login,
                autocomplete="username",
                autocapitalize="none",
                spellcheck="false",
                maxlength=LOGIN_MAX,
                required=True,
                autofocus=not login or None,
                **wrong,
            )
        with el("div", "vg-field"):
            el("label", "vg-field__label", i18n.t("field.password", locale), for_="password")
            PasswordInput(
                locale=locale,
                id="password",
                name="password",
                autocomplete="current-password",
                required=True,
                autofocus=True if login else None,
                **wrong,
            )
        with el("label", "vg-tick"):
            el("input", "", type="checkbox", name="remember", value="1")
            el("span", "", i18n.t("login.remember", locale))
        with el("button", "vg-btn vg-btn--primary vg-btn--wide vg-btn--xl", type="submit"):
            el("span", "", i18n.t("action.login", locale))
    with el("div", "vg-auth__foot"):
        with el("details", "vg-auth__forgot"):
            with el("summary"):
                icon("help", "vg-icon--s")
                el("span", "", i18n.t("login.forgot", locale))
            el("p", "", i18n.t("login.forgot_help", locale))
        language_switch(locale, lambda other: f"/login?{urlencode({'lang': other, 'next': wanted})}")
    with el("p", "vg-muted"):
        el("a", "vg-link", i18n.t("login.wall", locale), href="/wall")


def show_refusal(asked: Mapping[str, str], locale: str) -> dict[str, Any]:
    """What was refused stands there, if anything was; returned is what points a field at it."""
    refusal = _refusal_of(asked, locale)
    if not refusal:
        return {}
    note(refusal, icon="error", kind="error", role="alert").props("id=login-refusal")
    return {"aria_invalid": True, "aria_describedby": "login-refusal"}


def _refusal_of(asked: Mapping[str, str], locale: str) -> str:
    """What `ui.sign_in` said when it sent the visitor back."""
    match asked.get("error"):
        case "code_late":
            return i18n.t("second_step.late", locale)
        case "bad_credentials" | "bad_code" as code:
            sentence, left = i18n.t(f"error.{code}", locale), asked.get("left", "")
            return f"{sentence} {i18n.t('login.left', locale, n=int(left))}" if left in set("01234") else sentence
        case "too_many_attempts":
            wait = asked.get("retry_after", "")
            seconds = int(wait) if wait.isascii() and wait.isdigit() and len(wait) < 6 else 60
            return i18n.error_sentence(TooManyAttempts(retry_after=seconds), locale)
    return ""
