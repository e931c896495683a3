"""The process that `tests.processes` starts: it has loaded what `main.py` loads, and forks where one is asked for.

    python forked.py CONTROL FOLDER MODULE…

It has run nothing of Vigie. A fork gets its own words, environment, folder and streams, and then runs main.py from its
first line as `__main__`. Between the two stands a keeper, which says how the fork ended.
"""

import gc
import importlib
import json
import os
import runpy
import signal
import socket
import struct
import sys
from pathlib import Path

MAIN = Path(__file__).resolve().parents[1] / "main.py"
LONGEST = 2**18  # bytes of words and environment


def asked(control: socket.socket) -> bool:
    """True in each fork, when it is to run; False when nobody can ask any more."""
    while True:
        said, files, *_ = socket.recv_fds(control, LONGEST, 4)
        if not said:
            return False
        if not os.fork():
            control.close()
            _become(json.loads(said), files[:3], files[3])
            return True
        for file in files:
            os.close(file)


def _become(wish: dict[str, object], streams: list[int], answers: int) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if fork := os.fork():
        _keep(fork, streams, answers)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.close(answers)
    for number, file in enumerate(streams):
        os.dup2(file, number)
        os.close(file)
    os.chdir(str(wish["folder"]))
    os.environ.clear()
    os.environ.update(dict(wish["environment"]))  # type: ignore[call-overload]
    sys.argv[:] = [str(MAIN), *map(str, list(wish["words"]))]  # type: ignore[call-overload]


def _keep(fork: int, streams: list[int], answers: int) -> None:
    for file in streams:
        os.close(file)
    os.write(answers, struct.pack("i", fork))
    _, status = os.waitpid(fork, 0)
    os.write(answers, struct.pack("i", os.waitstatus_to_exitcode(status)))
    os._exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever holds `control` ends it
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for keepers
    _, CONTROL, FOLDER, *MODULES = sys.argv
    sys.path[0] = str(MAIN.parent)
    os.chdir(FOLDER)
    for each in MODULES:
        importlib.import_module(each)
    gc.collect()
    gc.freeze()  # a fork that collected what is loaded would copy all of it
    if asked(socket.socket(fileno=int(CONTROL))):
        runpy.run_path(str(MAIN), run_name="__main__")
