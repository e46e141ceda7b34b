"""Escalation watched

Indexes by which the watch finds what acted last, and the synthetic cases.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the indexes."""
    op.create_index(
        "ix_case_event_by_itself",
        "case_event",
        ["recorded_at"],
        postgresql_where=sa.text(
            "kind IN ('reminded', 'escalated', 'progress_notified', 'closed')"
            " AND actor_role = 'system'"
        ),
    )
    op.create_index(
        "ix_cases_synthetic", "cases", ["submitted_at"], postgresql_where=sa.text("synthetic")
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("ix_cases_synthetic", "cases")
    op.drop_index("ix_case_event_by_itself", "case_event")
