"""`/login`: a plain HTML form to `POST /session`; every password manager knows it, and it needs no script."""

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from services import i18n
from services.errors import TooManyAttempts, Unauthenticated
from ui.components.language_switch import NAMES
from ui.declare import door_page
from ui.door.page import draw
from ui.session import Visitor, front, remember_language, safe_next, secret_of, signed_in
from ui.viewer import THEMES

LOGIN_MAX = 64


@door_page("/login")
async def login_page(visitor: Visitor, request: Request) -> Response:
    asked, locale = request.query_params, visitor.locale
    wanted = safe_next(asked.get("next") or front(request))
    try:
        await signed_in(request)
        return RedirectResponse(wanted, 303)
    except Unauthenticated:
        pass
    answer = draw(
        "login",
        i18n.t("login.title", locale),
        locale=locale,
        look=visitor.theme,
        refusal=refusal_of(asked, locale),
        ended=secret_of(request) is not None,
        wanted=wanted,
        login=asked.get("login", "")[:LOGIN_MAX],
        login_max=LOGIN_MAX,
        addresses=languages(lambda other: f"/login?{urlencode({'lang': other, 'next': wanted, **look_of(asked)})}"),
    )
    remember_language(answer, asked.get("lang"))
    return answer


def languages(address: Callable[[str], str]) -> list[tuple[str, str, str]]:
    """Each language with its name and where it leads."""
    return [(language, name, address(language)) for language, name in NAMES.items()]


def look_of(asked: Mapping[str, str]) -> dict[str, str]:
    """The theme that the address wishes for, for the addresses that follow it."""
    return {"theme": asked["theme"]} if asked.get("theme") in THEMES else {}


def refusal_of(asked: Mapping[str, str], locale: str) -> str:
    """What `ui.sign_in` said when it sent the visitor back; empty when it said nothing."""
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
