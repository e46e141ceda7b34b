"""Codes sent to telephones, and sessions of those who entered them

For «my petitions»: whoever shows that a telephone is theirs sees what was filed with it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both tables; the relay is woken by a code as by a reply."""
    now = sa.text("now()")
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "phone_code",
        sa.Column("id", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=False, comment="who asked for it"),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "sealed", sa.LargeBinary(), nullable=False, comment="the message with its number"
        ),
        sa.Column("data_key_id", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("created_at", instant, server_default=now, nullable=False),
        sa.Column("expires_at", instant, nullable=False),
        sa.Column("tries", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("used_at", instant, nullable=True),
        sa.Column("publish_after", instant, server_default=now, nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True, comment="delivered, failed"),
        sa.Column("settled_at", instant, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_code")),
        comment="Once it is settled its data key is destroyed: the code is in nobody's hands "
        "but one.",
    )
    op.create_index("ix_phone_code_phone", "phone_code", ["phone_hash", "created_at"])
    op.create_index("ix_phone_code_address", "phone_code", ["address_hash", "created_at"])
    op.create_index(
        "ix_phone_code_pending",
        "phone_code",
        ["publish_after"],
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.execute(
        "CREATE TRIGGER wake_relay AFTER INSERT ON phone_code"
        " FOR EACH STATEMENT EXECUTE FUNCTION wake_relay()"
    )
    op.create_table(
        "phone_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", instant, server_default=now, nullable=False),
        sa.Column("expires_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_phone_session")),
    )


def downgrade() -> None:
    """Drop both."""
    op.drop_table("phone_session")
    op.drop_table("phone_code")
