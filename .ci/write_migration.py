"""Writes the next migration: what the models have and a freshly migrated database has not.

python .ci/write_migration.py MESSAGE, from the root of the repository. The result is a draft to read and to test on
both databases: alembic sees neither triggers nor renamed columns.
"""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from data import db
from data.migrate import configuration, migrate


def write(message: str) -> None:
    """`data/migrations/versions` has a new file, numbered after the last one."""
    with tempfile.TemporaryDirectory() as folder:
        database = db.bind(f"sqlite:///{folder}/vigie.db")
        migrate()
        with database.writer.connect() as connection:
            config = configuration(connection)
            number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
            command.revision(config, message=message, autogenerate=True, rev_id=f"{number:04}")
        db.dispose()


write(sys.argv[1])
