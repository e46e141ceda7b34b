"""Exports of a search

The order with its progress, and the finished file in pieces, so that any web process can serve what
any worker made.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both tables."""
    op.create_table(
        "search_export",
        sa.Column("id", sa.UUID(), nullable=False, comment="made by the form: sent twice, once"),
        sa.Column("account", sa.String(length=60), nullable=False),
        sa.Column("form", sa.String(length=4), nullable=False, comment="csv, xlsx"),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column(
            "typed", postgresql.JSONB(), nullable=False, comment="the conditions as they were typed"
        ),
        sa.Column(
            "wanted",
            postgresql.JSONB(),
            nullable=False,
            comment="the same as read, with whose cases may be seen",
        ),
        sa.Column(
            "state",
            sa.String(length=8),
            nullable=False,
            comment="waiting, working, ready, failed, expired",
        ),
        sa.Column(
            "asked_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
        ),
        sa.Column(
            "touched_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="sign of life of the process that works on it",
        ),
        sa.Column("tries", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("total", sa.Integer(), nullable=True, comment="how many rows it will have"),
        sa.Column("done", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("bytes", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_export")),
        comment="Exports of a search. The rows stay; the files go when they expire.",
    )
    op.create_index("ix_search_export_account", "search_export", ["account", "asked_at"])
    op.create_index(
        "ix_search_export_due",
        "search_export",
        ["asked_at"],
        postgresql_where=sa.text("state IN ('waiting', 'working')"),
    )
    op.create_index(
        "ix_search_export_ready",
        "search_export",
        ["expires_at"],
        postgresql_where=sa.text("state = 'ready'"),
    )
    op.create_table(
        "search_export_piece",
        sa.Column("export_id", sa.UUID(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column(
            "data", sa.LargeBinary(), nullable=False, comment="masked words only, as in lists"
        ),
        sa.PrimaryKeyConstraint("export_id", "ordinal", name=op.f("pk_search_export_piece")),
        sa.ForeignKeyConstraint(
            ["export_id"],
            ["search_export.id"],
            name=op.f("fk_search_export_piece_export_id_search_export"),
            ondelete="CASCADE",
        ),
        comment="A finished file, in pieces: all of them, or none.",
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("search_export_piece")
    op.drop_table("search_export")
