"""What channels are reached by is sealed under a key that is not in the database."""

import json

import sqlalchemy as sa
from alembic import context, op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        op.execute("PRAGMA secure_delete=ON")  # what stood in the columns must not stay in the file
    op.add_column("channel", sa.Column("sealed", sa.Text(), nullable=True))
    seal = context.config.attributes.get("seal")
    for key, address, secret in connection.execute(sa.text("SELECT id, address, secret FROM channel")).all():
        if seal is None:
            raise RuntimeError("the channels can be sealed only with the secret key: start Vigie, or run its `migrate`")
        sealed = seal(f"channel {key}", json.dumps([address, secret]))
        connection.execute(
            sa.text("UPDATE channel SET sealed = :sealed WHERE id = :key"), {"sealed": sealed, "key": key}
        )
    op.drop_column("channel", "address")
    op.drop_column("channel", "secret")
