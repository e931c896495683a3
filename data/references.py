"""`INC-YYYYMMDD-NNNNNN`: the day in the organisation's time zone, then the day's counter (S31)."""

import re
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session

from data.db import insert_of
from data.models import ReferenceCounter

PATTERN = re.compile(r"INC-[0-9]{8}-[0-9]{6}")


def next_reference(session: Session, day: date) -> str:
    """A reference that nobody else has or will get; the counter is taken back if the transaction is.

    One statement on both databases, so that no two writers read the same number.
    """
    number = session.connection().execute(_next(session.get_bind().dialect.name), {"day": day}).scalar_one()
    return f"INC-{day:%Y%m%d}-{number:06d}"


@cache  # put together once for each database
def _next(dialect: str) -> Any:
    return (
        insert_of(dialect, ReferenceCounter)
        .values(day=bindparam("day"), last=1)
        .on_conflict_do_update(index_elements=["day"], set_={"last": ReferenceCounter.last + 1})
        .returning(ReferenceCounter.last)
    )
