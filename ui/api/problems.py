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

from services.errors import DatabaseUnavailable, DeskError, Invalid, NotFound, TooManyAttempts, Unauthenticated
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


class BadToken(Unauthenticated):
    """No token, or one that is unknown, revoked or expired, or whose account is."""

    code = "bad_token"


class MethodNotAllowed(DeskError):
    code = "method_not_allowed"
    status = 405


class TooLarge(DeskError):
    code = "too_large"
    status = 413


_STATUSES: dict[int, type[DeskError]] = {404: NotFound, 405: MethodNotAllowed}


def problem(error: Exception, locale: str) -> Response:
    """The answer to `error`, in `locale`. What is not a refusal is a bug: logged, and shown by its number."""
    refusal = _refusal(error)
    if refusal is None:
        number = error_number(error)
        return _answer(500, "internal", t("error.internal", locale, ref=number), {"reference": number}, {})
    params = {"errors": _errors(refusal, locale)} if isinstance(refusal, Invalid) else refusal.params
    sentence = error_sentence(refusal, locale)
    return _answer(refusal.status, refusal.code, sentence, params, _headers(error, refusal))


def _refusal(error: Exception) -> DeskError | None:
    match error:
        case Unauthenticated():
            return BadToken()
        case DeskError():
            return error
        case RequestValidationError():
            return _invalid(error.errors())
        case HTTPException() if error.status_code == HTTPStatus.BAD_REQUEST:  # not JSON, or nested beyond reading
            return Invalid(body="malformed")
        case HTTPException():
            return _STATUSES.get(error.status_code, DeskError)()
    return None


def _headers(error: Exception, refusal: DeskError) -> Mapping[str, str]:
    match refusal:
        case Unauthenticated():
            return {"WWW-Authenticate": 'Bearer realm="Vigie"'}
        case TooManyAttempts() | DatabaseUnavailable():
            return {"Retry-After": str(refusal.params["retry_after"])}
    return getattr(error, "headers", None) or {}


def _answer(status: int, code: str, detail: str, params: Mapping[str, Any], headers: Mapping[str, str]) -> Response:
    fixed = {
        "type": f"urn:vigie:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
    }
    content = fixed | dict(params) | fixed  # no parameter of a refusal stands in for these
    # A lone surrogate that somebody sent as the name of a field must not break the answer that refuses it.
    body = json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")
    return Response(body, status, headers, MEDIA_TYPE)


def _errors(invalid: Invalid, locale: str) -> list[dict[str, str]]:
    sentences = field_sentences(invalid, locale)
    return [
        {"field": field, "code": code, "detail": sentences[field]}
        for field, (code, _) in list(invalid.errors.items())[:MOST_ERRORS]
    ]


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
