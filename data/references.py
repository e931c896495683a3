"""`INC-YYYYMMDD-NNNNNN`: the day in the organisation's time zone, then the day's counter (S31)."""

import re
from datetime import date

from sqlmodel import Session

from data.db import insert
from data.models import ReferenceCounter

PATTERN = re.compile(r"INC-[0-9]{8}-[0-9]{6}")


def next_reference(session: Session, day: date) -> str:
    """A reference that nobody else has or will get; the counter is taken back if the transaction is.

    One statement on both databases, so that no two writers read the same number.
    """
    statement = (
        insert(session, ReferenceCounter)
        .values(day=day, last=1)
        .on_conflict_do_update(index_elements=["day"], set_={"last": ReferenceCounter.last + 1})
        .returning(ReferenceCounter.last)
    )
    return f"INC-{day:%Y%m%d}-{session.execute(statement).scalar_one():06d}"
