"""Partners of Open311, what they filed, and the public events in the order of the log

A client that asks what has changed since an instant is answered from the index over public events.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and the index."""
    op.create_table(
        "partner",
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column(
            "key_id", sa.String(length=12), nullable=False, comment="found by, tells nothing"
        ),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the key"),
        sa.Column("rights", postgresql.ARRAY(sa.String(length=20)), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("per_day", sa.Integer(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_partner")),
        sa.UniqueConstraint("key_id", name=op.f("uq_partner_key_id")),
        comment="Who may post over Open311. The key is told once.",
    )
    op.create_table(
        "partner_request",
        sa.Column("number", sa.String(length=15), nullable=False),
        sa.Column("partner", sa.String(length=30), nullable=False),
        sa.Column("service_code", sa.String(length=10), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column(
            "fingerprint",
            sa.LargeBinary(),
            comment="keyed hash: who said what of which place",
        ),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_partner_request")),
        comment="Which petition came from which partner, also while it is only in the journal.",
    )
    op.create_index(
        "ix_partner_request_same",
        "partner_request",
        ["partner", "fingerprint", "filed_at"],
        postgresql_where=sa.text("fingerprint IS NOT NULL"),
    )
    op.create_index(
        "ix_case_event_public",
        "case_event",
        ["recorded_at", "case_number", "seq"],
        postgresql_where=sa.text("visibility = 'public'"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_case_event_public", "case_event")
    op.drop_index("ix_partner_request_same", "partner_request")
    op.drop_table("partner_request")
    op.drop_table("partner")
