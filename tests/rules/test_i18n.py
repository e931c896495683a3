"""The catalogs are complete and typographically right; times are written as the design says."""

import re
from datetime import UTC, datetime, timedelta
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from data import vocabulary
from services import errors, i18n
from services.i18n.catalog import NO_BREAK

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
FRENCH = i18n.labels("fr", "")
ENGLISH = i18n.labels("en", "")


def plain(text: str) -> str:
    return text.replace(NO_BREAK, " ")


def parameters(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_catalogs_have_the_same_keys() -> None:
    assert FRENCH.keys() == ENGLISH.keys()


def test_both_catalogs_ask_for_the_same_parameters() -> None:
    differing = {key for key in FRENCH if parameters(FRENCH[key]) != parameters(ENGLISH[key])}
    assert differing == set()


def test_french_never_lets_a_line_break_before_its_high_punctuation() -> None:
    assert [text for text in FRENCH.values() if re.search(r" [:;!?»%]|« ", text)] == []


def test_no_text_has_a_typewriter_apostrophe_or_quote() -> None:
    assert [text for text in [*FRENCH.values(), *ENGLISH.values()] if re.search(r"['\"]", text)] == []


def test_one_thing_has_one_word() -> None:
    """« dispatcher », « raison »; “username”, “deactivated”, “report an incident”, “turn on”."""
    others = {
        "fr": r"\b(répartiteur|motif)",
        "en": r"\b((?<!{)logins?(?!})|disabled|declare[ds]?|switch(ed)? (on|off) two)\b",
    }
    catalogs = {"fr": FRENCH, "en": ENGLISH}
    assert [
        text for locale, word in others.items() for text in catalogs[locale].values() if re.search(word, text)
    ] == []


def test_a_size_stays_on_one_line() -> None:
    assert i18n.t("unit.mb", "fr", n=20) == f"20{NO_BREAK}Mo"
    assert i18n.t("unit.kb", "en", n=20) == f"20{NO_BREAK}kB"


def test_every_code_of_the_field_has_its_word() -> None:
    """B5: one stored code, one label for each language."""
    areas = {
        "status": vocabulary.Status,
        "action": vocabulary.Action,
        "priority": vocabulary.Priority,
        "severity": vocabulary.Severity,
        "impact": vocabulary.Impact,
        "category": vocabulary.Category,
        "source": vocabulary.Source,
        "resolution": vocabulary.ResolutionCode,
        "hold_reason": vocabulary.HoldReason,
        "mode": vocabulary.EscalationMode,
        "role": vocabulary.Role,
        "visibility": vocabulary.Visibility,
    }
    missing = [f"{area}.{code}" for area, codes in areas.items() for code in codes if f"{area}.{code}" not in FRENCH]
    assert missing == []


def test_an_unknown_key_is_an_error_and_never_a_blank() -> None:
    with pytest.raises(KeyError):
        i18n.t("status.sleeping", "fr")
    with pytest.raises(KeyError):
        i18n.t("status.new", "de")
    with pytest.raises(KeyError):
        i18n.t("state.404_sub", "fr")


def test_the_number_follows_each_language() -> None:
    assert plain(i18n.t("board.results", "fr", n=0)) == "0 incident"
    assert plain(i18n.t("board.results", "fr", n=2)) == "2 incidents"
    assert plain(i18n.t("board.results", "en", n=0)) == "0 incidents"
    assert plain(i18n.t("board.results", "en", n=1)) == "1 incident"


@pytest.mark.parametrize(
    ("seconds", "french", "english"),
    [
        (0, "0 s", "0s"),
        (552, "9 min 12 s", "9m 12s"),
        (600, "10 min", "10 min"),
        (2700, "45 min", "45 min"),
        (13_320, "3 h 42", "3h 42m"),
        (172_799, "47 h 59", "47h 59m"),
        (187_200, "2 j 4 h", "2d 4h"),
        (-1500, "\u221225 min", "\u221225 min"),
    ],
)
def test_a_duration_has_at_most_two_units(seconds: int, french: str, english: str) -> None:
    assert plain(i18n.duration(seconds, "fr")) == french
    assert plain(i18n.duration(seconds, "en")) == english
    assert " " not in i18n.duration(seconds, "fr") + i18n.duration(seconds, "en")


def test_a_target_is_said_in_hours() -> None:
    assert plain(i18n.target(72 * 3600, "fr")) == "72 h"
    assert plain(i18n.target(5400, "fr")) == "1 h 30"
    assert plain(i18n.target(5400, "en")) == "1h 30m"


def test_an_age_has_one_unit() -> None:
    assert [plain(i18n.age(s, "fr")) for s in (59, 840, 11_000, 90_000)] == ["< 1 min", "14 min", "3 h", "1 j"]
    assert plain(i18n.ago(NOW - timedelta(minutes=14), "fr", NOW)) == "il y a 14 min"
    assert i18n.ago(NOW, "en", NOW) == "just now"


def test_an_instant_says_only_what_the_reader_cannot_guess() -> None:
    def at(*when: int) -> str:
        return plain(i18n.instant(datetime(*when, tzinfo=UTC), "fr", PARIS, NOW))  # type: ignore[arg-type]

    assert at(2026, 11, 23, 13, 32) == "14:32"
    assert at(2026, 11, 22, 13, 32) == "22 nov. 14:32"
    assert at(2025, 12, 31, 23, 30) == "1er janv. 00:30"
    assert at(2025, 12, 1, 11, 0) == "1er déc. 2025 12:00"
    assert i18n.full_date(datetime(2026, 12, 1, 13, 32, tzinfo=UTC), "fr", PARIS) == "mardi 1er décembre 2026 à 14:32"
    assert i18n.full_date(NOW, "en", PARIS) == "Monday 23 November 2026 at 15:00"


PARAMETERS: dict[type[errors.DeskError], dict[str, Any]] = {
    errors.TooManyAttempts: {"retry_after": 40},
    errors.AlreadyTaken: {"reference": "INC-20261123-000001", "by": "Alice Martin", "seconds": 2},
    errors.StaleIncident: {"reference": "INC-20261123-000001", "version": 4, "by": None},
    errors.PdfUnavailable: {"packages": "libpango-1.0-0"},
    errors.CannotListen: {"host": "127.0.0.1", "port": 8080, "reason": "Address already in use"},
}


def every_error() -> list[errors.DeskError]:
    def below(kind: type[errors.DeskError]) -> list[type[errors.DeskError]]:
        return [kind, *(found for child in kind.__subclasses__() for found in below(child))]

    made: list[errors.DeskError] = []
    for kind in below(errors.DeskError):
        if kind is errors.TransitionRefused:
            made += [
                errors.TransitionRefused(action=action, current="on_hold", reason=key.split(".")[1], allowed_actions=[])
                for key in i18n.labels("fr", "refusal.")
                for action in vocabulary.Action
            ]
        else:
            made.append(kind(**PARAMETERS.get(kind, {})))
    return made


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_every_refusal_has_a_sentence(locale: str) -> None:
    for error in every_error():
        sentence = i18n.error_sentence(error, locale)
        assert sentence[0].isupper() or sentence[0] in "«“", sentence
        assert "{" not in sentence


def test_a_refusal_speaks_the_words_of_the_screen() -> None:
    refused = errors.TransitionRefused(action="close", current="new", reason="no_such_move", allowed_actions=["take"])
    assert plain(i18n.error_sentence(refused, "fr")) == (
        "« Clôturer » n’est pas possible : un incident « Nouveau » ne le permet pas."
    )
    taken = errors.AlreadyTaken(reference="INC-20261123-000001", by="Léa Roux", seconds=2)
    assert plain(i18n.error_sentence(taken, "fr")) == "Léa Roux a pris cet incident il y a 2 s."


def test_each_wrong_field_has_its_own_sentence() -> None:
    wrong = errors.Invalid(title=("too_long", {"max": 140}), category="required")
    assert i18n.field_sentences(wrong, "en") == {
        "title": "140 characters at most.",
        "category": "This field is required.",
    }
