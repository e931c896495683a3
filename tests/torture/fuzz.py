"""Calls and texts that nobody planned: I1, P2; and bytes that fell over: K11."""

import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
from hypothesis import HealthCheck, Phase, given, settings

from data import db
from data.migrate import migrate
from services import audit, incidents, lifecycle
from services.work import Actor
from tests.browser.conftest import Vigie
from tests.dump import dump
from tests.personas import N1, an_incident
from tests.rest.conftest import _set_up, serving
from tests.rest.test_fuzz import calls, who
from tests.torture import inside
from tests.torture.bench import ENGINES, Bench
from tests.torture.concurrency import percentile
from tests.torture.registry import Outcome, at_most, exactly, told, trial

CALLS = 10_000
FLIPS = 100
LIMIT_S = 20  # of a PDF, with what the machine takes to start and stop it


@trial("I1", "calls of the API that nobody planned, on both databases", minutes=10)
def unplanned_calls(bench: Bench) -> Outcome:
    """Never a bug, never slow, and both databases say the same."""
    plan = _planned(bench.times(CALLS))
    seen: dict[str, list[tuple[int, str]]] = {}
    bugs, shapeless, slow, broken = 0, 0, 0, 0
    for engine in ENGINES:
        url = bench.empty(engine, bench.folder())
        db.bind(url)
        migrate()
        desk = _set_up(url)
        with serving(url, desk, rate=0) as api:
            seen[engine] = []
            for login, (method, address, raw, content) in plan:
                begun = time.thread_time()
                body = None if method == "GET" else content
                answer = getattr(api, login)(method, address, headers=raw, content=body)
                slow += time.thread_time() - begun > 2
                bugs += answer.status_code >= 500
                refused = answer.status_code >= 400
                is_problem = answer.headers.get("Content-Type") == "application/problem+json"
                shapeless += refused is not is_problem
                seen[engine].append((answer.status_code, answer.json()["code"] if is_problem else ""))
                api.clock.forward(seconds=7)
            broken += (audit.verify_chain().broken_at is not None) + len(list(audit.verify_sla()))
    differing = sum(here != there for here, there in zip(*seen.values(), strict=True))
    statuses = dict(Counter(status for status, _ in seen["sqlite"]))
    return Outcome(
        f"{len(plan):,} calls on each of both databases; statuses {statuses}",
        exactly("answers 5xx", bugs, 0),
        exactly("refusals that are no problem+json", shapeless, 0),
        exactly("calls of more than two seconds of CPU", slow, 0),
        exactly("calls that both databases answer differently", differing, 0),
        exactly("broken chains and clocks afterwards", broken, 0),
    )


