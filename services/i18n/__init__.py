"""The words of the screens, the API's sentences and the way times are written, in French and in English.

`fr.toml` is the source, `en.toml` has the same keys (kept by a test). Pure: no session, no clock.
"""

from services.i18n.catalog import LOCALES, labels, t, typeset
from services.i18n.sentences import error_sentence, field_sentences
from services.i18n.sizes import file_size
from services.i18n.times import (
    age,
    ago,
    clock_time,
    day_date,
    duration,
    full_date,
    instant,
    minutes_of_day,
    opening_hours,
    stamp,
    target,
)

__all__ = [
    "LOCALES",
    "age",
    "ago",
    "clock_time",
    "day_date",
    "duration",
    "error_sentence",
    "field_sentences",
    "file_size",
    "full_date",
    "instant",
    "labels",
    "minutes_of_day",
    "opening_hours",
    "stamp",
    "t",
    "target",
    "typeset",
]
