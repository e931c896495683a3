"""Whether this process can do its work."""

from data import db
from data.migrate import is_migrated


def is_ready() -> bool:
    """Whether the database answers and has the newest schema."""
    try:
        return is_migrated()
    except db.OperationalError:
        return False
