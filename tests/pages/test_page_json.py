"""What a page says in ASCII is what NiceGUI would have said, and the page is written by it."""

import json
from typing import Any

import nicegui.client
import nicegui.json
import pytest

from ui.page_json import dumps, write_pages_in_ascii

SAID = {
    "name": "Chloé « 日本 » 🦊",
    "quoted": '"é"\\u00e9\n\x7f\u2028',
    "é": [1, 2.5, None, True, {"à": ""}],
    "plain": "<&>`$",
    7: "sept",
}


def test_it_is_ascii_and_means_the_same() -> None:
    written = dumps(SAID)
    assert written.isascii()
    assert json.loads(written) == json.loads(nicegui.json.dumps(SAID))
    assert dumps({"plain": 1}) == nicegui.json.dumps({"plain": 1})


def test_the_pages_of_nicegui_are_written_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """`build_response` and the answers of JavaScript are all that asks for JSON in that module."""
    original = nicegui.client.json  # type: ignore[attr-defined]
    monkeypatch.setitem(vars(nicegui.client), "json", original)
    write_pages_in_ascii()
    used: Any = vars(nicegui.client)["json"]
    assert (used.dumps, used.loads) == (dumps, nicegui.json.loads)
    names = nicegui.client.Client.build_response.__code__.co_names
    assert {"json", "translate"} <= set(names)
