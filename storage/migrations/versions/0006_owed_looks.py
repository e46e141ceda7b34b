"""Looks at the record that are owed to running cases

Which workflows have to be told that their next moment came nearer: kept until they were told.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, and the count of cases that could not be counted."""
    op.create_table(
        "owed_look",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("case_number", sa.String(length=15), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owed_look")),
        comment="Cases whose workflow has to be told of a nearer moment; gone once it was.",
    )
    op.create_index(op.f("ix_owed_look_next_at"), "owed_look", ["next_at", "id"])
    op.add_column(
        "recomputation",
        sa.Column("uncounted", sa.Integer(), nullable=False, server_default="0"),
    )


def downgrade() -> None:
    """Drop both."""
    op.drop_column("recomputation", "uncounted")
    op.drop_table("owed_look")
