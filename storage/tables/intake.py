"""What comes in: keys, journal, quarantine, revisions and names of records."""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

from storage.tables.columns import NOW, Instant, metadata

data_key = Table(
    "data_key",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True),
    Column("master_key", String(40), nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False, server_default=NOW),
    comment="One key per record and its case, wrapped by the master key. Erasing deletes it.",
)

intake_journal = Table(
    "intake_journal",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=True),
    Column("channel", String(20), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("external_id", String(200), nullable=False),
    Column("revision", Integer, nullable=False, server_default="0"),
    Column("arrived_at", Instant, nullable=False),
    Column("receipt_number", String(15)),
    Column("media_type", String(100), nullable=False),
    Column("payload", LargeBinary, nullable=False, comment="sealed: the vendor's body untouched"),
    Column("data_key_id", UUID(as_uuid=True), nullable=False),
    Column("scope", String(100)),
    Column("idempotency_key", String(200)),
    Column("body_hash", LargeBinary),
    Column("answer", LargeBinary, comment="sealed: the stored HTTP answer of an Idempotency-Key"),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("publish_after", Instant, nullable=False, server_default=NOW),
    Column("published_at", Instant),
    Column("outcome", String(20), comment="registered, duplicate, quarantined, no_petition"),
    Column("settled_at", Instant),
    Index(
        "ix_intake_journal_pending",
        "publish_after",
        "id",
        postgresql_where=text("outcome IS NULL"),
    ),
    Index("ix_intake_journal_record", "channel", "external_id"),
    Index(
        "ix_intake_journal_receipt_number",
        "receipt_number",
        postgresql_where=text("receipt_number IS NOT NULL"),
    ),
    Index(
        "uq_intake_journal_idempotency",
        "scope",
        "idempotency_key",
        unique=True,
        postgresql_where=text("idempotency_key IS NOT NULL"),
    ),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=True),
    Column("channel", String(20), nullable=False),
    Column("external_id", String(200)),
    Column("journal_id", BigInteger),
    Column("reason", String(40), nullable=False),
    Column("detail", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False, comment="sealed: the whole Kafka record value"),
    Column("data_key_id", UUID(as_uuid=True), nullable=False),
    Column("origin", String(200), nullable=False, comment="topic/partition/offset, first seen"),
    Column("digest", LargeBinary, nullable=False, comment="SHA-256 of the value: one entry each"),
    Column("first_seen_at", Instant, nullable=False, server_default=NOW),
    Column("status", String(20), nullable=False, server_default="open"),
    Column("resolved_at", Instant),
    Column("dead_letter_sent_at", Instant),
    UniqueConstraint("channel", "digest"),
    Index("ix_quarantine_open", "id", postgresql_where=text("status = 'open'")),
    Index("ix_quarantine_unsent", "id", postgresql_where=text("dead_letter_sent_at IS NULL")),
)

registered_revision = Table(
    "registered_revision",
    metadata,
    Column("channel", String(20), primary_key=True),
    Column("external_id", String(200), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("record", String(20), primary_key=True),
    Column("case_number", String(15), nullable=False),
    Column("registered_at", Instant, nullable=False, server_default=NOW),
    comment="The lasting guard against registering a delivery twice.",
)

external_alias = Table(
    "external_alias",
    metadata,
    Column("channel", String(20), primary_key=True),
    Column("alias", String(200), primary_key=True),
    Column("external_id", String(200), nullable=False),
    comment="Other names by which a channel may speak of a post: each X edit has an id.",
)
