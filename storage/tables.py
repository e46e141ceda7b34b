"""The tables. Times are timestamptz in UTC; what is sealed is bytea under a data key."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Instant = DateTime(timezone=True)
NOW = func.now()

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

cases = Table(
    "cases",
    metadata,
    Column("number", String(15), primary_key=True),
    Column("channel", String(20), nullable=False),
    Column("external_id", String(200), nullable=False),
    Column("revision", Integer, nullable=False, server_default="0"),
    Column("kind", String(20), nullable=False),
    Column("opinion_kind", String(20)),
    Column("petition_type", String(30), nullable=False),
    Column("state", String(20), nullable=False),
    Column("ended", Boolean, nullable=False, server_default=text("false")),
    Column("item", String(10)),
    Column("urgent", Boolean, nullable=False, server_default=text("false")),
    Column("district", String(5)),
    Column("dong", String(40)),
    Column("lat", Double),
    Column("long", Double),
    Column("agency", String(10)),
    Column("department", String(60)),
    Column("officer", String(60)),
    Column("submitted_at", Instant, nullable=False),
    Column("received_at", Instant),
    Column("legal_due_at", Instant),
    Column("target_due_at", Instant),
    Column("answered_at", Instant),
    Column("ended_at", Instant),
    Column("term", Integer, nullable=False, server_default="1"),
    Column("calendar_version", Integer),
    Column("rule_pack", String(10)),
    Column("seq", Integer, nullable=False, server_default="0"),
    Column("next_at", Instant),
    Column("next_timer", String(30)),
    Column("next_rung", String(40)),
    Column("workflow_started_at", Instant),
    Column("reply_by", String(10), nullable=False),
    Column("language", String(10), nullable=False, server_default="ko"),
    Column("public", Boolean, nullable=False, server_default=text("true")),
    Column("hidden", Boolean, nullable=False, server_default=text("false")),
    Column("summary", Text, nullable=False, comment="masked text of the petition"),
    Column("data_key_id", UUID(as_uuid=True), nullable=False),
    Column("key_version", SmallInteger, nullable=False, server_default="1"),
    Column("entered_by", String(60)),
    Column("site", String(200)),
    Column("merged_into", String(15)),
    Column("linked_to", String(15)),
    Column("relation", String(12), comment="split, objection, reopened: how it is linked"),
    Column("synthetic", Boolean, nullable=False, server_default=text("false")),
    Column("extended", Boolean, nullable=False, server_default=text("false")),
    Column("routing", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("created_at", Instant, nullable=False, server_default=NOW),
    UniqueConstraint("channel", "external_id"),
    CheckConstraint("NOT ended OR next_at IS NULL", name="ended_has_no_next"),
    Index(
        "ix_cases_queue",
        "department",
        text("COALESCE(legal_due_at, target_due_at, 'infinity'::timestamptz)"),
        "number",
        postgresql_where=text("NOT ended"),
    ),
    Index("ix_cases_open", "number", postgresql_where=text("NOT ended")),
    Index("ix_cases_next", "next_at", postgresql_where=text("NOT ended")),
    Index("ix_cases_synthetic", "submitted_at", postgresql_where=text("synthetic")),
    Index("ix_cases_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
    Index("ix_cases_linked_to", "linked_to", postgresql_where=text("linked_to IS NOT NULL")),
    comment="The state of each case, always equal to what its event log says.",
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

petitioner = Table(
    "petitioner",
    metadata,
    Column("case_number", String(15), ForeignKey("cases.number"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False, comment="contact, thread, consent"),
    Column("phone_hash", LargeBinary),
    Index("ix_petitioner_phone", "phone_hash"),
)

case_text = Table(
    "case_text",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True),
    Column("case_number", String(15), ForeignKey("cases.number"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("masked", Text, nullable=False),
    Column("hidden", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", Instant, nullable=False, server_default=NOW),
    Index("ix_case_text_case", "case_number", "created_at"),
)

attachment = Table(
    "attachment",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True),
    Column("case_number", String(15)),
    Column("data_key_id", UUID(as_uuid=True), nullable=False),
    Column("name", String(200), nullable=False),
    Column("media_type", String(60), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("original_sha256", String(64), nullable=False),
    Column("captured_at", Instant),
    Column("lat", Double),
    Column("long", Double),
    Column("stored_at", Instant, nullable=False, server_default=NOW),
    Index("ix_attachment_case", "case_number"),
)

BY_ITSELF = (
    "kind IN ('reminded', 'escalated', 'progress_notified', 'closed') AND actor_role = 'system'"
)
"""What a case does when it wakes up. Queries repeat these words, so that the index is used."""

case_event = Table(
    "case_event",
    metadata,
    Column("case_number", String(15), ForeignKey("cases.number"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("id", UUID(as_uuid=True), nullable=False, unique=True),
    Column("kind", String(30), nullable=False),
    Column("at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("request_id", String(100), nullable=False),
    Column("actor_role", String(20), nullable=False),
    Column("actor_department", String(60)),
    Column("actor_account", String(60)),
    Column("state", String(20), nullable=False),
    Column("petition_type", String(30), nullable=False),
    Column("item", String(10)),
    Column("channel", String(20), nullable=False),
    Column("district", String(5)),
    Column("agency", String(10)),
    Column("department", String(60)),
    Column("legal_due_at", Instant),
    Column("target_due_at", Instant),
    Column("calendar_version", Integer),
    Column("rule_pack", String(10)),
    Column("visibility", String(12), nullable=False),
    Column("detail", JSONB, nullable=False),
    UniqueConstraint("case_number", "request_id"),
    Index("ix_case_event_by_itself", "recorded_at", postgresql_where=text(BY_ITSELF)),
    comment="The log. It is the record; everything else about a case follows from it.",
)

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
    Column("case_number", String(15), nullable=False),
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

command = Table(
    "command",
    metadata,
    Column("case_number", String(15), ForeignKey("cases.number"), primary_key=True),
    Column("request_id", String(100), primary_key=True),
    Column("action", String(40), nullable=False),
    Column("actor_role", String(20), nullable=False),
    Column("actor_department", String(60)),
    Column("actor_account", String(60)),
    Column("at", Instant, nullable=False),
    Column("detail", JSONB, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False, comment="SHA-256 of action and body"),
    Column("created_at", Instant, nullable=False, server_default=NOW),
    Column("settled_at", Instant),
    Column("refusal", JSONB),
    Index("ix_command_pending", "created_at", postgresql_where=text("settled_at IS NULL")),
)

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

calendar_version = Table(
    "calendar_version",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("calendar", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", Instant, nullable=False, server_default=NOW),
)

calendar_override = Table(
    "calendar_override",
    metadata,
    Column("day", Date, primary_key=True),
    Column("name_ko", String(60), nullable=False),
    Column("kind", String(10), nullable=False, comment="closed, open"),
    Column("source", String(200), nullable=False),
    Column("declared_at", Instant, nullable=False, server_default=NOW),
    comment="Days that the law changed faster than the library: from these a version is made.",
)

outage_window = Table(
    "outage_window",
    metadata,
    Column("start_at", Instant, primary_key=True),
    Column("end_at", Instant, primary_key=True),
    Column("source", String(200), nullable=False),
    Column("recorded_at", Instant, nullable=False, server_default=NOW),
)

recomputation = Table(
    "recomputation",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("calendar_version", Integer, nullable=False),
    Column("reason", String(200), nullable=False),
    Column("since", Instant, comment="deadlines before this instant cannot move"),
    Column("ordered_at", Instant, nullable=False, server_default=NOW),
    Column("reached", String(15), nullable=False, server_default=""),
    Column("looked_at", Integer, nullable=False, server_default="0"),
    Column("moved", Integer, nullable=False, server_default="0"),
    Column("finished_at", Instant),
    Column("uncounted", Integer, nullable=False, server_default="0"),
    comment="How far the open cases have been recomputed; it goes on from there after a crash.",
)

owed_look = Table(
    "owed_look",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("case_number", String(15), nullable=False),
    Column("next_at", Instant, nullable=False),
    Index("ix_owed_look_next_at", "next_at", "id"),
    comment="Cases whose workflow has to be told of a nearer moment; gone once it was.",
)

city_data = Table(
    "city_data",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column(
        "files",
        JSONB,
        nullable=False,
        comment="name to text: what stands in place of the package's own files",
    ),
    Column("digest", String(64), nullable=False),
    Column("source", String(200), nullable=False),
    Column("loaded_by", String(100), nullable=False),
    Column("created_at", Instant, nullable=False, server_default=NOW),
    comment="Numbered from 1, never changed; 0 is the package's own data.",
)

log_position = Table(
    "log_position",
    metadata,
    Column("topic", String(60), primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("next_offset", BigInteger, nullable=False),
    comment="How far each topic has grown: a shorter topic is a broker that lost its log.",
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
