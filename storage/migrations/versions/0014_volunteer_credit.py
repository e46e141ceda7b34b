"""Volunteer credit

The ledger of accepted reports, and the requests for the hours that they make.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add both."""
    op.create_table(
        "credit_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "person", sa.LargeBinary(), nullable=False, comment="keyed hash of the telephone"
        ),
        sa.Column("case_number", sa.String(length=15), nullable=False),
        sa.Column(
            "ordinal",
            sa.Integer(),
            nullable=False,
            comment="1: accepted, 2: taken back, 3: again …",
        ),
        sa.Column("day", sa.Date(), nullable=False, comment="on which it was filed, in Seoul"),
        sa.Column("reports", sa.SmallInteger(), nullable=False, comment="1 or -1"),
        sa.Column(
            "state",
            sa.String(length=20),
            nullable=False,
            comment="of the case, when this was written",
        ),
        sa.Column("recorded_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_entry")),
        sa.UniqueConstraint(
            "case_number", "ordinal", name=op.f("uq_credit_entry_case_number_ordinal")
        ),
        comment="Accepted reports. What no longer counts is taken back by an entry of its own.",
    )
    op.create_index("ix_credit_entry_person", "credit_entry", ["person", "day"])
    op.create_table(
        "credit_request",
        sa.Column("id", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column(
            "person", sa.LargeBinary(), nullable=False, comment="keyed hash of the telephone"
        ),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column(
            "state",
            sa.String(length=20),
            nullable=False,
            comment="requested, exported, confirmed, refused",
        ),
        sa.Column("lines", postgresql.JSONB(), nullable=False, comment="hours by day"),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column(
            "sealed",
            sa.LargeBinary(),
            nullable=False,
            comment="name and id at the volunteers' system",
        ),
        sa.Column("data_key_id", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("batch", sa.String(length=40), comment="the export that it went out with"),
        sa.Column("exported_at", INSTANT),
        sa.Column("settled_at", INSTANT),
        sa.Column("reason", sa.String(length=200), comment="why it was refused"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_request")),
    )
    op.create_index("ix_credit_request_person", "credit_request", ["person", "requested_at"])
    op.create_index(
        "ix_credit_request_waiting",
        "credit_request",
        ["requested_at"],
        postgresql_where=sa.text("state = 'requested'"),
    )


def downgrade() -> None:
    """Drop both."""
    op.drop_table("credit_request")
    op.drop_table("credit_entry")
