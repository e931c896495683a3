"""The full-text index of incidents; `data.migrate` fills it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "search_state", sa.Column("version", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("version")
    )
    if op.get_bind().dialect.name == "sqlite":
        # No content and no positions: only which words an incident has. Short beginnings have doclists of their own.
        op.execute(
            "CREATE VIRTUAL TABLE incident_search USING fts5(shared, team, own, content='', contentless_delete=1,"
            " tokenize='ascii', detail='column', prefix='1 2 3 4')"
        )
        return
    op.create_table(
        "incident_search",
        sa.Column("incident_id", sa.BigInteger(), sa.ForeignKey("incident.id"), primary_key=True),
        sa.Column("requester_id", sa.BigInteger(), nullable=False),
        sa.Column("shared", TSVECTOR(), nullable=False),
        sa.Column("whole", TSVECTOR(), nullable=False),
    )
    for column in ("shared", "whole"):
        op.create_index(f"ix_incident_search_{column}", "incident_search", [column], postgresql_using="gin")
