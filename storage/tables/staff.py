"""Staff: accounts, sessions, the exceptions queue."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, String, Table, text
from sqlalchemy.dialects.postgresql import JSONB

from storage.tables.columns import NOW, Instant, metadata

exception_item = Table(
    "exception_item",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=True),
    Column("case_number", String(15), ForeignKey("cases.number"), nullable=False),
    Column("kind", String(30), nullable=False),
    Column("detail", JSONB, nullable=False),
    Column("raised_at", Instant, nullable=False, server_default=NOW),
    Column("resolved_at", Instant),
    Index(
        "uq_exception_item_open",
        "case_number",
        "kind",
        unique=True,
        postgresql_where=text("resolved_at IS NULL"),
    ),
    comment="Cases with which the ladder finds nobody to tell: a person has to see to them.",
)

staff_account = Table(
    "staff_account",
    metadata,
    Column("login", String(60), primary_key=True),
    Column("name", String(60), nullable=False),
    Column("phone", String(30)),
    Column("role", String(20), nullable=False),
    Column("department", String(60), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("created_at", Instant, nullable=False, server_default=NOW),
    Column("disabled_at", Instant),
)

staff_session = Table(
    "staff_session",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("login", String(60), ForeignKey("staff_account.login"), nullable=False),
    Column("created_at", Instant, nullable=False, server_default=NOW),
    Column("expires_at", Instant, nullable=False),
)
