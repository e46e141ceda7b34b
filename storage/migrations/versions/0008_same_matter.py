"""Public cases of one item, by how recent they are

What a petitioner is offered before filing the same matter once more.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index(
        "ix_cases_same_matter",
        "cases",
        ["item", "submitted_at"],
        postgresql_where=sa.text("public AND NOT hidden AND NOT ended"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_cases_same_matter", table_name="cases")
