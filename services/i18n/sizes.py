"""Sizes of files in words."""

from services.i18n.catalog import t


def file_size(size: int, locale: str) -> str:
    """`size` in bytes as people say it: « 1,2 Mo »; at least a tenth of a kilobyte."""
    unit, by, digits = ("mb", 2**20, 1) if size >= 2**20 else ("kb", 2**10, 0)
    text = f"{max(size / by, 1 if unit == 'kb' else 0):.{digits}f}".removesuffix(".0")
    return t(f"unit.{unit}", locale, n=text.replace(".", "," if locale == "fr" else "."))
