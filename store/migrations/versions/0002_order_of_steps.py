"""Order of steps"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("journal", sa.Column("order", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute('UPDATE journal SET "order" = at')
    op.create_index("ix_journal_actor", "journal", ["actor", "order"])


def downgrade() -> None:
    op.drop_index("ix_journal_actor", "journal")
    op.drop_column("journal", "order")
