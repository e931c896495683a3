"""Anchors: what was noted of the history outside of the database shows that its tail was cut (S143, L2)."""

from dataclasses import replace
from pathlib import Path

from data.vocabulary import Medium
from services import anchors, audit, people
from services.clock import MovedClock
from services.notifications import delivery, mail, outbox
from tests.dump import drop_the_guards, execute, value
from tests.notifications.peers import mail_server
from tests.personas import PASSWORD, Cast, in_progress


def head_of(seq: int) -> str:
    return str(value(f"SELECT hash FROM history WHERE seq = {seq}"))


def test_a_cut_tail_shows_in_the_head_to_whoever_has_an_anchor(cast: Cast) -> None:
    """S143, L2: cut at any place. The days of the history tell as well, until somebody continues it."""
    for _ in range(3):
        in_progress(cast.alice)
    noted = audit.verify_chain()
    anchor = anchors.Anchor(noted.lines, noted.head)
    assert anchors.check([anchors.Anchor(1, head_of(1)), anchor]).broken is None
    drop_the_guards()
    for left in range(noted.lines - 1, noted.lines - 9, -1):
        execute("DELETE FROM history WHERE seq > :left", left=left)
        assert (audit.verify_chain().broken_at, anchors.check([anchor]).broken) == (left + 1, anchor)
    people.create_user(cast.emile, login="zoe", name="Zoé", role="requester", password=PASSWORD)
    while audit.verify_chain().lines <= noted.lines:
        in_progress(cast.bruno)
    assert audit.verify_chain().broken_at is None
    assert anchors.check([anchors.Anchor(1, head_of(1)), anchor]).broken == anchor


def test_an_anchor_is_read_wherever_it_stands() -> None:
    head = "0f" * 32
    for said in (
        f"7:{head}",
        f"2026-11-25T00:00:01Z 7:{head}\n",
        f"VIGIE INC-20261125-000001 7 {head}",
        f"Line 7: {head}.",
        f"7:{head[:9]}=\r\n{head[9:]}",
    ):
        assert anchors.read(said) == [anchors.Anchor(7, head)]
    for none in ("", head, f"7:{head}0", f"7:{head[:-1]}", f"7:{head.upper()}", f"INC-20261125-000007 {head[:-2]}"):
        assert anchors.read(none) == []


def test_each_day_has_its_anchor_in_a_file_of_its_owner(cast: Cast, clock: MovedClock, tmp_path: Path) -> None:
    """Whoever asks how often, and after a restart too."""
    anchors.use_folder(tmp_path / "kept")
    file = anchors.kept_in(tmp_path / "kept")
    for _ in range(2):
        for _ in range(3):
            assert anchors.anchor_one() is False
            in_progress(cast.alice)
        clock.forward(days=1)
    anchors.use_folder(Path("var"))
    kept = anchors.read(file.read_text())
    assert (len(file.read_text().splitlines()), len(kept), file.stat().st_mode & 0o777) == (2, 2, 0o600)
    assert [head_of(anchor.seq) for anchor in kept] == [anchor.head for anchor in kept]
    assert anchors.check(kept) == anchors.AnchorReport(2, audit.verify_chain().lines, None)
    assert anchors.set_aside(file.parent) is not None
    assert (file.exists(), len([*file.parent.iterdir()])) == (False, 1)


def test_whoever_keeps_anchors_gets_a_letter_a_day_while_something_happens(
    cast: Cast, clock: MovedClock, tmp_path: Path
) -> None:
    """Once, however many processes ask; what is sent is what the history says."""
    anchors.use_folder(tmp_path)
    before = outbox.terms()
    outbox.configure(replace(before, mail=True, anchor_to=("auditor@example.org", "vault@example.org")))
    for happens, letters in ((True, 2), (False, 2), (True, 4)):
        if happens:
            in_progress(cast.alice)
        for _ in range(2):
            anchors.anchor_one()
        assert value("SELECT COUNT(*) FROM notification WHERE kind = 'anchored'") == letters
        clock.forward(days=1)
    with mail_server() as box:
        mail.use(mail.Server("127.0.0.1", box.port, "Vigie <vigie@example.org>"))
        while delivery.send_one(Medium.EMAIL):
            pass
        mail.use(None)
    outbox.configure(before)
    anchors.use_folder(Path("var"))
    assert [letter["To"] for letter in box.letters] == ["auditor@example.org", "vault@example.org"] * 2
    kept = anchors.read("".join(letter.get_content() for letter in box.letters))
    assert len(kept) == 2
    assert kept == anchors.read((tmp_path / "anchors.log").read_text())[::2]
    assert anchors.check(kept).broken is None
    assert audit.verify_chain().broken_at is None
