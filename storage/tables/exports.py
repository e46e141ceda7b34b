"""What people take out of a search: the order, how far it is, and the finished file in pieces."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from storage.tables.columns import NOW, Instant, metadata

search_export = Table(
    "search_export",
    metadata,
    Column(
        "id", UUID(as_uuid=True), primary_key=True, comment="made by the form: sent twice, once"
    ),
    Column("account", String(60), nullable=False),
    Column("form", String(4), nullable=False, comment="csv, xlsx"),
    Column("language", String(2), nullable=False),
    Column("typed", JSONB, nullable=False, comment="the conditions as they were typed"),
    Column(
        "wanted", JSONB, nullable=False, comment="the same as read, with whose cases may be seen"
    ),
    Column("state", String(8), nullable=False, comment="waiting, working, ready, failed, expired"),
    Column("asked_at", Instant, nullable=False, server_default=NOW),
    Column("touched_at", Instant, comment="sign of life of the process that works on it"),
    Column("tries", SmallInteger, nullable=False, server_default="0"),
    Column("total", Integer, comment="how many rows it will have"),
    Column("done", Integer, nullable=False, server_default="0"),
    Column("bytes", BigInteger),
    Column("finished_at", Instant),
    Column("expires_at", Instant),
    Index("ix_search_export_account", "account", "asked_at"),
    Index(
        "ix_search_export_due",
        "asked_at",
        postgresql_where=text("state IN ('waiting', 'working')"),
    ),
    Index("ix_search_export_ready", "expires_at", postgresql_where=text("state = 'ready'")),
    comment="Exports of a search. The rows stay; the files go when they expire.",
)

search_export_piece = Table(
    "search_export_piece",
    metadata,
    Column(
        "export_id",
        UUID(as_uuid=True),
        ForeignKey("search_export.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("ordinal", Integer, primary_key=True),
    Column("data", LargeBinary, nullable=False, comment="masked words only, as in lists"),
    comment="A finished file, in pieces: all of them, or none.",
)
