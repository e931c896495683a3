"""How often somebody may do something."""

import time

from ui.limits import Window


def test_nothing_is_kept_of_a_key_that_has_been_silent() -> None:
    """R3: there are as many keys as there were pages; one that still counts is kept, whoever else comes."""
    window = Window(calls=5, seconds=0.2)
    for number in range(50):
        window.claim(f"page {number}")
    time.sleep(0.15)
    window.claim("page 49")
    time.sleep(0.1)
    window.claim("page 50")
    assert list(window._at) == ["page 49", "page 50"]
