"""Open cases of a district by their arrival

Where the officer's page looks for others that told of the same matter.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index(
        "ix_cases_likely_same",
        "cases",
        ["district", "submitted_at"],
        postgresql_where=sa.text("NOT ended AND NOT synthetic"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_cases_likely_same", table_name="cases")
