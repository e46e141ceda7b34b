"""Drafts of officers, and whether hard words are covered for a person

A draft is sealed with its case's key: when the case is erased, so is what was written about it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both."""
    op.create_table(
        "act_draft",
        sa.Column("case_number", sa.String(length=15), nullable=False),
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_number", "login", "action", name=op.f("pk_act_draft")),
        sa.ForeignKeyConstraint(
            ["case_number"], ["cases.number"], name=op.f("fk_act_draft_case_number_cases")
        ),
        sa.ForeignKeyConstraint(
            ["login"], ["staff_account.login"], name=op.f("fk_act_draft_login_staff_account")
        ),
        comment="What somebody has begun to write, until the act is done.",
    )
    op.add_column(
        "staff_account",
        sa.Column("veils_words", sa.Boolean(), nullable=False, server_default=sa.text("true")),
    )


def downgrade() -> None:
    """Drop both."""
    op.drop_column("staff_account", "veils_words")
    op.drop_table("act_draft")
