"""What Vigie does by itself: threads that have nothing to do cost nothing, and those that hang hold up no others."""

import threading
import time
from collections import deque

from services.jobs import Job, Runner


def test_of_six_idle_threads_one_asks_for_all() -> None:
    asked: list[float] = []

    def due() -> bool:
        asked.append(time.monotonic())
        return False

    runner = Runner([Job("idle", 0.2, lambda: False, threads=6, due=due)])
    runner.start()
    time.sleep(0.7)
    runner.stop()
    assert 2 <= len(asked) <= 5


def test_as_many_as_there_are_threads_are_at_work_at_once() -> None:
    """W2: receivers that hang leave the others theirs."""
    waiting, together = deque(range(4)), threading.Barrier(4)
    done: list[int] = []

    def one() -> bool:
        try:
            number = waiting.popleft()
        except IndexError:
            return False
        together.wait(5)  # nobody gets through here before all four are at work
        done.append(number)
        return True

    runner = Runner([Job("sending", 0.05, one, threads=4, due=lambda: len(waiting))])
    runner.start()
    deadline = time.monotonic() + 5
    while len(done) < 4 and time.monotonic() < deadline:
        time.sleep(0.02)
    runner.stop()
    assert sorted(done) == [0, 1, 2, 3]
