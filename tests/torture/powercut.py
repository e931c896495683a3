"""The power is cut: K2. What a disk has promised to keep is kept, of all else any part, down to the sector.

A writer is recorded by strace, every write with its bytes, every flush and every acknowledgement in their order. A cut
is a place in this record: writes before a file's last flush are there, each later one is there, or not, or in part.
"""

import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from data import db
from tests.house.tree import ROOT
from tests.torture import wholeness
from tests.torture.bench import Bench, Place
from tests.torture.load import Acks
from tests.torture.registry import Outcome, Waiting, exactly, told, trial

INCIDENTS = 150
CUTS = 300
SECTOR = 512
PROGRAM = "import sys; from tests.torture.inside import declare_aloud; declare_aloud(*sys.argv[1:])"
CALLS = "pwrite64,write,fsync,fdatasync,ftruncate,unlink,unlinkat,pwritev,pwritev2,fallocate"
_CALL = re.compile(r'(\w+)\((\d+)<([^>]*)>(?:, "((?:\\x[0-9a-f]{2})*)"(?:, (\d+)(?:, (\d+))?)?|, (\d+))?\) += (-?\d+)')
_UNLINK = re.compile(r'unlink(?:at)?\((?:[^"]*)"((?:\\x[0-9a-f]{2})*)"')


@dataclass
class Disk:
    """Files, each as it is after a flush, with what has been written to it since."""

    kept: dict[str, bytearray]
    since: dict[str, list[tuple[int, bytes | None]]] = field(default_factory=dict)  # None: cut off there

    def write(self, name: str, at: int, content: bytes | None) -> None:
        self.since.setdefault(name, []).append((at, content))

    def flush(self, name: str) -> None:
        for at, content in self.since.pop(name, []):
            _put(self.kept.setdefault(name, bytearray()), at, content)

    def cut(self, folder: Path) -> None:
        """What is found when the power is back."""
        for name in {*self.kept, *self.since}:
            found = bytearray(self.kept.get(name, b""))
            for at, content in self.since.get(name, []):
                for part_at, part in _parts(at, content):
                    _put(found, part_at, part)
            (folder / name).write_bytes(found)


def _put(file: bytearray, at: int, content: bytes | None) -> None:
    if content is None:
        del file[at:]
        return
    file.extend(bytes(max(0, at - len(file))))
    file[at : at + len(content)] = content


def _parts(at: int, content: bytes | None) -> Iterator[tuple[int, bytes | None]]:
    """All of a write that was never flushed, or nothing of it, or some of its sectors."""
    luck = random.random()
    if luck < 0.4:
        yield at, content
    elif luck > 0.7 and content is not None:
        for start in range(0, len(content), SECTOR):
            if random.random() < 0.5:
                yield at + start, content[start : start + SECTOR]


Step = tuple[str, str, int, bytes | None]  # what, file or reference, place, content


@trial("K2", "the power is cut", minutes=10)
def power_cut(bench: Bench) -> Outcome:
    """What was acknowledged is there, whole."""
    count, cuts, lost, unwhole = bench.times(INCIDENTS, least=20), bench.times(CUTS), 0, 0
    with bench.place("sqlite") as place:
        file = Path(place.url.removeprefix("sqlite:///"))
        db.dispose()
        before = file.read_bytes()
        steps = _recorded(place, file, count)
        assert sum(what == "ack" for what, *_ in steps) == count, "the record is not complete"
        flushes = sum(what == "flush" for what, *_ in steps)
        for _ in range(cuts):
            folder, acks = bench.folder(), Acks()
            disk = Disk({file.name: bytearray(before)})
            for what, name, at, content in steps[: random.randrange(len(steps))]:
                match what:
                    case "write":
                        disk.write(name, at, content)
                    case "flush":
                        disk.flush(name)
                    case "ack":
                        acks.created.append(name)
            disk.cut(folder)
            db.bind(f"sqlite:///{folder}/{file.name}")
            lost += len(wholeness.lost(acks))
            unwhole += bool(list(wholeness.faults()))
            db.dispose()
            shutil.rmtree(folder)
    return Outcome(
        f"{cuts} cuts while {count} incidents were declared, {len(steps):,} writes and flushes recorded",
        exactly("acknowledged writes lost", lost, 0),
        exactly("databases that are not whole", unwhole, 0),
        told("flushes for each incident", flushes / count),
    )


def _recorded(place: Place, file: Path, count: int) -> list[Step]:
    """Every write, flush and acknowledgement, in order."""
    if shutil.which("strace") is None:
        raise Waiting("strace is not installed")
    record = place.folder / "record"
    tracing = ["strace", "-y", "-xx", "-s", "1000000", "-e", f"trace={CALLS}", "-o", str(record)]
    given = [place.url, str(place.cast.diane.user_id), str(count)]
    command = [*tracing, sys.executable, "-c", PROGRAM, *given]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if "ptrace" in done.stderr:
        raise Waiting(f"strace may not look here: {done.stderr.strip().splitlines()[0]}")
    assert done.returncode == 0, done.stderr
    with record.open(encoding="ascii") as lines:
        return [step for line in lines for step in _steps(line, file.name)]


def _steps(line: str, name: str) -> Iterator[Step]:
    if unlinked := _UNLINK.match(line):
        path = Path(bytes.fromhex(unlinked[1].replace("\\x", "")).decode()).name
        if path == f"{name}-wal":
            yield "write", path, 0, None
        return
    if not (call := _CALL.match(line)):
        return
    what, fd, hexed, content, _, at, length, result = call.groups()
    path = Path(bytes.fromhex(hexed.replace("\\x", "")).decode(errors="replace")).name
    said = bytes.fromhex((content or "").replace("\\x", ""))
    if what == "write" and fd == "1":
        yield "ack", said.decode().strip(), 0, None
    elif path not in (name, f"{name}-wal"):
        return
    elif what == "pwrite64":
        assert int(result) == len(said), line[:200]
        yield "write", path, int(at), said
    elif what in ("fsync", "fdatasync"):
        yield "flush", path, 0, None
    elif what == "ftruncate":
        yield "write", path, int(length), None
    else:
        raise AssertionError(f"not understood: {line[:200]}")
