"""An owner of the database who changes the history, or a disk that does: L2, K11."""

import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg

from data import db
from services import audit, proof
from tests.bench.archive import fill
from tests.bench.bench_chain import BATCH, write_lines
from tests.torture.bench import ENGINES, Bench, Place
from tests.torture.registry import Outcome, at_least, exactly, trial

EACH = 50
INCIDENTS = 150
LINES = 100_000
COLUMNS = ("at", "actor_id", "incident_id", "fact", "public", "details", "hash")
KINDS = ("edit", "delete", "insert", "swap")
CUT = 20  # lines of the tail, at most


class Owner:
    """Somebody who may do everything, guards or no guards, and knows everything but the key."""

    def __init__(self, connection: Any, mark: str) -> None:
        self._connection, self._mark = connection, mark

    def __call__(self, statement: str, *values: Any) -> Any:
        return self._connection.execute(statement.replace("?", self._mark), values)

    def lines(self, *seqs: int) -> list[tuple[Any, ...]]:
        """What stands in these lines, without their numbers."""
        marks = ", ".join("?" * len(seqs))
        query = f"SELECT {', '.join(COLUMNS)} FROM history WHERE seq IN ({marks}) ORDER BY seq"
        return [tuple(row) for row in self(query, *seqs).fetchall()]

    def write(self, seq: int, line: Sequence[Any]) -> None:
        """The line stands at that place instead of what was there."""
        self("DELETE FROM history WHERE seq = ?", seq)
        marks = ", ".join("?" * (len(COLUMNS) + 1))
        self(f"INSERT INTO history (seq, {', '.join(COLUMNS)}) VALUES ({marks})", seq, *line)


@trial("L2", "the owner of the database edits, deletes, inserts and swaps lines, and cuts the tail")
def owner_edits(bench: Bench) -> Outcome:
    """Every one is found, a cut tail by an anchor, nothing else is, and quickly."""
    each, found, missed, alarms = bench.times(EACH), Counter[str](), list[str](), 0
    for engine in ENGINES:
        with bench.place(engine) as place, _owner(place) as owner:
            assert place.cast.alice.user_id is not None
            fill(INCIDENTS, person_id=place.cast.alice.user_id, until=datetime.now(UTC))
            alarms += audit.verify_chain().broken_at is not None
            for kind in KINDS:
                for _ in range(each):
                    with _forged(owner, kind) as first:
                        broken_at = audit.verify_chain().broken_at
                    found[kind] += broken_at == first
                    missed += [f"{engine} {kind}: {broken_at}, not {first}"] * (broken_at != first)
            for _ in range(each):
                with _cut(owner) as anchor:
                    found["cut"] += not _intact(anchor)
            alarms += not _intact(anchor)
    measured = [_rate(bench, engine) for engine in ENGINES]
    lines = min(lines for _, lines, _ in measured)
    return Outcome(
        f"{each} edits of each kind on each of both databases; {lines:,} lines verified on each",
        *(exactly(f"found at its place: {kind}", found[kind], each * len(ENGINES)) for kind in KINDS),
        exactly("found by an anchor: cut tail", found["cut"], each * len(ENGINES)),
        exactly("false alarms", alarms + sum(more for *_, more in measured), 0),
        at_least("lines verified in a second of CPU, on the slower", min(rate for rate, *_ in measured), 50_000),
    )


@contextmanager
def _owner(place: Place) -> Iterator[Owner]:
    """No guard stands any more."""
    if place.engine == "postgresql":
        with psycopg.connect(place.url, autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")
            yield Owner(connection, "%s")
        return
    file = place.url.removeprefix("sqlite:///")
    connection = db.sqlite_module().connect(file, isolation_level=None, timeout=30)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')
    yield Owner(connection, "?")
    connection.close()


@contextmanager
def _forged(owner: Owner, kind: str) -> Iterator[int]:
    """The history is another for the block; yields its first line that is not as it was written."""
    (last,) = owner("SELECT MAX(seq) FROM history").fetchone()
    seq = random.randint(2, last - 2)
    (line,) = owner.lines(seq)
    match kind:
        case "edit":
            owner.write(seq, _edited(line, owner.lines(seq + 1)[0]))
            yield seq
            owner.write(seq, line)
        case "delete":
            owner("DELETE FROM history WHERE seq = ?", seq)
            yield seq
            owner.write(seq, line)
        case "insert":  # the lines after it move on, as if it had always been there
            owner("UPDATE history SET seq = -seq - 1 WHERE seq >= ?", seq)
            owner("UPDATE history SET seq = -seq WHERE seq < 0")
            owner.write(seq, line)
            yield seq + 1
            owner("DELETE FROM history WHERE seq = ?", seq)
            owner("UPDATE history SET seq = -seq + 1 WHERE seq > ?", seq)
            owner("UPDATE history SET seq = -seq WHERE seq < 0")
        case "swap":
            other = random.choice([n for n in range(2, last) if n != seq])
            first, second = owner.lines(*sorted((seq, other)))
            owner.write(min(seq, other), second)
            owner.write(max(seq, other), first)
            yield min(seq, other)
            owner.write(min(seq, other), first)
            owner.write(max(seq, other), second)


def _edited(line: Sequence[Any], other: Sequence[Any]) -> list[Any]:
    """One of the columns says something else: what it says in another line, or the opposite."""
    edited = list(line)
    differing = [n for n in range(len(line)) if line[n] != other[n] and COLUMNS[n] not in ("public", "details")]
    column = random.choice([*differing, COLUMNS.index("public"), COLUMNS.index("details")])
    opposite = {"public": not line[column], "details": f"{line[column]} "}
    edited[column] = opposite.get(COLUMNS[column], other[column])
    return edited


@contextmanager
def _cut(owner: Owner) -> Iterator[str]:
    """The last lines are gone for the block; yields what was anchored before, in one of them."""
    (last,) = owner("SELECT MAX(seq) FROM history").fetchone()
    seqs = range(last - random.randrange(CUT), last + 1)
    lines = owner.lines(*seqs)
    anchored = random.randrange(len(seqs))
    owner("DELETE FROM history WHERE seq >= ?", seqs[0])
    yield f"{seqs[anchored]}:{lines[anchored][COLUMNS.index('hash')]}"
    for seq, line in zip(seqs, lines, strict=True):
        owner.write(seq, line)


def _intact(anchor: str) -> bool:
    """What `audit verify --anchor` says."""
    return all(intact for intact, _ in proof.verdicts("en", anchor=anchor))


def _rate(bench: Bench, engine: str) -> tuple[float, int, int]:
    """Lines in a second of CPU, of a long history; how many it has; 1 if it, or an anchor of it, seems broken."""
    with bench.place(engine) as place:
        assert place.cast.alice.user_id is not None
        fill(INCIDENTS, person_id=place.cast.alice.user_id, until=datetime.now(UTC))
        for _ in range(LINES // BATCH):
            write_lines(place.cast.alice)
        spent = list[float]()
        for _ in range(3):  # a processor that is slow for the moment says nothing of Vigie
            begun = time.process_time()
            report = audit.verify_chain()
            spent.append(time.process_time() - begun)
        broken = report.broken_at is not None or not _intact(f"{report.lines}:{report.head}")
    return report.lines / min(spent), report.lines, int(broken)
