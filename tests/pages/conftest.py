"""Pages of a test, served in this process: what a browser would get as its first byte."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from nicegui import app, ui
from starlette.testclient import TestClient

from ui.pages.errors import install_error_pages


@pytest.fixture(scope="session")
def browser_less() -> Iterator[TestClient]:
    """The pages' server, started once: NiceGUI is one for each process."""
    outer = FastAPI()
    install_error_pages()
    ui.run_with(outer, tailwind=False, language="fr", show_welcome_message=False)
    with TestClient(outer, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def answer_to(browser_less: TestClient) -> Iterator[Callable[..., Any]]:
    """`answer_to(build, query="lang=en")`: the answer for a page that `build` makes."""

    def get(build: Callable[[], None], query: str = "", **headers: str) -> Any:
        ui.page("/probe")(build)
        accept = {"accept": "text/html", "accept-language": "fr"}
        return browser_less.get(f"/probe?{query}", headers={**accept, **headers})

    yield get
    app.remove_route("/probe")
