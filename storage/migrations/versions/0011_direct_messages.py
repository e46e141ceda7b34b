"""Messages of no case: answers to questions by short message

They lie among the replies, without a case; their telephone is counted by its keyed hash.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A reply may be of no case."""
    op.alter_column(
        "reply",
        "case_number",
        existing_type=sa.String(length=15),
        nullable=True,
        comment="none: a direct message, to a telephone",
    )
    op.create_index(
        "ix_reply_direct",
        "reply",
        ["recipient", "created_at"],
        postgresql_where=sa.text("case_number IS NULL"),
    )


def downgrade() -> None:
    """Every reply has a case again; direct messages go."""
    op.drop_index("ix_reply_direct", table_name="reply")
    op.execute("DELETE FROM reply WHERE case_number IS NULL")
    op.alter_column(
        "reply",
        "case_number",
        existing_type=sa.String(length=15),
        nullable=False,
        comment=None,
        existing_comment="none: a direct message, to a telephone",
    )
