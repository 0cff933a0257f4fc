"""Inbox senders: who wrote how much within the hour, and what was said before, without reading every row"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MAILED = sa.text("kind = 'mail'")
INDEXES = {"actor": ["actor", "at"], "room": ["room", "at"], "content": ["content", "actor", "at"]}


def upgrade() -> None:
    op.add_column("inbox", sa.Column("content", sa.String(), nullable=False, server_default=""))
    op.add_column("inbox", sa.Column("raw", sa.String(), nullable=False, server_default=""))
    op.execute(
        "UPDATE inbox SET content = substr(source, length(source) - 31)"
        " WHERE kind = 'mail' AND actor <> '' AND source LIKE 'mail:%#________________________________'"
        " AND verdict NOT IN ('duplicate', 'over budget', 'late')"
    )
    for name, columns in INDEXES.items():
        op.create_index(f"ix_inbox_mail_{name}", "inbox", columns, sqlite_where=MAILED, postgresql_where=MAILED)
    op.create_index("ix_documents_type", "documents", ["type", "at"])


def downgrade() -> None:
    op.drop_index("ix_documents_type", "documents")
    for name in INDEXES:
        op.drop_index(f"ix_inbox_mail_{name}", "inbox")
    op.drop_column("inbox", "raw")
    op.drop_column("inbox", "content")
