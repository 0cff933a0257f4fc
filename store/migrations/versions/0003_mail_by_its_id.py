"""Mail by its id"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_outbox_mail",
        "outbox",
        ["wire_id"],
        sqlite_where=sa.text("channel = 'mail'"),
        postgresql_where=sa.text("channel = 'mail'"),
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_mail", "outbox")
