"""What is told: outbox, replies, notices of staff, how far a log was read."""

from sqlalchemy import (
    BigInteger,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from storage.tables.columns import NOW, Instant, metadata

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=True),
    Column("event_id", UUID(as_uuid=True), nullable=False, unique=True),
    Column("topic", String(60), nullable=False),
    Column("key", String(60), nullable=False),
    Column("message", LargeBinary, nullable=False, comment="the CloudEvent; no personal data"),
    Column("created_at", Instant, nullable=False, server_default=NOW),
    Column("published_at", Instant),
    Column("noticed_at", Instant, comment="when the reply stage had done with this event"),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("publish_after", Instant, nullable=False, server_default=NOW),
    Index(
        "ix_outbox_pending",
        "id",
        postgresql_where=text("published_at IS NULL OR noticed_at IS NULL"),
    ),
)

reply = Table(
    "reply",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True),
    Column("ordinal", BigInteger, Identity(), nullable=False, unique=True),
    Column("event_id", UUID(as_uuid=True), nullable=False),
    Column("case_number", String(15), comment="none: a direct message, to a telephone"),
    Column("recipient", String(80), nullable=False),
    Column("means", String(10), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("template", String(40), nullable=False),
    Column("sealed", LargeBinary, nullable=False, comment="the rendered message with its address"),
    Column("data_key_id", UUID(as_uuid=True), nullable=False),
    Column("created_at", Instant, nullable=False, server_default=NOW),
    Column("publish_after", Instant, nullable=False, server_default=NOW),
    Column("published_at", Instant),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("outcome", String(20), comment="delivered, failed"),
    Column("settled_at", Instant),
    Column("carrier_reference", String(200)),
    UniqueConstraint("event_id", "recipient", "means"),
    Index("ix_reply_pending", "publish_after", "ordinal", postgresql_where=text("outcome IS NULL")),
    Index("ix_reply_case", "case_number"),
    Index(
        "ix_reply_direct", "recipient", "created_at", postgresql_where=text("case_number IS NULL")
    ),
)

staff_notice = Table(
    "staff_notice",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=True),
    Column("event_id", UUID(as_uuid=True), nullable=False),
    Column("case_number", String(15), nullable=False),
    Column("recipient", String(80), nullable=False, comment="department and role to be told"),
    Column("template", String(40), nullable=False),
    Column("message", JSONB, nullable=False, comment="codes only"),
    Column("created_at", Instant, nullable=False, server_default=NOW),
    Column("published_at", Instant),
    Column("read_at", Instant),
    UniqueConstraint("event_id", "recipient"),
    Index("ix_staff_notice_unread", "recipient", "id", postgresql_where=text("read_at IS NULL")),
    Index("ix_staff_notice_unsent", "id", postgresql_where=text("published_at IS NULL")),
)

log_position = Table(
    "log_position",
    metadata,
    Column("topic", String(60), primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("next_offset", BigInteger, nullable=False),
    comment="How far each topic has grown: a shorter topic is a broker that lost its log.",
)
