"""The audit across everything: filters, pages, export (S144 to S146)."""

import csv
import io
import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from data.vocabulary import Fact
from services import accounts, audit_log, lifecycle, verification
from services.audit_log import Filters
from services.clock import MovedClock
from services.errors import Forbidden, Invalid
from tests.dump import drop_the_guards, dump, execute, value
from tests.personas import PARIS, Cast, an_incident, in_progress


def found(cast: Cast, **filters: str) -> list[audit_log.Line]:
    return list(audit_log.page(cast.emile, Filters(**filters), PARIS, limit=500).lines)


def test_every_filter_narrows_to_exactly_its_lines(cast: Cast, clock: MovedClock) -> None:
    """S145: by person, date, action and incident, alone and together."""
    first = in_progress(cast.alice)
    clock.forward(hours=48)
    second = an_incident(cast.bruno)
    lifecycle.take(cast.bruno, second.reference)
    accounts.change_account(cast.emile, "alice", {"role": "dispatcher"})
    everything = found(cast)
    assert [line.entry.seq for line in everything] == list(range(value("SELECT MAX(seq) FROM history"), 0, -1))
    today = everything[0].entry.at.astimezone(PARIS).date().isoformat()
    cases: list[tuple[dict[str, str], Any]] = [
        ({"person": "bruno"}, lambda line: line.entry.actor and line.entry.actor.login == "bruno"),
        ({"person": "Bruno KELLER"}, lambda line: line.entry.actor and line.entry.actor.login == "bruno"),
        ({"person": "système"}, lambda line: line.entry.actor is None),
        ({"fact": "status_changed"}, lambda line: line.entry.fact is Fact.STATUS_CHANGED),
        ({"incident": first.reference.lower()}, lambda line: line.reference == first.reference),
        ({"since": today}, lambda line: line.entry.at.astimezone(PARIS).date().isoformat() >= today),
        ({"until": today}, lambda line: True),
        ({"since": "2000-01-01", "until": "2000-12-31"}, lambda line: False),
        ({"since": "2100-01-01"}, lambda line: False),
        (
            {"person": "bruno", "fact": "status_changed", "incident": second.reference, "since": today, "until": today},
            lambda line: line.reference == second.reference and line.entry.fact is Fact.STATUS_CHANGED,
        ),
    ]
    for filters, wanted in cases:
        assert found(cast, **filters) == [line for line in everything if wanted(line)], filters
    yesterday = found(cast, until=first.created_at.astimezone(PARIS).date().isoformat())
    assert yesterday == [line for line in everything if line.entry.at < second.created_at]
    assert second.created_at > first.created_at


def test_pages_follow_each_other_without_gap_or_repetition(cast: Cast) -> None:
    in_progress(cast.alice)
    seen: list[int] = []
    before = None
    while True:
        page = audit_log.page(cast.emile, Filters(), PARIS, before=before, limit=3)
        seen += [line.entry.seq for line in page.lines]
        before = page.before
        if before is None:
            break
        an_incident(cast.alice)  # what happens meanwhile moves nothing
    assert seen == list(range(seen[0], 0, -1))


def test_a_clock_that_was_set_back_hides_no_line(cast: Cast, clock: MovedClock) -> None:
    an_incident(cast.alice)
    clock.forward(hours=-10_000)
    late = an_incident(cast.bruno)
    day = late.created_at.astimezone(PARIS).date().isoformat()
    assert late.reference in {line.reference for line in found(cast, since=day, until=day)}


def test_filters_that_mean_nothing_are_named(cast: Cast) -> None:
    bad = {"person": "nobody", "fact": "x", "incident": "INC-1", "since": "hier", "until": "2026-02-30"}
    with pytest.raises(Invalid) as refusal:
        found(cast, **bad)
    assert refusal.value.errors.keys() == bad.keys()
    with pytest.raises(Invalid):
        found(cast, since="2026-05-02", until="2026-05-01")


def test_an_export_has_every_line_and_is_itself_noted(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """S145, S146; in the order of the chain (rules, "Conventions")."""
    monkeypatch.setattr(audit_log, "BATCH", 4)
    an_incident(cast.alice, title="=1+1")
    lines = found(cast)[::-1]
    told = "".join(audit_log.export_all(cast.emile, "csv", ZoneInfo("UTC")))
    rows = list(csv.DictReader(io.StringIO(told.removeprefix("\ufeff"))))
    assert [int(row["seq"]) for row in rows] == [line.entry.seq for line in lines]
    assert all(row["at"].endswith("Z") for row in rows)
    parsed = json.loads("".join(audit_log.export_all(cast.emile, "json", ZoneInfo("UTC"))))
    assert parsed[:-1] == [
        {
            "seq": line.entry.seq,
            "at": line.entry.at.isoformat().replace("+00:00", "Z"),
            "actor": line.entry.actor.login if line.entry.actor else None,
            "actor_name": line.entry.actor.name if line.entry.actor else None,
            "fact": line.entry.fact,
            "incident": line.reference,
            "details": line.entry.details,
            "hash": line.entry.hash,
        }
        for line in lines
    ]
    exports = [line.entry for line in found(cast, fact="history_exported")]
    assert [(each.actor and each.actor.login, each.details["format"]) for each in exports] == [
        ("emile", "json"),
        ("emile", "csv"),
    ]


def test_a_verification_is_noted_with_what_it_found(cast: Cast) -> None:
    """S143, S146."""
    an_incident(cast.alice)
    assert audit_log.chain_state(cast.emile).verified is None
    verification.verify(cast.emile, audit_log.chain_state(cast.emile).lines)
    verified = audit_log.chain_state(cast.emile).verified
    assert verified is not None
    assert (verified.details["broken_at"], verified.actor and verified.actor.login) == (None, "emile")
    assert not verification.progress().running
    drop_the_guards()
    execute("UPDATE history SET details = '{}' WHERE seq = 2")
    verification.verify(cast.emile, 9)
    again = audit_log.chain_state(cast.emile).verified
    assert again is not None
    assert again.details["broken_at"] == 2


def test_only_administrators_read_the_audit(cast: Cast) -> None:
    """S144."""
    before = dump()
    for actor in (cast.alice, cast.chloe, cast.diane):
        for call in (
            lambda actor=actor: audit_log.page(actor, Filters(), PARIS),
            lambda actor=actor: audit_log.chain_state(actor),
            lambda actor=actor: audit_log.known_people(actor),
            lambda actor=actor: audit_log.begin_export(actor, Filters(), PARIS, "csv"),
            lambda actor=actor: verification.verify(actor, 1),
        ):
            with pytest.raises(Forbidden):
                call()
    assert dump() == before
