"""Letters that loop, flood and break: M1, M2, M4."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

from data import db
from data.queries import people
from services import clock, files
from services.clock import MovedClock
from services.intake.mail import fetching
from services.intake.mail.mailbox import Server
from services.intake.mail.receive import receive
from services.intake.mail.worker import Reader
from services.notifications import mail, outbox
from services.work import Actor
from tests.intake.imap import ImapMailbox, imap_server
from tests.intake.letters import PNG, raw, written
from tests.intake.test_letters import BOMBS
from tests.notifications.conftest import send_all
from tests.notifications.peers import Mailbox, mail_server
from tests.personas import MONDAY, an_incident
from tests.torture.bench import Bench, Place
from tests.torture.outbox import db_value, rows
from tests.torture.registry import Outcome, at_most, exactly, told, trial

FLOOD, MUTATED, AUTOMATIC, ROUNDS = 1_000, 10_000, 200, 6
CHLOE = "chloe@acme.example"
SECRET_WORD = "Pamplemousse"
EACH = 4  # of the mutated letters one in so many is received too
MOST_S = 12.0  # of one letter: the limit, and what the machine takes to end a process


@contextmanager
def _desk(url: str, folder: Path, box: ImapMailbox, out: Mailbox, address: str) -> Iterator[None]:
    """Vigie's services work as the desk whose address this is."""
    before = outbox.terms()
    db.bind(url)
    files.use_folder(folder / "attachments")
    mail.use(mail.Server("127.0.0.1", out.port, f"Vigie <{address}>"))
    outbox.configure(outbox.Terms(ZoneInfo("Europe/Paris"), mail=True, public_url="https://vigie.acme.example"))
    fetching.use(Server.of(box.url()), address)
    try:
        yield
    finally:
        fetching.use(None)
        mail.use(None)
        outbox.configure(before)
        db.dispose()


def _address(place: Place, chloe: str) -> None:
    """Everybody has an address, Chloé this one."""
    with db.write_session() as session:
        for user in people.users(session):
            user.email = chloe if user.login == "chloe" else f"{user.login}@{place.folder.name}.example"
        session.commit()


def _fetch_all() -> None:
    while fetching.fetch():
        pass


@trial("M1", "two desks that write to each other, and letters that no person has written")
def loops(bench: Bench) -> Outcome:
    """Neither answers the other's letters, and nothing comes of answers by machines, bounces and our own address."""
    count, addresses = bench.times(AUTOMATIC), ("desk@a.example", "desk@b.example")
    desks: list[tuple[str, Path]] = []
    declaring: list[Actor] = []
    for other in reversed(addresses):
        with bench.place("sqlite") as place:
            _address(place, other)
            desks.append((place.url, place.folder))
            declaring.append(place.cast.chloe)
    pairs, delivered, made = Counter[str](), 0, 0
    with mail_server() as out, imap_server() as one, imap_server() as two:
        boxes = dict(zip(addresses, (one, two), strict=True))
        with _desk(*desks[0], one, out, addresses[0]):
            an_incident(declaring[0])
        for _ in range(ROUNDS):
            for (url, folder), address in zip(desks, addresses, strict=True):
                with _desk(url, folder, boxes[address], out, address):
                    _fetch_all()
                    send_all()
                for letter in out.letters[delivered:]:
                    to = str(letter["To"])
                    if to in boxes:
                        pairs[f"{letter['From']} to {to}"] += 1
                        boxes[to].put(letter.as_bytes())
                delivered = len(out.letters)
        ours = str(next(letter for letter in out.letters if letter["To"] == addresses[1])["Message-ID"])
        with _desk(*desks[0], one, out, addresses[0]):
            for number in range(count):
                one.put(_by_a_machine(number, addresses, ours))
            before = db_value("SELECT count(*) FROM incident") + db_value("SELECT count(*) FROM comment")
            _fetch_all()
            made = db_value("SELECT count(*) FROM incident") + db_value("SELECT count(*) FROM comment") - before
            ignored = db_value("SELECT count(*) FROM letter WHERE state = 'ignored'")
        with _desk(*desks[1], two, out, addresses[1]):
            made += db_value("SELECT count(*) FROM incident")
    return Outcome(
        f"{ROUNDS} rounds between two desks, then {count} letters by machines",
        at_most("letters from one desk to the other", max(pairs.values()), 1),
        exactly("incidents and comments out of letters by machines", made, 0),
        exactly("of those letters that were not counted as such", count - ignored, 0),
        exactly("letters left in a mailbox", sum(len(box.letters) - len(box.seen) for box in (one, two)), 0),
    )


def _by_a_machine(number: int, addresses: tuple[str, str], ours: str) -> bytes:
    """An answer to a letter of ours, one way after the other of saying that nobody has written it."""
    mark = (
        "Auto-Submitted: auto-replied",
        "Precedence: bulk",
        "X-Auto-Response-Suppress: All",
        "Return-Path: <>",
        'Content-Type: multipart/report; boundary="x"',
        f"From: {addresses[0]}",
    )[number % 6]
    sender = () if mark.startswith("From") else (f"From: {addresses[1]}",)
    return raw(*sender, mark, f"In-Reply-To: {ours}", f"Message-ID: <{number}@machine.example>", "Subject: Absent")


