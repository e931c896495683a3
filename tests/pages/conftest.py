"""Pages of a test, served in this process: what a browser would get as its first byte."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from nicegui import app, ui
from starlette.testclient import TestClient

from ui.pages.errors import install_error_pages


@pytest.fixture(scope="module")
def browser_less() -> Iterator[TestClient]:
    """A server of pages. NiceGUI has one application for each process: it is left as it was found."""
    before = app.middleware_stack, app.user_middleware[:], dict(app.exception_handlers), app._page_exception_handler
    handlers = app._exception_handlers[:]
    app.middleware_stack, app.user_middleware = None, []
    outer = FastAPI()
    install_error_pages()
    ui.run_with(outer, tailwind=False, language="fr", show_welcome_message=False)
    with TestClient(outer, raise_server_exceptions=False) as client:
        yield client
    app.middleware_stack, app.user_middleware, app.exception_handlers, app._page_exception_handler = before
    app._exception_handlers[:] = handlers


@pytest.fixture
def answer_to(browser_less: TestClient) -> Iterator[Callable[..., Any]]:
    """`answer_to(build, query="lang=en")`: the answer for a page that `build` makes."""

    def get(build: Callable[[], None], query: str = "", **headers: str) -> Any:
        ui.page("/probe")(build)
        accept = {"accept": "text/html", "accept-language": "fr"}
        return browser_less.get(f"/probe?{query}", headers={**accept, **headers})

    yield get
    app.remove_route("/probe")
