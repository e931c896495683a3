"""Pages that are closed by us, and not by their browser."""

import asyncio

import pytest
from nicegui import core
from nicegui.client import Client
from nicegui.page import page

from ui import guard


def test_a_page_that_was_closed_while_its_browser_was_away_is_not_deleted_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """NiceGUI waits for the browser and deletes the page then: an error in the log that nobody has made."""
    errors: list[Exception] = []
    monkeypatch.setattr(core.app, "handle_exception", errors.append)

    async def story() -> None:
        monkeypatch.setattr(core, "loop", asyncio.get_running_loop())
        client = Client(page("/closing", reconnect_timeout=0.02), request=None)
        client._socket_to_document_id["socket"] = "document"
        client._num_connections["document"] = 1
        client.handle_disconnect("socket")
        await guard.forget(client)
        await asyncio.sleep(0.1)
        assert client.id not in Client.instances

    asyncio.run(story())
    assert errors == []
