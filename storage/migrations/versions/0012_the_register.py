"""Cases in the order of their receipt

The register (처리부) is read by a department's period of receipt.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index(
        "ix_cases_received",
        "cases",
        ["received_at", "number"],
        postgresql_where=sa.text("NOT synthetic"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_cases_received", table_name="cases")
