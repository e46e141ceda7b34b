"""The desk: what its people keep for themselves."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Identity,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB

from storage.tables.columns import NOW, Instant, metadata

saved_view = Table(
    "saved_view",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column(
        "login",
        String(60),
        ForeignKey("staff_account.login", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("name", String(40), nullable=False),
    Column("asked", JSONB, nullable=False, comment="the filters of the queue's address"),
    Column("created_at", Instant, nullable=False, server_default=NOW),
    UniqueConstraint("login", "name"),
)
