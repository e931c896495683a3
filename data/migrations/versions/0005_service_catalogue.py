"""Where service requests are sent."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    address, label = (sqlmodel.sql.sqltypes.AutoString(length=length) for length in (2000, 80))
    op.add_column("organisation", sa.Column("catalogue_address", address, nullable=True))
    op.add_column("organisation", sa.Column("catalogue_label", label, nullable=True))
