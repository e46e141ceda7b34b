"""Moderation of public cases

Reports of citizens and findings of rules wait here; hiding itself is an event of the case.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the queue, and find the appeals that wait."""
    op.create_table(
        "moderation_item",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("case_number", sa.String(length=15), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False, comment="report, rule"),
        sa.Column("ground", sa.String(length=20), nullable=False),
        sa.Column(
            "words",
            sa.Text(),
            nullable=True,
            comment="masked: what the report says, or the word that a rule found",
        ),
        sa.Column("times", sa.Integer(), nullable=False, server_default="1"),
        sa.Column(
            "raised_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
        ),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(length=60), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_item")),
        sa.ForeignKeyConstraint(
            ["case_number"], ["cases.number"], name=op.f("fk_moderation_item_case_number_cases")
        ),
        comment="Why a public case should be looked at. Nothing is hidden by itself.",
    )
    op.create_index(
        "uq_moderation_item_open",
        "moderation_item",
        ["case_number", "source", "ground"],
        unique=True,
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_index(
        "ix_case_event_hiding_appealed",
        "case_event",
        ["case_number", "seq"],
        postgresql_where=sa.text("kind = 'hiding_appealed'"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_case_event_hiding_appealed", "case_event")
    op.drop_table("moderation_item")
