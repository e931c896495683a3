"""What the audit is read by, in a history of millions of lines."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0017"
down_revision = "0016"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# An instant as its day in UTC: SQLite stores text, PostgreSQL instants that it shows in the zone of the session.
DAY = {"sqlite": "substr(NEW.at, 1, 10)", "postgresql": "to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD')"}
FILL = {
    "sqlite": "INSERT INTO history_day SELECT substr(at, 1, 10), MIN(seq), MAX(seq) FROM history GROUP BY 1",
    "postgresql": "INSERT INTO history_day SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD'), MIN(seq), MAX(seq)"
    " FROM history GROUP BY 1",
}
UPSERT = (
    "INSERT INTO history_day (day, first_seq, last_seq) VALUES ({day}, NEW.seq, NEW.seq) "
    "ON CONFLICT (day) DO UPDATE SET last_seq = excluded.last_seq"
)


def upgrade() -> None:
    op.create_index("ix_history_actor", "history", ["actor_id", "seq"])
    op.create_index("ix_history_fact", "history", ["fact", "seq"])
    op.create_index("ix_history_actor_fact", "history", ["actor_id", "fact", "seq"])
    op.create_table(
        "history_day",
        sa.Column("day", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("first_seq", KEY, nullable=False),
        sa.Column("last_seq", KEY, nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
    name = op.get_bind().dialect.name
    upsert = UPSERT.format(day=DAY[name])
    op.execute(FILL[name])
    if name == "sqlite":
        op.execute(f"CREATE TRIGGER history_day_of_line AFTER INSERT ON history BEGIN {upsert}; END")
        return
    op.execute(
        "CREATE FUNCTION history_day_of_line() RETURNS trigger LANGUAGE plpgsql AS "
        f"$day$ BEGIN {upsert}; RETURN NEW; END $day$"
    )
    op.execute(
        "CREATE TRIGGER history_day_of_line AFTER INSERT ON history FOR EACH ROW EXECUTE FUNCTION history_day_of_line()"
    )
