"""What a refusal says, in the reader's language."""

from collections.abc import Mapping

from services.errors import DeskError, Forbidden, Invalid, TransitionRefused
from services.i18n.catalog import has, t
from services.i18n.times import span

_DURATIONS = ("seconds", "retry_after")


def error_sentence(error: DeskError, locale: str) -> str:
    """The sentence of `error`; of an invalid input it is the general one, `field_sentences` has the rest.

    Codes among the parameters (an action, a status, a reason) become words, seconds become a duration, and an
    unknown `by` becomes « Quelqu’un ».
    """
    params = {"by": t("error.somebody", locale)} | {k: v for k, v in error.params.items() if v is not None}
    for name in _DURATIONS:
        if isinstance(params.get(name), int | float):
            params[name] = span(params[name], locale)
    if isinstance(error, TransitionRefused):
        params["action"] = t(f"action.{params['action']}", locale)
        params["current"] = t(f"status.{params['current']}", locale)
        params["reason"] = t(f"refusal.{params['reason']}", locale, **params)
    if isinstance(error, Forbidden) and "reason" in params:
        key = f"refusal.{params['reason']}"
    else:  # a plain Refused may carry one of the workflow's reasons as its code
        key = f"error.{error.code}" if has(f"error.{error.code}", locale) else f"refusal.{error.code}"
    sentence = t(key, locale, **params)
    return sentence[:1].upper() + sentence[1:]


def field_sentences(error: Invalid, locale: str) -> dict[str, str]:
    """Field name → what is wrong with it, to be shown beside the field."""
    return {field: _field_sentence(code, params, locale) for field, (code, params) in error.errors.items()}


def _field_sentence(code: str, params: Mapping[str, object], locale: str) -> str:
    return t(f"invalid.{code}", locale, **params)