def _planned(count: int) -> list[tuple[str, Any]]:
    """Other calls on every run."""
    found: list[tuple[str, Any]] = []

    @settings(max_examples=count, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(who, calls)
    def collect(login: str, call: Any) -> None:
        found.append((login, call))

    collect()
    return found


BOMBS = {
    "one long word": "x" * 20_000,
    "quotes in quotes": ">" * 9_000 + " x",
    "lists in lists": "\n".join(f"{'  ' * depth}- x" for depth in range(130)),
    "a wide table": "|".join("x" * 2_000) + "\n" + "|".join("-" * 2_000) + "\n" + "|".join("y" * 2_000),
    "a long table": "a|b\n-|-\n" + "x|y\n" * 4_900,
    "emphasis": "*" * 10_000 + "x" + "*" * 9_999,
    "brackets": "[" * 20_000,
    "links": "[x](http://a.example) " * 800,
    "addresses": "http://a.example/" + "a/" * 9_000,
    "headings": "# x\n" * 5_000,
    "rules": "---\n" * 5_000,
    "emoji": "🔥👨‍👩‍👧‍👦" * 2_000,
    "right to left": "\u200fאבג" * 4_000,
    "combining signs": "e" + "\u0301" * 19_000,
    "code": "```\n" + "\t" * 19_000 + "\n```",
}


@trial("P2", "PDFs of incidents whose texts are bombs", minutes=10)
def bombs(bench: Bench) -> Outcome:
    """Each ends in time, with a document or a sentence, and nobody else waits."""
    chosen = list(BOMBS.items())[: bench.times(len(BOMBS), least=3)]
    spent, statuses, waits, peaks = list[float](), Counter[str](), list[float](), list[float]()
    with bench.place("sqlite") as place, ExitStack() as stack:
        references = [_bomb(place.cast.diane, text) for _, text in chosen]
        headers = {"Authorization": f"Bearer {place.token('diane')}"}
        server = stack.enter_context(place.serving())
        client = httpx.Client(base_url=f"{server.url}/api/v1", headers=headers, timeout=120, trust_env=False)
        stack.enter_context(client)
        pool = stack.enter_context(ThreadPoolExecutor(2))
        printing = [pool.submit(_print, client, reference) for reference in references]
        while not all(each.done() for each in printing):
            begun = time.perf_counter()
            client.get("/incidents?limit=10")
            waits.append(time.perf_counter() - begun)
            peaks += _children_mb(server)
            time.sleep(0.1)
    for each in printing:
        seconds, status, code = each.result()
        spent.append(seconds)
        statuses[f"{status} {code}".strip()] += 1
    good = statuses["200"] + statuses["422 pdf_too_large"]
    return Outcome(
        f"{len(chosen)} PDFs, two at a time; answers {dict(statuses)}",
        exactly("neither a document nor a sentence", len(chosen) - good, 0),
        at_most("longest", max(spent), LIMIT_S, "s"),
        at_most("most memory of a printing process", max(peaks, default=0) / 1024, 1, "GiB"),
        at_most("p95 of a list meanwhile", percentile(waits, 95) * 1000, 300, "ms"),
        told("median, likewise", percentile(waits, 50) * 1000, "ms"),
    )


def _bomb(by: Actor, text: str) -> str:
    reference = an_incident(by, team=N1, description=text).reference
    for _ in range(3):
        incidents.comment(by, reference, body=text)
    return reference


def _print(client: httpx.Client, reference: str) -> tuple[float, int, str]:
    begun = time.monotonic()
    answer = client.get(f"/incidents/{reference}/report.pdf")
    code = "" if answer.status_code == 200 else answer.json().get("code", "")
    return time.monotonic() - begun, answer.status_code, code


def _children_mb(server: Vigie) -> Iterator[float]:
    """What each process that the server has started has in memory."""
    for task in Path(f"/proc/{server.pid}/task").glob("*/children"):
        for child in task.read_text(encoding="ascii").split():
            try:
                pages = Path(f"/proc/{child}/statm").read_text(encoding="ascii").split()[1]
            except OSError:
                continue
            yield int(pages) * 4096 / 2**20


@trial("K11", "one byte of the database's file is another")
def flipped_bytes(bench: Bench) -> Outcome:
    """It is noticed, or it changes nothing that anybody has written; nothing crashes."""
    count, ends, unnoticed = bench.times(FLIPS), Counter[str](), 0
    with bench.place("sqlite") as place:
        for number in range(60):
            reference = an_incident(place.cast.diane, team=N1).reference
            incidents.comment(place.cast.diane, reference, body=f"Vu {number}.")
            if number % 2:
                lifecycle.take_and_start(place.cast.alice, reference)
        before = dump()
        file = Path(place.url.removeprefix("sqlite:///"))
        db.dispose()
        whole = bytearray(file.read_bytes())
        folder = bench.folder()
        for _ in range(count):
            at = random.randrange(len(whole))
            whole[at] ^= 1 << (bit := random.randrange(8))
            for old in folder.glob("flipped.db*"):
                old.unlink()
            (folder / "flipped.db").write_bytes(whole)
            whole[at] ^= 1 << bit
            mine, theirs = inside.CONTEXT.Pipe()
            with inside.process(
                inside.examine, f"sqlite:///{folder}/flipped.db", str(folder), before, theirs
            ) as process:
                process.join(60)
                said = mine.recv() if mine.poll() else f"ended with {process.exitcode}"
            kind = said.partition(":")[0]
            ends[kind] += 1
            unnoticed += kind == "unnoticed"
            if kind == "unnoticed" or kind.startswith("ended"):
                print(f"  byte {at}: {said}", file=sys.stderr)
    crashed = sum(number for kind, number in ends.items() if kind.startswith("ended"))
    return Outcome(
        f"{count} single bits of a file of {len(whole) // 1024} KiB; {dict(ends)}",
        exactly("neither noticed nor harmless", unnoticed, 0),
        exactly("processes that crashed or hung", crashed, 0),
    )
