"""Columns that several tables declare in the same way."""

from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Enum, Integer
from sqlmodel import Field

# SQLite numbers its rows only for INTEGER primary keys; PostgreSQL has room for 2**63.
Key = BigInteger().with_variant(Integer, "sqlite")


def code(codes: type[StrEnum], *, closed: bool = True, **options: Any) -> Any:
    """A column that stores the code of an enum and reads back as the enum's member.

    The database checks it, except where the list of codes is not `closed`: SQLite changes such a check only by copying
    the whole table.
    """
    stored = Enum(
        codes,
        native_enum=False,
        length=32,
        create_constraint=closed,
        values_callable=lambda members: [member.value for member in members],
        name=codes.__name__.lower(),
    )
    return Field(sa_type=stored, **options)


def key(target: str | None = None, **options: Any) -> Any:
    """A 64-bit key; with `target` ("table.column") a foreign key to it."""
    return Field(sa_type=Key, foreign_key=target, **options)
