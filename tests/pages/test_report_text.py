"""Figures in words."""

import pytest

from ui.report_text import rounded_down


@pytest.mark.parametrize(
    ("share", "said"),
    [
        *((1 - 133.2 / 720, "81.50%"), (1 - 178.2 / 720, "75.25%"), (0.58, "58.00%")),
        *((0.99999999, "99.99%"), (0.87658, "87.65%"), (1.0, "100%"), (0.0, "0.00%"), (None, "–")),
    ],
)
def test_an_availability_is_rounded_down_from_what_it_is(share: float | None, said: str) -> None:
    """S81: 133.2 hours of 30 days leave 81.5 %; they were shown as 81.49 %."""
    assert rounded_down(share, "en") == said
    assert rounded_down(share, "fr") == said.replace(".", ",").replace("%", "\N{NO-BREAK SPACE}%")
