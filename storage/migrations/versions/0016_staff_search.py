"""Search for the staff: by what a case is and where it is, in the order of receipt numbers

A result is read from an index that ends in the number, so that a page costs what it shows, however
many cases there are.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BY_NUMBER = ("item", "district", "dong", "state", "department", "channel")
ADDRESS_WORDS = "to_tsvector('simple'::regconfig, COALESCE(routing ->> 'address', ''))"
CAME_TO = "kind IN ('received', 'assigned', 'transferred', 'sent_to_audit')"
WAS_ASKED = "kind = 'cooperation_requested'"


def upgrade() -> None:
    """Add the indexes."""
    for column in BY_NUMBER:
        op.create_index(f"ix_cases_{column}", "cases", [column, "number"])
    op.create_index("ix_cases_address", "cases", [sa.text(ADDRESS_WORDS)], postgresql_using="gin")
    op.create_index(
        "ix_case_event_came_to",
        "case_event",
        ["department", "case_number"],
        postgresql_where=sa.text(CAME_TO),
    )
    op.create_index(
        "ix_case_event_was_asked",
        "case_event",
        [sa.text("(detail ->> 'department')"), "case_number"],
        postgresql_where=sa.text(WAS_ASKED),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_case_event_was_asked", "case_event")
    op.drop_index("ix_case_event_came_to", "case_event")
    op.drop_index("ix_cases_address", "cases")
    for column in reversed(BY_NUMBER):
        op.drop_index(f"ix_cases_{column}", "cases")
