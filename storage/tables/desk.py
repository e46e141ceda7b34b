"""The desk: what its people keep for themselves."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

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

bulk_job = Table(
    "bulk_job",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True),
    Column("login", String(60), nullable=False),
    Column("action", String(40), nullable=False),
    Column("detail", JSONB, nullable=False, comment="the codes of its act, never its text"),
    Column("total", Integer, nullable=False),
    Column("created_at", Instant, nullable=False, server_default=NOW),
    Index("ix_bulk_job_login", "login", "created_at"),
    comment="One act on many cases; what is done stands in the commands of its cases.",
)

bulk_item = Table(
    "bulk_item",
    metadata,
    Column("job", UUID(as_uuid=True), ForeignKey("bulk_job.id"), primary_key=True),
    Column("case_number", String(15), ForeignKey("cases.number"), primary_key=True),
)
