"""The ground under the storage tests: both databases, each one empty, and nothing beyond this machine."""

import socket

import pytest
from sqlalchemy import inspect

from data import db
from data.migrate import is_migrated


@pytest.mark.usefixtures("desk")
def test_a_desk_has_the_newest_schema_on_the_database_that_the_test_is_named_after(engine_name: str) -> None:
    assert is_migrated()
    assert db.bound().writer.dialect.name == engine_name


def test_an_empty_database_has_no_table(empty_database_url: str) -> None:
    assert inspect(db.bind(empty_database_url).writer).get_table_names() == []
    db.dispose()


def test_a_test_cannot_leave_the_machine() -> None:
    with socket.socket() as outward, pytest.raises(AssertionError, match="only loopback"):
        outward.connect(("192.0.2.1", 80))
