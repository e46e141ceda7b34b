"""Moderation: what somebody or a rule says against a public case, until a person has looked."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text, text

from storage.tables.columns import NOW, Instant, metadata

moderation_item = Table(
    "moderation_item",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=True),
    Column("case_number", String(15), ForeignKey("cases.number"), nullable=False),
    Column("source", String(10), nullable=False, comment="report, rule"),
    Column("ground", String(20), nullable=False),
    Column("words", Text, comment="masked: what the report says, or the word that a rule found"),
    Column("times", Integer, nullable=False, server_default="1"),
    Column("raised_at", Instant, nullable=False, server_default=NOW),
    Column("settled_at", Instant),
    Column("settled_by", String(60)),
    Index(
        "uq_moderation_item_open",
        "case_number",
        "source",
        "ground",
        unique=True,
        postgresql_where=text("settled_at IS NULL"),
    ),
    comment="Why a public case should be looked at. Nothing is hidden by itself.",
)
