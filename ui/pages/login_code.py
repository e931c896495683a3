"""`/login/code`: the second step of signing in. The password was right; nothing is open yet."""

from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from services import i18n
from ui.declare import door_page
from ui.door.page import draw
from ui.pages.login import languages, look_of, refusal_of
from ui.session import CODE_PAGE, Visitor, front, remember_language, safe_next, ticket_of


@door_page(CODE_PAGE)
async def code_page(visitor: Visitor, request: Request) -> Response:
    asked, locale = request.query_params, visitor.locale
    wanted, recovery = safe_next(asked.get("next") or front(request)), bool(asked.get("recovery"))
    back = f"/login?{urlencode({'next': wanted, **look_of(asked)})}"
    if not ticket_of(request):
        return RedirectResponse(back, 303)
    app = {"next": wanted, **look_of(asked)}
    own = {**app, "recovery": "1"}
    here = own if recovery else app
    answer = draw(
        "code",
        i18n.t("second_step.title", locale),
        locale=locale,
        look=visitor.theme,
        refusal=refusal_of(asked, locale),
        wanted=wanted,
        recovery=recovery,
        other_way=f"{CODE_PAGE}?{urlencode(app if recovery else own)}",
        back=back,
        addresses=languages(lambda other: f"{CODE_PAGE}?{urlencode({'lang': other, **here})}"),
    )
    remember_language(answer, asked.get("lang"))
    return answer
