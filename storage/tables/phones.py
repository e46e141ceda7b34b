"""Whoever shows that a telephone is theirs: the codes that are sent to it, and their sessions."""

from sqlalchemy import Column, Index, LargeBinary, SmallInteger, String, Table, text
from sqlalchemy.dialects.postgresql import UUID

from storage.tables.columns import NOW, Instant, metadata

phone_code = Table(
    "phone_code",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True),
    Column("phone_hash", LargeBinary, nullable=False),
    Column("address_hash", LargeBinary, nullable=False, comment="who asked for it"),
    Column("code_hash", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False, comment="the message with its number"),
    Column("data_key_id", UUID(as_uuid=True), nullable=False),
    Column("created_at", Instant, nullable=False, server_default=NOW),
    Column("expires_at", Instant, nullable=False),
    Column("tries", SmallInteger, nullable=False, server_default="0"),
    Column("used_at", Instant),
    Column("publish_after", Instant, nullable=False, server_default=NOW),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("outcome", String(20), comment="delivered, failed"),
    Column("settled_at", Instant),
    Index("ix_phone_code_phone", "phone_hash", "created_at"),
    Index("ix_phone_code_address", "address_hash", "created_at"),
    Index("ix_phone_code_pending", "publish_after", postgresql_where=text("outcome IS NULL")),
    comment="Once it is settled its data key is destroyed: the code is in nobody's hands but one.",
)

phone_session = Table(
    "phone_session",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("phone_hash", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False, server_default=NOW),
    Column("expires_at", Instant, nullable=False),
)
