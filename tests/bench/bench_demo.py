"""How long the demonstration takes: SQLite with synchronous=FULL, each step of each history a transaction."""

import time
from pathlib import Path

from data import db
from data.migrate import migrate
from services import chain, demo

SECONDS = 10.0


def test_how_long_the_demonstration_takes(tmp_path: Path) -> None:
    chain.use_secret(b"a secret for the bench")
    db.bind(f"sqlite:///{tmp_path}/vigie.db")
    migrate()
    begun, cpu = time.perf_counter(), time.process_time()
    loaded = demo.load()
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    db.dispose()
    kept = "yes" if seconds <= SECONDS else "NO"
    print("\nname | figure | bar | ok")
    print(f"demonstration of {loaded.incidents} incidents: s | {seconds:.2f} | {SECONDS} | {kept}")
    print(f"demonstration of {loaded.incidents} incidents: CPU s | {cpu:.2f} | |")
    assert seconds <= SECONDS
