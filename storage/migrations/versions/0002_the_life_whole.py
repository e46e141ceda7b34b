"""The life of a case, whole

Merged, linked and synthetic cases; longer names of actions and clocks; the exceptions queue.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, and the table of cases that nobody can be told of."""
    op.add_column("cases", sa.Column("merged_into", sa.String(length=15)))
    op.add_column("cases", sa.Column("linked_to", sa.String(length=15)))
    op.add_column("cases", sa.Column("relation", sa.String(length=12)))
    op.add_column(
        "cases",
        sa.Column("synthetic", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
    op.add_column(
        "cases",
        sa.Column("extended", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
    op.create_index(
        "ix_cases_merged_into",
        "cases",
        ["merged_into"],
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_index(
        "ix_cases_linked_to",
        "cases",
        ["linked_to"],
        postgresql_where=sa.text("linked_to IS NOT NULL"),
    )
    op.alter_column("cases", "next_timer", type_=sa.String(length=30))
    op.alter_column("command", "action", type_=sa.String(length=40))
    op.create_table(
        "exception_item",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("case_number", sa.String(length=15), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("detail", postgresql.JSONB(), nullable=False),
        sa.Column(
            "raised_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.Column("resolved_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exception_item")),
        sa.ForeignKeyConstraint(
            ["case_number"], ["cases.number"], name=op.f("fk_exception_item_case_number_cases")
        ),
    )
    op.create_index(
        "uq_exception_item_open",
        "exception_item",
        ["case_number", "kind"],
        unique=True,
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
