"""Measures by department

A department's board reads its own rows of a period, not the whole city's.
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_case_measure_department_filed": ["department", "filed_day"],
    "ix_case_measure_department_due": ["department", "due_day"],
    "ix_case_measure_department_done": ["department", "done_day"],
    "ix_case_measure_first_filed": ["first_department", "filed_day"],
}


def upgrade() -> None:
    """Add them for the days that most cases have, and for who had a case first."""
    for name, columns in INDEXES.items():
        op.create_index(name, "case_measure", columns)


def downgrade() -> None:
    """Drop them."""
    for name in INDEXES:
        op.drop_index(name, table_name="case_measure")
