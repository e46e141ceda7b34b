"""Measures of cases

What the board's figures count: a row for each case, made from its log. It is empty after this;
`minwon migrate` fills it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
DAYS = ("filed_day", "due_day", "done_day")
SOME_DAYS = ("escalated_day", "rated_day", "again_due_day")


def upgrade() -> None:
    """Add the table, with an index for each day that a figure goes by."""
    op.create_table(
        "case_measure",
        sa.Column("number", sa.String(length=15), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("channel", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("petition_type", sa.String(length=30), nullable=False),
        sa.Column("tier", sa.String(length=30), nullable=False),
        sa.Column("item", sa.String(length=10), nullable=True),
        sa.Column("item_group", sa.String(length=2), nullable=True),
        sa.Column("district", sa.String(length=5), nullable=True),
        sa.Column("agency", sa.String(length=10), nullable=True),
        sa.Column("bureau", sa.String(length=60), nullable=True),
        sa.Column("department", sa.String(length=60), nullable=True),
        sa.Column("first_department", sa.String(length=60), nullable=True),
        sa.Column("officer", sa.String(length=60), nullable=True),
        sa.Column("filed_at", INSTANT, nullable=False),
        sa.Column("filed_day", sa.Date(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=True),
        sa.Column("due_day", sa.Date(), nullable=True),
        sa.Column("target_due_at", INSTANT, nullable=True),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.Column("done_day", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=30), nullable=True),
        sa.Column("on_call", sa.Boolean(), nullable=False),
        sa.Column("owed", sa.Boolean(), nullable=False),
        sa.Column("owed_due_at", INSTANT, nullable=True),
        sa.Column("warn_at", INSTANT, nullable=True),
        sa.Column("wall", sa.Integer(), nullable=True),
        sa.Column("work", sa.Integer(), nullable=True),
        sa.Column("period", sa.Integer(), nullable=True),
        sa.Column("response", sa.Integer(), nullable=True),
        sa.Column("assign", sa.Integer(), nullable=True),
        sa.Column("submitted_wall", sa.Integer(), nullable=False),
        sa.Column("submitted_work", sa.Integer(), nullable=False),
        sa.Column("received_wall", sa.Integer(), nullable=False),
        sa.Column("received_work", sa.Integer(), nullable=False),
        sa.Column("assigned_wall", sa.Integer(), nullable=False),
        sa.Column("assigned_work", sa.Integer(), nullable=False),
        sa.Column("transferred_wall", sa.Integer(), nullable=False),
        sa.Column("transferred_work", sa.Integer(), nullable=False),
        sa.Column("processing_wall", sa.Integer(), nullable=False),
        sa.Column("processing_work", sa.Integer(), nullable=False),
        sa.Column("supplement_wall", sa.Integer(), nullable=False),
        sa.Column("supplement_work", sa.Integer(), nullable=False),
        sa.Column("paused", sa.Integer(), nullable=False),
        sa.Column("supplements", sa.Integer(), nullable=False),
        sa.Column("investigations", sa.Integer(), nullable=False),
        sa.Column("consultations", sa.Integer(), nullable=False),
        sa.Column("exclusions", sa.Integer(), nullable=False),
        sa.Column("extensions", sa.Integer(), nullable=False),
        sa.Column("transfers", sa.Integer(), nullable=False),
        sa.Column("ping_pong", sa.Boolean(), nullable=False),
        sa.Column("transfer_work", sa.Integer(), nullable=False),
        sa.Column("by_system", sa.Boolean(), nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("escalations", sa.Integer(), nullable=False),
        sa.Column("repeated_rungs", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("escalated_at", INSTANT, nullable=True),
        sa.Column("escalated_day", sa.Date(), nullable=True),
        sa.Column("acted", sa.Integer(), nullable=True),
        sa.Column("asked_again", sa.Integer(), nullable=False),
        sa.Column("again_due_at", INSTANT, nullable=True),
        sa.Column("again_due_day", sa.Date(), nullable=True),
        sa.Column("again_done_at", INSTANT, nullable=True),
        sa.Column("grade", sa.Integer(), nullable=True),
        sa.Column("rated_day", sa.Date(), nullable=True),
        sa.Column("objected", sa.Boolean(), nullable=False),
        sa.Column("converted", sa.Boolean(), nullable=False),
        sa.Column("merged", sa.Boolean(), nullable=False),
        sa.Column("unmerged", sa.Integer(), nullable=False),
        sa.Column("reporters", sa.Integer(), nullable=False),
        sa.Column("delivered", sa.Integer(), nullable=False),
        sa.Column("undelivered", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_case_measure")),
        sa.ForeignKeyConstraint(
            ["number"], ["cases.number"], name=op.f("fk_case_measure_number_cases")
        ),
        comment="What figures count. Made from the log alone: minwon figures rebuild makes it "
        "anew.",
    )
    for day in DAYS:
        op.create_index(f"ix_case_measure_{day.removesuffix('_day')}", "case_measure", [day])
    for day in SOME_DAYS:
        name = day.removesuffix("_day").removesuffix("_due")
        op.create_index(
            f"ix_case_measure_{name}",
            "case_measure",
            [day],
            postgresql_where=sa.text(f"{day} IS NOT NULL"),
        )
    op.create_index(
        "ix_case_measure_owed",
        "case_measure",
        ["department", "number"],
        postgresql_where=sa.text("owed"),
    )


def downgrade() -> None:
    """Drop it; nothing is lost that the log does not hold."""
    op.drop_table("case_measure")
