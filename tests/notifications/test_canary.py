"""A word that the team keeps to itself is sown wherever the team can write, and looked for behind every door (S139)."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from data import db
from data.vocabulary import Medium
from services import board, bus, incidents, lifecycle, portal, search, tokens
from services.errors import DeskError, Invalid
from services.notifications import channels, inbox, reach
from services.reports import document, history, render
from services.sheet import sheet
from services.work import Actor
from tests.house.tree import ROOT
from tests.notifications.conftest import ADDRESSES, send_all
from tests.notifications.peers import Mailbox, web_server
from tests.personas import N1, N2, PARIS, Cast, an_incident
from ui import api, calls

CANARY = "canari4711"
NAMES = ("Martin", "Keller", "Leroy", N1, N2)


def sown(cast: Cast) -> str:
    """The reference of an incident of Chloé's, on which the team worked, wrote and answered « Bonjour. »."""
    reference = an_incident(cast.chloe).reference
    lifecycle.assign(cast.diane, reference, team=N1)
    lifecycle.take_and_start(cast.alice, reference)
    incidents.comment(cast.alice, reference, body=f"Note : {CANARY}")
    incidents.comment(cast.alice, reference, body="Bonjour.", visibility="public")
    lifecycle.hold(cast.alice, reference, reason="supplier", text=f"Attente : {CANARY}")
    lifecycle.resume(cast.alice, reference)
    incidents.edit(cast.alice, reference, {"priority": "low"}, reason=f"Baisse : {CANARY}")
    lifecycle.escalate(cast.alice, reference, mode="hierarchical", reason=f"Escalade : {CANARY}")
    lifecycle.start_and_resolve(cast.bruno, reference, code="fixed", summary=f"Résumé : {CANARY}")
    return reference


def doors(actor: Actor, reference: str) -> dict[str, Callable[[], object]]:
    """What the pages and files of a person are drawn from."""
    return {
        "page": lambda: sheet(actor, reference),
        "portal": lambda: portal.current(actor),
        "list": lambda: board.page(actor, board.Query(status=["resolved"])),
        "search": lambda: search.find(actor, "messagerie"),
        "search for the word": lambda: search.find(actor, CANARY),
        "list by the word": lambda: board.page(actor, board.Query(q=CANARY)),
        "similar": lambda: board.similar(actor, f"messagerie {CANARY}"),
        "bell": lambda: inbox.latest(actor, "fr"),
        "paper": lambda: document.html(history.collect(actor, reference), "fr", PARIS),
        "attached": lambda: history.attached(history.collect(actor, reference)),
    }


def test_by_no_door_does_the_word_come_to_the_requester(reachable: Cast, mailbox: Mailbox) -> None:
    """S138, S139: pages, search, list, PDF, letters, webhook, push and live news; the team has it by the same doors."""
    heard: list[bus.News] = []
    stop = bus.listen(heard.append)
    reach.allow(["127.0.0.0/8"])
    with web_server() as receiver:
        at = f"127.0.0.1:{receiver.port}"
        channels.create(reachable.emile, name="Crochet", medium="webhook", address=f"http://{at}/hook")
        channels.create(reachable.emile, name="Salon", medium="apprise", address=f"json://{at}/salon")
        reference = sown(reachable)
        send_all(Medium.EMAIL, Medium.WEBHOOK, Medium.APPRISE)
        assert {call.path for call in receiver.calls} == {"/hook", "/salon"}
        assert all(CANARY.encode() not in call.body for call in receiver.calls)
    reach.allow([])
    stop()
    said = {name: repr(look()) for name, look in doors(reachable.chloe, reference).items()}
    assert [name for name, text in said.items() if CANARY in text] == []
    assert search.find(reachable.chloe, CANARY).total == board.page(reachable.chloe, board.Query(q=CANARY)).total == 0
    letters = [letter.get_content() for letter in mailbox.to(ADDRESSES["chloe"])]
    assert [CANARY in text for text in letters] == [False] * 3  # declared, answered, resolved
    assert heard
    assert CANARY not in repr(heard)
    theirs = {name: repr(look()) for name, look in doors(reachable.bruno, reference).items()}
    assert {name for name, text in theirs.items() if CANARY in text} >= {"page", "search for the word", "paper"}


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_the_printed_file_does_not_hold_it(cast: Cast) -> None:
    """S139, S140: the PDF that a requester takes away, and what is attached to it."""
    reference = sown(cast)
    report = history.collect(cast.chloe, reference)
    fonts = ROOT / "ui" / "static" / "fonts"
    pdf = render.print_pdf(document.html(report, "fr", PARIS), history.attached(report), fonts)
    assert pdf.startswith(b"%PDF")
    assert CANARY.encode() not in pdf


def test_the_api_does_not_say_it_either(cast: Cast) -> None:
    """S139: every call that a requester may read an incident by."""
    reference = sown(cast)
    headers = {"Authorization": f"Bearer {tokens.issue(cast.emile, 'chloe', name='test')}"}
    app = FastAPI()
    api.mount(app, rate=0)
    calls.start(one_writer=db.bound().is_sqlite)
    try:
        with TestClient(app) as client:
            paths = [f"/incidents/{reference}{part}" for part in ("", "/history", "/comments", "/sla", "/rating")]
            answers = [client.get(f"/api/v1{path}", headers=headers) for path in (*paths, f"/incidents?q={CANARY}")]
    finally:
        calls.stop()
    assert [answer.status_code for answer in answers] == [200] * 6
    assert [answer.url.path for answer in answers if CANARY in answer.text or "Martin" in answer.text] == []


def test_a_requester_reads_first_names_and_no_team(reachable: Cast, mailbox: Mailbox) -> None:
    """S123, S139: in what is shown, printed, rung and written."""
    reference = sown(reachable)
    send_all()
    texts = {name: repr(look()) for name, look in doors(reachable.chloe, reference).items()}
    texts |= {f"letter {n}": letter.as_string() for n, letter in enumerate(mailbox.to(ADDRESSES["chloe"]))}
    assert [(name, word) for name, text in texts.items() for word in NAMES if word in text] == []
    assert "Bruno (Équipe IT) a résolu l’incident." in texts["bell"]
    assert "Alice, Équipe IT" in texts["paper"]
    with pytest.raises(DeskError) as refused:
        lifecycle.close(reachable.chloe, reference, version=1)
    assert refused.value.params["by"] == "Bruno"


@pytest.mark.parametrize("field", ["team", "assignee", "assignees"])
def test_a_filter_does_not_tell_a_requester_who_exists(cast: Cast, field: str) -> None:
    """S139: what exists and what does not is refused alike; one's own word for oneself is not."""
    refused = []
    for value in (N1 if field == "team" else "alice", "nowhere"):
        with pytest.raises(Invalid) as caught:
            board.page(cast.chloe, board.Query(**{field: [value] if field == "assignees" else value}))
        refused.append(caught.value.errors)
    assert refused[0] == refused[1] == {field: ("not_yours_to_choose", {})}
    assert board.page(cast.chloe, board.Query(assignee="none")).total == 0