@trial("M2", "a flood of letters with senders that are made up")
def flood(bench: Bench) -> Outcome:
    """Nobody is written to who is not known, and nobody reads the writer's words in a letter of ours."""
    count, time_now = bench.times(FLOOD, least=100), MovedClock(MONDAY)
    with clock.running_on(time_now), bench.place("sqlite") as place, mail_server() as out, imap_server() as box:
        _address(place, CHLOE)
        url, folder = place.url, place.folder
        for number in range(count):
            sender = ("same@evil.example", f"n{number}@evil.example", CHLOE)[number % 3]
            box.put(written(sender, f"{SECRET_WORD} {number}", f"http://evil.example/{SECRET_WORD}"))
        with _desk(url, folder, box, out, "desk@acme.example"):
            _fetch_all()
            send_all()
            of_one = db_value("SELECT count(*) FROM letter WHERE sender = 'same@evil.example' AND state = 'parked'")
            parked = db_value("SELECT count(*) FROM letter WHERE state = 'parked'")
            known = {str(row[0]) for row in rows('SELECT email FROM "user"')}
            counted = db_value("SELECT count(*) FROM letter")
    strangers = [letter for letter in out.letters if str(letter["To"]) not in known]
    receipts = [letter for letter in out.letters if letter["To"] == CHLOE]
    return Outcome(
        f"{count:,} letters: of one stranger, of a stranger each, and in Chloé's name",
        at_most("parked of one unknown sender in an hour", of_one, 20),
        exactly("letters to anybody without an account", len(strangers), 0),
        exactly("receipts with a word of the sender's", sum(SECRET_WORD in _all_of(each) for each in receipts), 0),
        at_most("receipts to whom the letters were made up for, in an hour", len(receipts), 60),
        exactly("letters that nobody counted", count - counted, 0),
        told("waiting for somebody", parked),
    )


def _all_of(letter: EmailMessage) -> str:
    return f"{letter.as_string()}{letter.get_content()}{letter['Subject']}"


@trial("M4", "letters that break parsers", minutes=10)
def broken(bench: Bench) -> Outcome:
    """Each is read or parked in time; the one after it is received; nothing but the reading process ever ends."""
    count, time_now, chance = bench.times(MUTATED, least=200), MovedClock(MONDAY), random.Random(4)
    longest, raised, restarts = 0.0, Counter[str](), 0
    with clock.running_on(time_now), bench.place("sqlite") as place, mail_server() as out, imap_server() as box:
        _address(place, CHLOE)
        with _desk(place.url, place.folder, box, out, "desk@acme.example"):
            for bomb in BOMBS.values():
                box.put(bomb)
                box.put(written(CHLOE))
            begun = time.monotonic()
            _fetch_all()
            bombs_s = time.monotonic() - begun
            stuck = len(box.letters) - len(box.seen)
            good = db_value("SELECT count(*) FROM letter WHERE state = 'declared'")
            listed = db_value("SELECT count(*) FROM letter WHERE state <> 'declared'")
            with Reader() as reader:
                process = None
                for number in range(count):
                    mutated = _mutated(chance)
                    begun = time.monotonic()
                    letter = reader.read(mutated)
                    longest = max(longest, time.monotonic() - begun)
                    restarts += process is not None and reader._process is not process
                    process = reader._process
                    if number % EACH:
                        continue
                    try:
                        receive(mutated, letter)
                    except Exception as error:
                        raised[type(error).__name__] += 1
                    time_now.forward(minutes=3)
    return Outcome(
        f"{len(BOMBS)} bombs, a good letter after each; {count:,} mutated ones",
        exactly("letters still in the mailbox", stuck, 0),
        exactly("good letters that became no incident", len(BOMBS) - good, 0),
        exactly("bombs that are not listed", len(BOMBS) - listed, 0),
        at_most("longest of a mutated one", longest, MOST_S, "s"),
        exactly(f"mutated ones that raised {dict(raised) or ''}".strip(), sum(raised.values()), 0),
        told("reading processes that ended", restarts),
        told("all bombs and good letters together", bombs_s, "s"),
    )


SEEDS = (
    written(CHLOE, "Écran noir", "Bonjour,\n\nRien.\n-- \nChloé", files=[("écran.png", PNG), ("a.log", b"x" * 500)]),
    raw(
        f'From: "Dubois, Chloé" <{CHLOE}>',
        "Subject: =?utf-8?q?R=C3=A9seau?= =?iso-8859-1?b?6Q==?=",
        'Content-Type: multipart/alternative; boundary="b"',
        "References: <a@b> <1-user-2-email.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@x.example>",
        text="--b\r\nContent-Type: text/plain; charset=utf-8; format=flowed\r\n\r\nOui\r\n--b\r\n"
        "Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>Oui=20</p>\r\n--b--",
    ),
)
TOKENS = (
    b"\x00",
    b"\r\n",
    b"\r\n\r\n",
    b"--b",
    b"=?",
    b"?=",
    b"(",
    b'"',
    b"<",
    b"\xff",
    b";",
    b"=\r\n",
    b"charset=",
    b"*0*=",
)


def _mutated(chance: random.Random) -> bytes:
    """A letter in which some bytes are others, gone, twice there or signs that mean something."""
    letter = bytearray(chance.choice(SEEDS))
    letter[:0] = f"Message-ID: <{chance.getrandbits(60)}@m.example>\r\n".encode()
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(letter))
        match chance.randrange(4):
            case 0:
                letter[at] = chance.randrange(256)
            case 1:
                del letter[at : at + chance.randint(1, 40)]
            case 2:
                letter[at:at] = letter[at : at + 60] * chance.randint(1, 20)
            case _:
                letter[at:at] = chance.choice(TOKENS) * chance.choice((1, 1, 2, 50))
    return bytes(letter) or b"x"
