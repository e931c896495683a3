"""A process of its own whose people all reach for the same incident at once; `test_races.py` starts several.

Reads `reference` lines; for each, everybody takes it, and a line of JSON tells of each: who, and what came of it.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from data import db
from services import chain, lifecycle
from services.errors import AlreadyTaken
from services.work import Actor


def outcome(user_id: int, reference: str, start: Barrier) -> tuple[int, str, str]:
    """(who, "won", "") or (who, "beaten", by whom) or (who, the error's class, its text)."""
    start.wait()
    try:
        lifecycle.take(Actor(user_id), reference)
    except AlreadyTaken as taken:
        return user_id, "beaten", taken.params["by"]
    except Exception as error:
        return user_id, type(error).__name__, str(error)
    return user_id, "won", ""


def main(url: str, secret: str, *user_ids: str) -> None:
    """Answers until its input ends."""
    db.bind(url)
    chain.use_secret(secret.encode())
    people = [int(user_id) for user_id in user_ids]
    with ThreadPoolExecutor(len(people)) as threads:
        print("ready", flush=True)
        for line in sys.stdin:
            reference, start = line.strip(), Barrier(len(people))
            print(json.dumps(list(threads.map(lambda who: outcome(who, reference, start), people))), flush=True)  # noqa: B023
    db.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
