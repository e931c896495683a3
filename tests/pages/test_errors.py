"""What cannot be shown is said in the reader's language, with a number where it is a bug, never with its text."""

import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from nicegui import Client, app
from starlette.requests import Request
from starlette.responses import Response
from starlette.testclient import TestClient

from data import db
from services.errors import AlreadyTaken, DatabaseUnavailable
from ui import calls, declare, faults, session
from ui.declare import door_page

HTML = {"accept": "text/html"}


def broken() -> None:
    raise RuntimeError("password=hunter2")


async def broken_later() -> None:
    raise RuntimeError("password=hunter2")


@pytest.mark.parametrize("build", [broken, broken_later])
def test_a_broken_page_tells_a_number_that_the_log_has_with_the_cause(
    answer_to: Callable[..., Any], build: Callable[[], Any], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = answer_to(build)
    assert answer.status_code == 500
    assert "hunter2" not in answer.text
    number = re.search(r"Numéro de l’erreur\W+([0-9A-F]{8})", answer.text)
    assert number
    assert [record.exc_info is not None for record in caplog.records if number[1] in record.getMessage()] == [True]


def test_a_broken_page_speaks_english_to_the_english(answer_to: Callable[..., Any]) -> None:
    assert "Something went wrong" in answer_to(broken, "lang=en").text


@pytest.fixture
def probes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pages of ours that find their database away, at the gate and while they are built."""

    known = dict(Client.page_routes)
    monkeypatch.setattr(session, "_set_up", [True])

    async def away(*_: object) -> Response:
        raise DatabaseUnavailable()

    async def build() -> None: ...

    async def open_gate(request: Request) -> None: ...

    door_page("/away/door")(away)
    declare._declare("/away/gate", away, away, build)
    declare._declare("/away/page", open_gate, away, build)
    yield
    for path in AWAY:
        app.remove_route(path)
    Client.page_routes.clear()
    Client.page_routes.update(known)


AWAY = ("/away/door", "/away/gate", "/away/page")


@pytest.mark.usefixtures("probes")
@pytest.mark.parametrize("path", AWAY)
def test_a_database_that_is_away_has_a_page_that_offers_to_try_again(
    browser_less: TestClient, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    answer = browser_less.get(path, headers={**HTML, "accept-language": "fr"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "La base de données ne répond pas" in answer.text
    assert f'href="{path}"' in answer.text
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
    assert browser_less.get(path, headers={"accept": "*/*"}).status_code == 503


@pytest.mark.parametrize(("language", "words"), [("fr", "Cette page n’existe pas"), ("en", "This page does not exist")])
def test_an_unknown_address_has_a_page_for_people(browser_less: TestClient, language: str, words: str) -> None:
    answer = browser_less.get("/nowhere", headers={**HTML, "accept-language": language})
    assert answer.status_code == 404
    assert words in answer.text


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_an_unknown_address_is_said_while_the_database_is_away(
    browser_less: TestClient, empty_database_url: str
) -> None:
    """To whoever has a session, whose theme cannot be asked for."""
    db.bind(empty_database_url.replace("vigie.db", "nowhere/vigie.db"))
    Path(empty_database_url.removeprefix("sqlite:///")).with_name("nowhere").rmdir()
    calls.start(one_writer=True)
    cookie = f"{session._terms[0].name}=secret"
    answer = browser_less.get("/nowhere", headers={**HTML, "accept-language": "fr", "cookie": cookie})
    calls.stop()
    db.dispose()
    assert (answer.status_code, "Cette page n’existe pas" in answer.text) == (404, True)


def test_an_unknown_address_is_json_for_machines(browser_less: TestClient) -> None:
    answer = browser_less.get("/nowhere", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})


def test_the_same_bug_has_one_number_and_one_entry_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    bug = ValueError("secret")
    numbers = {faults.error_number(bug), faults.error_number(bug)}
    assert len(numbers) == 1
    assert len(caplog.records) == 1


def test_a_refusal_in_a_handler_is_told_in_words_and_is_no_bug(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    said: list[str] = []
    monkeypatch.setattr(faults, "toast", lambda text, **_: said.append(text))
    faults.tell(AlreadyTaken(reference="INC-20261123-000001", by="Bruno", seconds=3), "en")
    assert said == ["Bruno took this incident 3s ago."]
    assert caplog.records == []
