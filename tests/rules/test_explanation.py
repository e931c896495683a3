"""« Pourquoi cette échéance ? » tells the whole working, and nothing but it (rules, "SLA")."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from data.vocabulary import HoldReason, Priority
from services import sla
from services.explanation import explain
from services.i18n.catalog import NO_BREAK
from services.incident_view import cycle_view
from services.sla import DEFAULT_TARGETS, Event, EventKind, Policy

PARIS = ZoneInfo("Europe/Paris")
TEN = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)  # 10:00 in Paris
PAUSING = {2: Policy(2, DEFAULT_TARGETS, frozenset({HoldReason.USER, HoldReason.SUPPLIER}))}


def at(hours: float) -> datetime:
    """So many hours after the creation."""
    return TEN + timedelta(hours=hours)


def told(now: datetime, *events: Event, locale: str = "fr") -> list[str]:
    """The sentences about the last cycle of a critical incident of 10:00, with ordinary spaces."""
    created = Event(EventKind.CREATED, TEN, priority=Priority.CRITICAL, policy=2)
    cycle = sla.compute([created, *events], PAUSING)[-1]
    return [sentence.replace(NO_BREAK, " ") for sentence in explain(cycle_view(cycle, now), locale, PARIS)]


def test_pauses_are_named_with_their_reason_and_author_and_move_the_due_time() -> None:
    """G3."""
    story = [
        Event(EventKind.STARTED, at(0.5), by="Alice Martin"),
        Event(EventKind.HELD, at(1), reason=HoldReason.USER, by="Alice Martin"),
        Event(EventKind.RESUMED, at(2), by="Alice Martin"),
        Event(EventKind.HELD, at(2.5), reason=HoldReason.SUPPLIER, by="Bruno Keller"),
        Event(EventKind.RESUMED, at(2.75), by="Bruno Keller"),
        Event(EventKind.RESOLVED, at(5.25), by="Bruno Keller"),
    ]
    assert told(at(6), *story) == [
        "Cycle 1 : départ le lundi 5 octobre 2026 à 10:00:00 (fuseau Europe/Paris), priorité Critique, "
        "politique SLA n° 2.",
        "Réponse : objectif 1 h, échéance le lundi 5 octobre 2026 à 11:00:00.",
        "Réponse : atteinte le lundi 5 octobre 2026 à 10:30:00, échéance respectée.",
        "Résolution : objectif 4 h, échéance initiale le lundi 5 octobre 2026 à 14:00:00, repoussée de 1 h 15 par les "
        "pauses au lundi 5 octobre 2026 à 15:15:00.",
        "Pause du lundi 5 octobre 2026 à 11:00:00 au lundi 5 octobre 2026 à 12:00:00, soit 1 h 00 : "
        "Réponse de l’utilisateur (Alice Martin).",
        "Pause du lundi 5 octobre 2026 à 12:30:00 au lundi 5 octobre 2026 à 12:45:00, soit 15 min : "
        "Fournisseur (Bruno Keller).",
        "Résolution : atteinte le lundi 5 octobre 2026 à 15:15:00, échéance respectée.",
    ]


def test_a_pause_that_lasts_says_what_is_left() -> None:
    story = [
        Event(EventKind.STARTED, at(0.5)),
        Event(EventKind.HELD, at(3), reason=HoldReason.SUPPLIER),
    ]
    assert told(at(30), *story)[-1] == (
        "En pause depuis le lundi 5 octobre 2026 à 13:00:00 : Fournisseur (Quelqu’un). Il reste 1 h 00."
    )


def test_what_is_running_says_how_much_is_left_or_how_late_it_is() -> None:
    assert told(at(0.5))[-1] == "Résolution : pas encore atteinte, il reste 3 h 30."
    assert told(at(5))[2::2] == [
        "Réponse : pas encore atteinte, 4 h 00 de retard.",
        "Résolution : pas encore atteinte, 1 h 00 de retard.",
    ]


def test_a_breach_that_a_lower_priority_hides_is_said() -> None:
    """G8."""
    story = [Event(EventKind.STARTED, at(0.5)), Event(EventKind.PRIORITY_CHANGED, at(5), priority=Priority.LOW)]
    assert told(at(6), *story)[-2] == (
        "Résolution : l’échéance était dépassée avant le changement de priorité ; ce dépassement reste compté."
    )


def test_the_working_is_told_in_english_too() -> None:
    story = [Event(EventKind.STARTED, at(1) + timedelta(seconds=1))]
    assert told(at(2), *story, locale="en")[:3] == [
        "Cycle 1: started on Monday 5 October 2026 at 10:00:00 (time zone Europe/Paris), priority Critical, "
        "SLA policy no. 2.",
        "Response: target 1h, due on Monday 5 October 2026 at 11:00:00.",
        "Response: met on Monday 5 October 2026 at 11:00:01, 1s late.",
    ]
