"""Partners: sites and apps that file for citizens over Open311, and what they filed."""

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, String, Table, text
from sqlalchemy.dialects.postgresql import ARRAY

from storage.tables.columns import NOW, Instant, metadata

partner = Table(
    "partner",
    metadata,
    Column("name", String(30), primary_key=True),
    Column("title", String(100), nullable=False),
    Column("key_id", String(12), nullable=False, unique=True, comment="found by, tells nothing"),
    Column("key_hash", LargeBinary, nullable=False, comment="SHA-256 of the key"),
    Column("rights", ARRAY(String(20)), nullable=False),
    Column("per_minute", Integer, nullable=False),
    Column("per_day", Integer, nullable=False),
    Column("created_at", Instant, nullable=False, server_default=NOW),
    Column("revoked_at", Instant),
    comment="Who may post over Open311. The key is told once.",
)

partner_request = Table(
    "partner_request",
    metadata,
    Column("number", String(15), primary_key=True),
    Column("partner", String(30), nullable=False),
    Column("service_code", String(10), nullable=False),
    Column("public", Boolean, nullable=False),
    Column("fingerprint", LargeBinary, comment="keyed hash: who said what of which place"),
    Column("filed_at", Instant, nullable=False),
    Index(
        "ix_partner_request_same",
        "partner",
        "fingerprint",
        "filed_at",
        postgresql_where=text("fingerprint IS NOT NULL"),
    ),
    comment="Which petition came from which partner, also while it is only in the journal.",
)
