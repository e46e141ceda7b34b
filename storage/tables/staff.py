"""Staff: accounts, duties, absences, sessions, the exceptions queue."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    Uuid,
    func,
    text,
)
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
    Column("department", String(60), nullable=False, index=True),
    Column("password_hash", String(200)),
    Column("subject", String(600), unique=True),
    Column("source", String(10), nullable=False, server_default="local"),
    Column("created_at", Instant, nullable=False, server_default=NOW),
    Column("disabled_at", Instant),
    Column("veils_words", Boolean, nullable=False, server_default=text("true")),
    comment="`subject` is issuer and subject at the sign-on service. Of source `directory` the "
    "service says at each sign-in what the person does.",
)

staff_duty = Table(
    "staff_duty",
    metadata,
    Column("login", String(60), ForeignKey("staff_account.login"), primary_key=True),
    Column("role", String(20), primary_key=True),
    Column("department", String(60), primary_key=True, index=True),
    comment="What a person does beside the account's own role and department.",
)

staff_absence = Table(
    "staff_absence",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=True),
    Column("login", String(60), ForeignKey("staff_account.login"), nullable=False),
    Column("deputy", String(60), ForeignKey("staff_account.login")),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("set_by", String(60), nullable=False),
    Column("set_at", Instant, nullable=False, server_default=NOW),
    Column("ended_at", Instant),
    CheckConstraint("ends_at > starts_at", name="ends_later"),
    CheckConstraint("deputy <> login", name="another_deputy"),
    Index("ix_staff_absence_login_ends_at", "login", "ends_at"),
    Index("ix_staff_absence_deputy_ends_at", "deputy", "ends_at"),
    comment="Who is away from when to when, and who stands in.",
)

staff_session = Table(
    "staff_session",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("id", Uuid, nullable=False, unique=True, server_default=func.gen_random_uuid()),
    Column("login", String(60), ForeignKey("staff_account.login"), nullable=False, index=True),
    Column("means", String(10), nullable=False, server_default="password"),
    Column("address", String(45)),
    Column("agent", String(120)),
    Column("created_at", Instant, nullable=False, server_default=NOW),
    Column("seen_at", Instant, nullable=False, server_default=NOW),
    Column("expires_at", Instant, nullable=False),
)

act_draft = Table(
    "act_draft",
    metadata,
    Column("case_number", String(15), ForeignKey("cases.number"), primary_key=True),
    Column("login", String(60), ForeignKey("staff_account.login"), primary_key=True),
    Column("action", String(40), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("saved_at", Instant, nullable=False),
    comment="What somebody has begun to write, until the act is done.",
)

sign_on_attempt = Table(
    "sign_on_attempt",
    metadata,
    Column("state_hash", LargeBinary, primary_key=True),
    Column("browser_hash", LargeBinary, nullable=False),
    Column("nonce", String(100), nullable=False),
    Column("verifier", String(128), nullable=False),
    Column("next", String(400), nullable=False),
    Column("expires_at", Instant, nullable=False),
    comment="People who were sent to the sign-on service and have not come back.",
)
