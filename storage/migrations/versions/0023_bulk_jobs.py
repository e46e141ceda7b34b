"""One act on many cases

A job names its cases; what is done stands in their commands.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both tables."""
    op.create_table(
        "bulk_job",
        sa.Column("id", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column(
            "detail",
            postgresql.JSONB(),
            nullable=False,
            comment="the codes of its act, never its text",
        ),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_job")),
        comment="One act on many cases; what is done stands in the commands of its cases.",
    )
    op.create_index("ix_bulk_job_login", "bulk_job", ["login", "created_at"])
    op.create_table(
        "bulk_item",
        sa.Column("job", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("case_number", sa.String(length=15), nullable=False),
        sa.PrimaryKeyConstraint("job", "case_number", name=op.f("pk_bulk_item")),
        sa.ForeignKeyConstraint(["job"], ["bulk_job.id"], name=op.f("fk_bulk_item_job_bulk_job")),
        sa.ForeignKeyConstraint(
            ["case_number"], ["cases.number"], name=op.f("fk_bulk_item_case_number_cases")
        ),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("bulk_item")
    op.drop_table("bulk_job")
