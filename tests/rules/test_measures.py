"""The arithmetic of reports."""

import pytest

from services.figures.measures import share


@pytest.mark.parametrize(
    ("kept", "whole", "said"),
    [(29_999, 30_000, 0.9999), (30_000, 30_000, 1.0), (2, 3, 0.6667), (3, 2, 1.5), (0, 3, 0.0), (0, 0, None)],
)
def test_a_share_is_whole_only_of_all(kept: int, whole: int, said: float | None) -> None:
    """One breach in a year of thousands is not « 100 % »."""
    assert share(kept, whole) == said
