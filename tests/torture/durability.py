"""What was acknowledged is there, whatever ends: K1."""

import random
import sys
import time
from collections import Counter
from urllib.request import Request, urlopen

from data import db
from data.queries import people
from services import sessions
from tests.intake.imap import ImapMailbox, imap_server
from tests.intake.letters import written
from tests.notifications.peers import mail_server
from tests.personas import PASSWORD
from tests.torture import wholeness
from tests.torture.bench import ENGINES, Bench, Place, not_running_s
from tests.torture.load import Acks, Caller, a_life, working
from tests.torture.outbox import db_value
from tests.torture.registry import Outcome, at_most, exactly, trial

KILLS = {"sqlite": 30, "postgresql": 10}
WRITERS = 4
LETTERS = 3  # that come in between two kills


@trial("K1", "kill -9 of the whole app under API, page and mail load", minutes=12)
def whole_app_killed(bench: Bench) -> Outcome:
    """Each restart is found whole, and quickly ready."""
    acks = {engine: Acks() for engine in ENGINES}
    lost, faults, restarts, letters = 0, 0, [], Counter[str]()
    for engine in ENGINES:
        with bench.place(engine) as place:
            with imap_server() as inbox:
                restarts += _killed(place, bench.times(KILLS[engine]), acks[engine], inbox)
            letters += _letters(inbox)
            lost += len(_shown(wholeness.lost(acks[engine])))
            faults += len(_shown(list(wholeness.faults())))
    kills = ", ".join(f"{bench.times(KILLS[engine])} on {engine}" for engine in ENGINES)
    refused = sum(count for each in acks.values() for status, count in each.refused.items() if status >= 500)
    return Outcome(
        f"kills: {kills}; {sum(map(len, acks.values())):,} writes, {letters['handled']} letters",
        exactly("acknowledged writes lost", lost, 0),
        exactly("half changes, broken chains, bad pages", faults, 0),
        exactly("letters marked as handled that led to nothing", letters["lost"], 0),
        exactly("incidents that letters made twice, or half", letters["doubled"], 0),
        exactly("answers 5xx", refused, 0),
        at_most("slowest restart, without waiting for a processor", max(restarts), 5, "s"),
    )


def _killed(place: Place, kills: int, acks: Acks, inbox: ImapMailbox) -> list[float]:
    """Kills the server so often at random moments, while letters come in; how long each restart took, in seconds."""
    restarts = []
    _give_addresses()
    cookie = sessions.sign_in("alice", PASSWORD).secret
    with mail_server() as box:
        mail = {"VIGIE_SMTP_URL": f"smtp://127.0.0.1:{box.port}", "VIGIE_SMTP_SENDER": "Vigie <vigie@acme.example>"}
        with place.serving(**mail, VIGIE_IMAP_URL=inbox.url()) as server:
            callers = [Caller(server.port, place.token("bruno" if n % 2 else "diane")) for n in range(WRITERS)]
            looking = Request(f"{server.url}/incidents", headers={"Cookie": f"vigie_session={cookie}"})
            jobs = [lambda call=call: a_life(call, acks) for call in callers]
            with working(*jobs, lambda: urlopen(looking, timeout=15).read()):
                for _ in range(kills):
                    for _ in range(LETTERS):
                        inbox.put(written("chloe@acme.example", text="Encore."))
                    time.sleep(random.uniform(0.3, 2))
                    server.kill()
                    begun = time.monotonic()
                    server.start()
                    restarts.append(time.monotonic() - begun - not_running_s(server.pid))
                time.sleep(1)
    return restarts


def _letters(inbox: ImapMailbox) -> Counter[str]:
    """Letters that were handled; those that no row knows; by how many their incidents are too many or too few."""
    known = db_value("SELECT count(*) FROM letter")
    declared = db_value("SELECT count(DISTINCT incident_id) FROM letter WHERE state = 'declared'")
    rows = db_value("SELECT count(*) FROM letter WHERE state = 'declared'")
    made = db_value("SELECT count(*) FROM incident WHERE source = 'email'")
    doubled = abs(made - rows) + abs(rows - declared)
    return Counter(handled=len(inbox.seen), lost=max(0, len(inbox.seen) - known), doubled=doubled)


def _give_addresses() -> None:
    with db.write_session() as session:
        for user in people.users(session):
            user.email = f"{user.login}@acme.example"
        session.commit()


def _shown(found: list[object] | list[str]) -> list[object] | list[str]:
    for each in found[:10]:
        print(f"  {each}", file=sys.stderr)
    return found
