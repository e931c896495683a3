"""Letters are read in a process of its own, with limits: one that is a bomb ends that process, and nothing else (M4).

The process is asked for one letter after the other: on stdin the length of the letter and the letter, on stdout the
length of what was read, that as JSON, and the content of its files. A length of nothing: it cannot be read.
"""

import json
import os
import signal
import struct
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import IO, Any, Self

from services.intake.mail.letter import File, Letter, as_json, read

LIMIT = 25 * 2**20  # bytes of a letter
TIME_LIMIT_S = 10.0
MEMORY_LIMIT = 2**30
NICENESS = 10  # people's pages first
ROOT = Path(__file__).parents[3]

_ASKED, _ANSWERED = struct.Struct(">?Q"), struct.Struct(">Q")


class Reader:
    """`with Reader() as reader:` reads letters; its process begins with the first and ends with the block."""

    def __init__(self, time_limit_s: float = TIME_LIMIT_S) -> None:
        self.time_limit_s = time_limit_s
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end()

    def read(self, raw: bytes, *, whole: bool = True) -> Letter | None:
        """The letter; None where it cannot be read within the limits, or at all."""
        if len(raw) > LIMIT:
            return None
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        alarm = Timer(self.time_limit_s, process.kill)
        alarm.start()
        try:
            process.stdin.write(_ASKED.pack(whole, len(raw)) + raw)
            process.stdin.flush()
            return _received(process.stdout)
        except (OSError, EOFError, ValueError):
            self._end()
            return None
        finally:
            alarm.cancel()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            environment = {name: value for name, value in os.environ.items() if not name.startswith("VIGIE_")}
            command = [sys.executable, "-m", __name__, str(self.time_limit_s)]
            self._process = subprocess.Popen(  # noqa: S603, this module itself
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=ROOT,
                env=environment,
            )
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            with suppress(OSError):  # what it was told last may still wait in the pipe
                self._process.communicate()
            self._process = None


def _received(pipe: IO[bytes]) -> Letter | None:
    (length,) = _ANSWERED.unpack(_exactly(pipe, _ANSWERED.size))
    if length == 0:
        return None
    told: dict[str, Any] = json.loads(_exactly(pipe, min(length, LIMIT)))
    files = tuple(File(name, _exactly(pipe, size)) for name, size in told["files"])
    return Letter(**told | {"files": files, "answered": tuple(told["answered"]), "left_out": tuple(told["left_out"])})


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    """Raises EOFError where the process has ended before."""
    content = pipe.read(size)
    if len(content) != size:
        raise EOFError
    return content


def _serve(time_limit_s: float) -> None:
    _limit()
    asked, answer = sys.stdin.buffer, sys.stdout.buffer
    while head := asked.read(_ASKED.size):
        whole, size = _ASKED.unpack(head)
        raw = asked.read(size)
        signal.setitimer(signal.ITIMER_REAL, time_limit_s + 2)  # whoever asked may be gone
        try:
            letter = read(raw, whole=whole)
            told = json.dumps(as_json(letter)).encode()
        except Exception:  # whatever it leads to, the letter cannot be read
            answer.write(_ANSWERED.pack(0))
        else:
            answer.write(_ANSWERED.pack(len(told)) + told)
            answer.writelines(file.content for file in letter.files)
        answer.flush()
        signal.setitimer(signal.ITIMER_REAL, 0)


def _limit() -> None:
    with suppress(ImportError):  # there is no such thing on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
        os.nice(NICENESS)


if __name__ == "__main__":
    _serve(float(sys.argv[1]))
