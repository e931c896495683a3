"""Which requests come from one of our own pages (S8)."""

import pytest
from starlette.requests import Request

from ui.session import same_origin


@pytest.mark.parametrize(
    ("headers", "own"),
    [
        ({}, True),  # no browser, or an old one: the cookie is SameSite
        ({"origin": "https://desk.example"}, True),
        ({"origin": "https://desk.example", "sec-fetch-site": "cross-site"}, False),
        ({"origin": "https://desk.example.evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://[::1"}, False),
    ],
)
def test_only_our_own_pages_send_forms(headers: dict[str, str], own: bool) -> None:
    """S8: whatever the header says, it is answered."""
    sent = [(name.encode(), value.encode()) for name, value in {"host": "desk.example", **headers}.items()]
    assert same_origin(Request({"type": "http", "headers": sent})) is own
