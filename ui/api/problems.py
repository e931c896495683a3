"""Every refusal as problem+json (RFC 9457): {type, title, status, detail, code, …parameters}.

`detail` is a sentence for people in their language, `code` is what a script compares. An invalid input has `errors`:
[{field, code, detail}], whether the shape was wrong (pydantic) or the content (services). A bug shows its number only.
"""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.errors import DeskError, Invalid, TooManyAttempts, Unauthenticated
from services.i18n import error_sentence, field_sentences, t
from ui.faults import error_number

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 100

# What pydantic calls a fault → our code below `invalid.`; anything else has the wrong type.
_FAULTS = {
    "missing": "required",
    "extra_forbidden": "extra",
    "invalid_key": "extra",
    "string_unicode": "control_characters",
    "json_invalid": "malformed",
    "too_long": "too_many",
}
_STATUSES = {404: ("not_found", "api.no_such_call"), 405: ("method_not_allowed", "api.method_not_allowed")}


def problem(error: Exception, locale: str) -> Response:
    """The answer to `error`, in `locale`. What is not a refusal is a bug: logged, and shown by its number."""
    match error:
        case RequestValidationError():
            return problem(_invalid(error.errors()), locale)
        case HTTPException(status_code=400):  # a body that is not JSON at all, or nested beyond reading
            return problem(Invalid(body="malformed"), locale)
        case HTTPException(status_code=413):
            return _answer(413, "too_large", t("api.too_large", locale), {})
        case HTTPException():
            code, key = _STATUSES.get(error.status_code, ("error", "error.error"))
            return _answer(error.status_code, code, t(key, locale), {}, error.headers)
        case Invalid():
            sentences = field_sentences(error, locale)
            errors = [
                {"field": field, "code": code, "detail": sentences[field]}
                for field, (code, _) in list(error.errors.items())[:MOST_ERRORS]
            ]
            return _answer(error.status, error.code, error_sentence(error, locale), {"errors": errors})
        case Unauthenticated():
            headers = {"WWW-Authenticate": 'Bearer realm="Vigie"'}
            return _answer(error.status, error.code, t("api.bad_token", locale), {}, headers)
        case TooManyAttempts():
            headers = {"Retry-After": str(error.params["retry_after"])}
            return _answer(error.status, error.code, error_sentence(error, locale), error.params, headers)
        case DeskError():
            return _answer(error.status, error.code, error_sentence(error, locale), error.params)
    number = error_number(error)
    return _answer(500, "internal", t("error.internal", locale, ref=number), {"reference": number})


def _answer(
    status: int, code: str, detail: str, params: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> Response:
    content = {
        **params,
        "type": f"urn:vigie:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
    }
    # A lone surrogate that somebody sent as the name of a field must not break the answer that refuses it.
    body = json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")
    return Response(body, status, headers, MEDIA_TYPE)


def _invalid(faults: Sequence[Mapping[str, Any]]) -> Invalid:
    errors: dict[str, Any] = {}
    for fault in faults:
        code = _FAULTS.get(fault["type"], "wrong_type")
        if fault.get("input", ...) is None and code == "wrong_type":
            code = "required"
        params = {"max": fault["ctx"]["max_length"]} if code == "too_many" else {}
        errors.setdefault(_field(fault), (code, params))
    return Invalid(**errors)


def _field(fault: Mapping[str, Any]) -> str:
    """The path of the field within body, query or headers: "clients.0.id"; "body" for the body as a whole."""
    where, *path = fault["loc"]
    if not path or fault["type"] == "json_invalid":
        return str(where)
    return ".".join(str(part)[:80] for part in path)
