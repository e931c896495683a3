"""How much a screen on the wall shows (ux, 8.4)."""

import pytest

from services.displays import rows_shown


@pytest.mark.parametrize(
    ("diagonal", "distance", "rows"),
    [(43, 300, 5), (43, 400, 5), (50, 400, 5), (55, 400, 5), (55, 300, 7), (65, 400, 7), (85, 400, 7)],
)
def test_how_many_rows_follow_from_what_can_be_read(diagonal: int, distance: int, rows: int) -> None:
    """B2: readable from where people stand."""
    assert rows_shown(diagonal, distance) == rows
