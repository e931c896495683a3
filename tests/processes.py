"""Processes of `main.py` without the two seconds of processor time in which each loads the same modules.

A process that has loaded them forks, and the fork runs main.py from its first line: with words, environment, folder,
streams and exit status of its own, and nothing of Vigie has run in it before. What only a new interpreter shows (that
main.py finds all it imports) has a test of its own in tests/commands.
"""

import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

FORKED = Path(__file__).parent / "forked.py"


class Process:
    """What of `subprocess.Popen` the tests need."""

    def __init__(self, answers: int) -> None:
        self._answers = answers
        self._status: int | None = None
        self.pid = self._answer()

    def poll(self) -> int | None:
        """The exit status; None while it runs."""
        if self._status is None and select.select([self._answers], [], [], 0)[0]:
            self._status = self._answer()
            os.close(self._answers)
        return self._status

    def wait(self, timeout: float = 60) -> int:
        """The exit status, negative for a signal; raises `subprocess.TimeoutExpired` after that many seconds."""
        if self._status is None and not select.select([self._answers], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired("main.py", timeout)
        status = self.poll()
        assert status is not None
        return status

    def send_signal(self, number: signal.Signals) -> None:
        """The process, if it still runs, got the signal."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """The process, if it still runs, is gone from one moment to the next."""
        self.send_signal(signal.SIGKILL)

    def _answer(self) -> int:
        packed = os.read(self._answers, 4)
        assert packed, "the process that forks is gone"
        return int(struct.unpack("i", packed)[0])


class Processes:
    """Starts them."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control

    def start(
        self, words: Sequence[str], folder: Path, environment: Mapping[str, str], *, typed: IO[Any], out: int, err: int
    ) -> Process:
        """`python main.py …` runs in `folder`."""
        answers, answered = os.pipe()
        wish = json.dumps({"words": [*words], "folder": str(folder), "environment": {**environment}})
        socket.send_fds(self._control, [wish.encode()], [typed.fileno(), out, err, answered])
        os.close(answered)
        return Process(answers)

    def run(
        self, words: Sequence[str], folder: Path, environment: Mapping[str, str], typed: str = ""
    ) -> "subprocess.CompletedProcess[str]":
        """What `python main.py …` did, having read `typed`."""
        with TemporaryFile("w+") as given, TemporaryFile("w+") as out, TemporaryFile("w+") as err:
            given.write(typed)
            given.seek(0)
            process = self.start(words, folder, environment, typed=given, out=out.fileno(), err=err.fileno())
            try:
                status = process.wait()
            finally:
                process.kill()
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess([*words], status, out.read(), err.read())


@contextmanager
def processes(folder: Path, *modules: str) -> Iterator[Processes]:
    """They begin with these modules loaded, which were loaded in `folder`."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, str(FORKED), str(theirs.fileno()), str(folder), *modules]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VIGIE_")}
    with subprocess.Popen(command, env=kept, pass_fds=[theirs.fileno()], stdin=subprocess.PIPE, stdout=subprocess.PIPE):
        theirs.close()
        with ours:
            yield Processes(ours)
