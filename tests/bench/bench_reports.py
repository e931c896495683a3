"""What a report costs in CPU, with 100,000 incidents stored, on SQLite and PostgreSQL."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from data import db
from services import people
from services.board import Query
from services.figures import report
from services.figures.period import Period, last_days
from services.figures.study import Study
from services.work import look
from tests.bench.archive import fill
from tests.personas import Cast

STORED = 100_000
CPU_S = 1.0
PARIS = ZoneInfo("Europe/Paris")


def test_what_a_report_costs(cast: Cast, engine_name: str) -> None:
    now = datetime.now(UTC)
    who = next(each.id for each in people.accounts(cast.emile) if each.login == "alice")
    fill(STORED, person_id=who, until=now)
    with db.bound().writer.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    month, year = last_days(30, now, PARIS), last_days(365, now, PARIS)
    rows = [(name, *_spent(made)) for name, made in _parts(cast, month).items()]
    rows.append(("30 days, all of it", *_spent(lambda: report.build(cast.alice, month, Query()))))
    rows.append(("365 days, all of it", *_spent(lambda: report.build(cast.alice, year, Query()))))
    rows.append(("GET /stats, 30 days", *_spent(lambda: report.statistics(cast.alice, PARIS))))
    print(f"\n{engine_name}: report | CPU s | wall s")
    for name, cpu, wall in rows:
        print(f"{name} | {cpu:.2f} | {wall:.2f}")
    assert all(cpu <= CPU_S for name, cpu, _ in rows if "365" not in name)


def _parts(cast: Cast, period: Period) -> dict[str, Callable[[], Any]]:
    def one(part: Callable[[Study], Any]) -> Callable[[], Any]:
        def made() -> Any:
            with look(cast.alice) as reading:
                return part(Study.of(reading, period, Query()))

        return made

    return {part.__name__: one(part) for part in report.PARTS}


def _spent(made: Callable[[], Any]) -> tuple[float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    made()
    return time.process_time() - cpu, time.perf_counter() - wall
