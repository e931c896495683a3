"""A bug gets a number: people see it, the log has it beside the traceback. Nobody sees the text of an exception."""

import logging
import secrets

from services.errors import DeskError
from services.i18n import error_sentence, t
from ui.components.toasts import toast

log = logging.getLogger("vigie.faults")

_NUMBER = "_vigie_error_number"


def error_number(exception: BaseException) -> str:
    """The number of this exception, which is logged with its traceback the first time that it is asked for."""
    number: str | None = getattr(exception, _NUMBER, None)
    if number is None:
        number = secrets.token_hex(4).upper()
        setattr(exception, _NUMBER, number)
        log.error("error %s", number, exc_info=exception)
    return number


def tell(exception: Exception, locale: str) -> None:
    """The page of the current client says what a handler of it ran into: the refusal's sentence, or a bug's number.

    What has a number already is what the whole page is about.
    """
    if hasattr(exception, _NUMBER):
        return
    if isinstance(exception, DeskError):
        toast(error_sentence(exception, locale), error=True)
    else:
        toast(t("error.internal", locale, ref=error_number(exception)), error=True)
