"""Senders of files: which agent sent a file first, so that the same proof of another one is seen"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("documents", sa.Column("sender", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("documents", "sender")
