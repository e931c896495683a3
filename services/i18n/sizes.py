"""Sizes of files in words."""

from services.i18n.catalog import t

_UNITS = (("gb", 2**30, 1), ("mb", 2**20, 1), ("kb", 2**10, 0))


def file_size(size: int, locale: str) -> str:
    """`size` in bytes as people say it: « 1,2 Mo »; at least a tenth of a kilobyte."""
    unit, by, digits = next(each for each in _UNITS if size >= each[1] or each is _UNITS[-1])
    text = f"{max(size / by, 1 if unit == 'kb' else 0):.{digits}f}".removesuffix(".0")
    return t(f"unit.{unit}", locale, n=text.replace(".", "," if locale == "fr" else "."))
