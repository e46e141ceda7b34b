"""Versions of the city's data

Departments, owners, ladders and texts that the city loaded, in place of the package's own.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "city_data",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "files",
            postgresql.JSONB(),
            nullable=False,
            comment="name to text: what stands in place of the package's own files",
        ),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("loaded_by", sa.String(length=100), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_city_data")),
        comment="Numbered from 1, never changed; 0 is the package's own data.",
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("city_data")
