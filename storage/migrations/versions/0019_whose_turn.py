"""Whose turn it is with a case; saved views

The nearest clock that somebody has to act on, by which queues are ordered, and what the case waits
for. What can be told from the row alone is filled in here; an order to recompute has the rest
counted by the rules, case by case, while the city goes on working.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

FILLED = """
    UPDATE cases SET
        turn_at = CASE WHEN ended OR state IN ('SUBMITTED', 'ANSWERED', 'SUPPLEMENT') THEN NULL
            ELSE LEAST(legal_due_at, target_due_at) END,
        turn_timer = CASE WHEN ended OR state IN ('SUBMITTED', 'ANSWERED', 'SUPPLEMENT') THEN NULL
            WHEN LEAST(legal_due_at, target_due_at) = legal_due_at THEN 'legal'
            WHEN target_due_at IS NOT NULL THEN 'target' END,
        waits_for = CASE
            WHEN ended THEN 'nothing'
            WHEN state = 'SUBMITTED' THEN 'receipt'
            WHEN state = 'RECEIVED' THEN 'distribution'
            WHEN state IN ('ASSIGNED', 'TRANSFERRED') AND officer IS NULL THEN 'acceptance'
            WHEN state = 'SUPPLEMENT' THEN 'supplement'
            WHEN state = 'ANSWERED' THEN 'petitioner'
            ELSE 'answer' END
"""
ORDERED = """
    INSERT INTO recomputation (id, calendar_version, reason, ordered_at)
    SELECT 'turns/0019', (SELECT max(version) FROM calendar_version),
        '민원함의 순서를 새로 셉니다.', now()
    WHERE EXISTS (SELECT FROM cases WHERE NOT ended)
        AND EXISTS (SELECT FROM calendar_version)
"""
TURN = "COALESCE(turn_at, 'infinity'::timestamptz)"
OPEN = "NOT ended AND NOT synthetic"


def upgrade() -> None:
    """Add the columns, fill them, and order queues by them."""
    op.add_column(
        "cases",
        sa.Column("turn_at", sa.DateTime(timezone=True), comment="the nearest clock: rules.turn"),
    )
    op.add_column("cases", sa.Column("turn_timer", sa.String(length=30)))
    op.add_column(
        "cases",
        sa.Column("waits_for", sa.String(length=20), nullable=False, server_default="receipt"),
    )
    op.execute(FILLED)
    op.execute(ORDERED)
    op.create_index(
        "ix_cases_turn",
        "cases",
        [sa.text(TURN), "number"],
        postgresql_where=sa.text(OPEN),
    )
    op.create_index(
        "ix_cases_turn_department",
        "cases",
        ["department", sa.text(TURN), "number"],
        postgresql_where=sa.text(OPEN),
    )
    op.drop_index("ix_cases_queue", table_name="cases")
    op.create_table(
        "saved_view",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column(
            "asked",
            postgresql.JSONB(),
            nullable=False,
            comment="the filters of the queue's address",
        ),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
        ),
        sa.ForeignKeyConstraint(
            ["login"],
            ["staff_account.login"],
            name=op.f("fk_saved_view_login_staff_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("login", "name", name=op.f("uq_saved_view_login_name")),
    )


def downgrade() -> None:
    """Order queues by the deadline of the whole again."""
    op.drop_table("saved_view")
    op.create_index(
        "ix_cases_queue",
        "cases",
        [
            "department",
            sa.text("COALESCE(legal_due_at, target_due_at, 'infinity'::timestamptz)"),
            "number",
        ],
        postgresql_where=sa.text("NOT ended"),
    )
    op.drop_index("ix_cases_turn_department", table_name="cases")
    op.drop_index("ix_cases_turn", table_name="cases")
    op.drop_column("cases", "waits_for")
    op.drop_column("cases", "turn_timer")
    op.drop_column("cases", "turn_at")
