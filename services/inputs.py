"""Reading what people and machines send: every field that is wrong is named, all at once, and nothing is written.

form = Form()
title = form.line("title", title, max_length=200)
form.check()
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from services.errors import Invalid

Code = TypeVar("Code", bound=StrEnum)

TITLE = 200
BODY = 20_000
REASON = 2_000
NAME = 120

# C0 controls but tab and line ends, DEL, C1, lone surrogates, noncharacters, and what turns a line's direction
# round (a title must not be able to disguise itself).
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")
_LINE_ENDS = re.compile(r"\r\n?|\u2028|\u2029")


class Form:
    """Collects what is wrong, by field; `check` raises it together."""

    def __init__(self) -> None:
        self.errors: dict[str, str | tuple[str, Mapping[str, Any]]] = {}

    def wrong(self, field: str, code: str, **params: Any) -> None:
        """The first thing that is wrong with a field is the one that is told; `params` can be shown as they are."""
        shown = {name: _shown(value) if isinstance(value, str) else value for name, value in params.items()}
        self.errors.setdefault(field, (code, shown))

    def text(self, field: str, value: object, *, max_length: int, required: bool = True) -> str:
        """`value` with trimmed ends and \\n line ends; several lines."""
        if value is None:
            value = ""
        if not isinstance(value, str):
            self.wrong(field, "wrong_type")
            return ""
        cleaned = _LINE_ENDS.sub("\n", value).strip()
        if _FORBIDDEN.search(cleaned):
            self.wrong(field, "control_characters")
        elif required and not cleaned:
            self.wrong(field, "required")
        elif len(cleaned) > max_length:
            self.wrong(field, "too_long", max=max_length, length=len(cleaned))
        return cleaned

    def line(self, field: str, value: object, *, max_length: int, required: bool = True) -> str:
        """As `text`, on one line: a line end or tab becomes a space."""
        return re.sub(r"[\n\t]+", " ", self.text(field, value, max_length=max_length, required=required))

    def email(self, field: str, value: object, *, required: bool = False) -> str | None:
        """One e-mail address; None where nothing is given."""
        address = self.line(field, value, max_length=254, required=required)
        if address and not _EMAIL.fullmatch(address):
            self.wrong(field, "bad_email")
        return address or None

    def code(self, field: str, value: object, codes: type[Code]) -> Code | None:
        """The member of `codes` that `value` names; required."""
        if value in (None, ""):
            self.wrong(field, "required")
            return None
        return self.optional_code(field, value, codes)

    def optional_code(self, field: str, value: object, codes: type[Code], *, strict: bool = False) -> Code | None:
        """As `code`, where nothing given is no error; `strict`: an empty text is something, and no code."""
        if value is None or (value == "" and not strict):
            return None
        known = next((code for code in codes if code == value), None)
        if known is None:
            self.wrong(field, "unknown_value", known=", ".join(codes))
        return known

    def instant(self, field: str, value: object) -> datetime | None:
        """`value` in UTC, in whole seconds; it must be aware. Nothing given is no error."""
        if value is None:
            return None
        try:
            if isinstance(value, datetime) and value.tzinfo is not None:
                return value.astimezone(UTC).replace(microsecond=0)
        except OverflowError:  # beyond the years 1 to 9999 in UTC
            pass
        self.wrong(field, "wrong_type")
        return None

    def check(self) -> None:
        """Raises `Invalid` when anything was wrong."""
        if self.errors:
            raise Invalid(**self.errors)


def _shown(value: str) -> str:
    """Without what cannot be sent (lone surrogates) or would disguise itself."""
    return _FORBIDDEN.sub("\ufffd", value)


def required(value: Code | None) -> Code:
    """What `Form.check` has let pass is there."""
    assert value is not None
    return value
