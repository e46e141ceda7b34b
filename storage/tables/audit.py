"""The audit log and the seals of its days: only added to."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    FetchedValue,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
)
from sqlalchemy.dialects.postgresql import JSONB

from storage.tables.columns import NOW, Instant, metadata

audit_entry = Table(
    "audit_entry",
    metadata,
    Column("day", Date, primary_key=True, server_default=FetchedValue()),
    Column("lane", SmallInteger, primary_key=True, server_default=FetchedValue()),
    Column("seq", Integer, primary_key=True, server_default=FetchedValue()),
    Column("at", Instant, nullable=False),
    Column("kind", String(30), nullable=False),
    Column("account", String(60)),
    Column("role", String(20)),
    Column("instead_of", String(60)),
    Column("address", String(45)),
    Column("case_number", String(15)),
    Column("person", String(60)),
    Column("why", String(20)),
    Column("words", String(400)),
    Column("detail", JSONB, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Index("ix_audit_entry_at", "at"),
    Index("ix_audit_entry_account_at", "account", "at"),
    Index("ix_audit_entry_person_at", "person", "at"),
    Index("ix_audit_entry_case_number_at", "case_number", "at"),
    comment="Who did what with whose data. A trigger sets day, lane, seq, at and hash, and another "
    "refuses every change.",
)

audit_seal = Table(
    "audit_seal",
    metadata,
    Column("day", Date, primary_key=True),
    Column("entries", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("sealed_at", Instant, nullable=False, server_default=NOW),
    comment="Each past day's entries in one hash, over the seal before it.",
)
