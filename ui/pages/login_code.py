"""`/login/code`: the second step of signing in. The password was right; nothing is open yet."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import Response
from fastapi.responses import RedirectResponse
from nicegui import ui

from services import i18n
from ui.components.language_switch import language_switch
from ui.elements import el, icon
from ui.pages.login import door, show_refusal
from ui.session import CODE_PAGE, Visitor, front, open_page, safe_next, ticket_of


@open_page(CODE_PAGE)
async def code_page(visitor: Visitor) -> Response | None:
    request = ui.context.client.request
    asked = request.query_params
    wanted = safe_next(asked.get("next") or front(request))
    if not ticket_of(request):
        return RedirectResponse(f"/login?{urlencode({'next': wanted})}", 303)
    with door(visitor, i18n.t("second_step.title", visitor.locale)):
        _form(visitor.locale, asked, wanted, recovery=bool(asked.get("recovery")))
    return None


def _form(locale: str, asked: Mapping[str, str], wanted: str, *, recovery: bool) -> None:
    kind = "recovery" if recovery else "app"
    typed: dict[str, Any] = (
        {"autocomplete": "off", "autocapitalize": "none", "maxlength": 16}
        if recovery
        else {"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 8}
    )
    with el("div"):
        el("h1", "vg-h1", i18n.t("second_step.title", locale))
        el("p", "vg-soft", i18n.t(f"second_step.{kind}_help", locale))
    wrong = show_refusal(asked, locale)
    with el("form", "vg-stack", method="post", action="/session/code"):
        el("input", "", type="hidden", name="next", value=wanted)
        if recovery:
            el("input", "", type="hidden", name="recovery", value="1")
        with el("div", "vg-field"):
            el("label", "vg-field__label", i18n.t(f"second_step.{kind}_code", locale), for_="code")
            el(
                "input",
                "vg-input vg-code",
                id="code",
                name="code",
                type="text",
                spellcheck="false",
                required=True,
                autofocus=True,
                **typed,
                **wrong,
            )
        with el("button", "vg-btn vg-btn--primary vg-btn--wide vg-btn--xl", type="submit"):
            el("span", "", i18n.t("action.login", locale))
    other = {"next": wanted} if recovery else {"next": wanted, "recovery": "1"}
    with el("div", "vg-stack vg-stack--s"):
        with el("a", "vg-link vg-auth__way", href=f"{CODE_PAGE}?{urlencode(other)}"):
            icon("smartphone" if recovery else "key", "vg-icon--s")
            el("span", "", i18n.t(f"second_step.use_{'app' if recovery else 'recovery'}", locale))
        with el("a", "vg-link vg-auth__way", href=f"/login?{urlencode({'next': wanted})}"):
            icon("arrow_back", "vg-icon--s")
            el("span", "", i18n.t("second_step.back", locale))
    with el("div", "vg-auth__foot"):
        with el("details", "vg-auth__forgot"):
            with el("summary"):
                icon("help", "vg-icon--s")
                el("span", "", i18n.t("second_step.lost", locale))
            el("p", "", i18n.t("second_step.lost_help", locale))
        here = {"next": wanted} | ({"recovery": "1"} if recovery else {})
        language_switch(locale, lambda language: f"{CODE_PAGE}?{urlencode({'lang': language, **here})}")
