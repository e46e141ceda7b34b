"""Volunteer credit: the ledger of accepted reports, only added to, and what was asked for of it."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
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

credit_entry = Table(
    "credit_entry",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("person", LargeBinary, nullable=False, comment="keyed hash of the telephone"),
    Column("case_number", String(15), nullable=False),
    Column("ordinal", Integer, nullable=False, comment="1: accepted, 2: taken back, 3: again …"),
    Column("day", Date, nullable=False, comment="on which it was filed, in Seoul"),
    Column("reports", SmallInteger, nullable=False, comment="1 or -1"),
    Column("state", String(20), nullable=False, comment="of the case, when this was written"),
    Column("recorded_at", Instant, nullable=False, server_default=NOW),
    UniqueConstraint("case_number", "ordinal"),
    Index("ix_credit_entry_person", "person", "day"),
    comment="Accepted reports. What no longer counts is taken back by an entry of its own.",
)

credit_request = Table(
    "credit_request",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True),
    Column("person", LargeBinary, nullable=False, comment="keyed hash of the telephone"),
    Column("requested_at", Instant, nullable=False),
    Column("state", String(20), nullable=False, comment="requested, exported, confirmed, refused"),
    Column("lines", JSONB, nullable=False, comment="hours by day"),
    Column("hours", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False, comment="name and id at the volunteers' system"),
    Column("data_key_id", UUID(as_uuid=True), nullable=False),
    Column("batch", String(40), comment="the export that it went out with"),
    Column("exported_at", Instant),
    Column("settled_at", Instant),
    Column("reason", String(200), comment="why it was refused"),
    Index("ix_credit_request_person", "person", "requested_at"),
    Index(
        "ix_credit_request_waiting", "requested_at", postgresql_where=text("state = 'requested'")
    ),
)
