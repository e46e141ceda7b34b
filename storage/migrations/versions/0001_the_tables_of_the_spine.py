"""The tables of the spine

The first revision.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and the sequence that receipt numbers are allotted from in blocks of 20."""
    op.execute("CREATE SEQUENCE receipt_ordinal AS bigint START 1 INCREMENT 20")
    op.create_table(
        "attachment",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("case_number", sa.String(length=15), nullable=True),
        sa.Column("data_key_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("original_sha256", sa.String(length=64), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("long", sa.Double(), nullable=True),
        sa.Column(
            "stored_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index("ix_attachment_case", "attachment", ["case_number"], unique=False)
    op.create_table(
        "calendar_version",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("calendar", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_calendar_version")),
    )
    op.create_table(
        "cases",
        sa.Column("number", sa.String(length=15), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("opinion_kind", sa.String(length=20), nullable=True),
        sa.Column("petition_type", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("ended", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("item", sa.String(length=10), nullable=True),
        sa.Column("urgent", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("district", sa.String(length=5), nullable=True),
        sa.Column("dong", sa.String(length=40), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("long", sa.Double(), nullable=True),
        sa.Column("agency", sa.String(length=10), nullable=True),
        sa.Column("department", sa.String(length=60), nullable=True),
        sa.Column("officer", sa.String(length=60), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("legal_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("target_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("term", sa.Integer(), server_default="1", nullable=False),
        sa.Column("calendar_version", sa.Integer(), nullable=True),
        sa.Column("rule_pack", sa.String(length=10), nullable=True),
        sa.Column("seq", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_timer", sa.String(length=20), nullable=True),
        sa.Column("next_rung", sa.String(length=40), nullable=True),
        sa.Column("workflow_started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reply_by", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=10), server_default="ko", nullable=False),
        sa.Column("public", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("hidden", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False, comment="masked text of the petition"),
        sa.Column("data_key_id", sa.UUID(), nullable=False),
        sa.Column("key_version", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("entered_by", sa.String(length=60), nullable=True),
        sa.Column("site", sa.String(length=200), nullable=True),
        sa.Column(
            "routing",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("NOT ended OR next_at IS NULL", name=op.f("ck_cases_ended_has_no_next")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_cases")),
        sa.UniqueConstraint("channel", "external_id", name=op.f("uq_cases_channel_external_id")),
        comment="The state of each case, always equal to what its event log says.",
    )
    op.create_index(
        "ix_cases_next",
        "cases",
        ["next_at"],
        unique=False,
        postgresql_where=sa.text("NOT ended"),
    )
    op.create_index(
        "ix_cases_open",
        "cases",
        ["number"],
        unique=False,
        postgresql_where=sa.text("NOT ended"),
    )
    op.create_index(
        "ix_cases_queue",
        "cases",
        [
            "department",
            sa.literal_column("COALESCE(legal_due_at, target_due_at, 'infinity'::timestamptz)"),
            "number",
        ],
        unique=False,
        postgresql_where=sa.text("NOT ended"),
    )
    op.create_table(
        "data_key",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("master_key", sa.String(length=40), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_key")),
        comment="One key per record and its case, wrapped by the master key. Erasing deletes it.",
    )
    op.create_table(
        "external_alias",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("alias", sa.String(length=200), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("channel", "alias", name=op.f("pk_external_alias")),
        comment="Other names by which a channel may speak of a post: each X edit has an id.",
    )
    op.create_table(
        "intake_journal",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("receipt_number", sa.String(length=15), nullable=True),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column(
            "payload",
            sa.LargeBinary(),
            nullable=False,
            comment="sealed: the vendor's body untouched",
        ),
        sa.Column("data_key_id", sa.UUID(), nullable=False),
        sa.Column("scope", sa.String(length=100), nullable=True),
        sa.Column("idempotency_key", sa.String(length=200), nullable=True),
        sa.Column("body_hash", sa.LargeBinary(), nullable=True),
        sa.Column(
            "answer",
            sa.LargeBinary(),
            nullable=True,
            comment="sealed: the stored HTTP answer of an Idempotency-Key",
        ),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column(
            "publish_after",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "outcome",
            sa.String(length=20),
            nullable=True,
            comment="registered, duplicate, quarantined, no_petition",
        ),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_journal")),
    )
    op.create_index(
        "ix_intake_journal_pending",
        "intake_journal",
        ["publish_after", "id"],
        unique=False,
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_index(
        "ix_intake_journal_receipt_number",
        "intake_journal",
        ["receipt_number"],
        unique=False,
        postgresql_where=sa.text("receipt_number IS NOT NULL"),
    )
    op.create_index(
        "ix_intake_journal_record",
        "intake_journal",
        ["channel", "external_id"],
        unique=False,
    )
    op.create_index(
        "uq_intake_journal_idempotency",
        "intake_journal",
        ["scope", "idempotency_key"],
        unique=True,
        postgresql_where=sa.text("idempotency_key IS NOT NULL"),
    )
    op.create_table(
        "log_position",
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("next_offset", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("topic", "partition", name=op.f("pk_log_position")),
        comment="How far each topic has grown: a shorter topic is a broker that lost its log.",
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column(
            "message",
            sa.LargeBinary(),
            nullable=False,
            comment="the CloudEvent; no personal data",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "noticed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the reply stage had done with this event",
        ),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column(
            "publish_after",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("event_id", name=op.f("uq_outbox_event_id")),
    )
    op.create_index(
        "ix_outbox_pending",
        "outbox",
        ["id"],
        unique=False,
        postgresql_where=sa.text("published_at IS NULL OR noticed_at IS NULL"),
    )
    op.create_table(
        "quarantine",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("journal_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column(
            "payload",
            sa.LargeBinary(),
            nullable=False,
            comment="sealed: the whole Kafka record value",
        ),
        sa.Column("data_key_id", sa.UUID(), nullable=False),
        sa.Column(
            "origin",
            sa.String(length=200),
            nullable=False,
            comment="topic/partition/offset, first seen",
        ),
        sa.Column(
            "digest",
            sa.LargeBinary(),
            nullable=False,
            comment="SHA-256 of the value: one entry each",
        ),
        sa.Column(
            "first_seen_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("status", sa.String(length=20), server_default="open", nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_letter_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
        sa.UniqueConstraint("channel", "digest", name=op.f("uq_quarantine_channel_digest")),
    )
    op.create_index(
        "ix_quarantine_open",
        "quarantine",
        ["id"],
        unique=False,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index(
        "ix_quarantine_unsent",
        "quarantine",
        ["id"],
        unique=False,
        postgresql_where=sa.text("dead_letter_sent_at IS NULL"),
    )
    op.create_table(
        "registered_revision",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("record", sa.String(length=20), nullable=False),
        sa.Column("case_number", sa.String(length=15), nullable=False),
        sa.Column(
            "registered_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint(
            "channel",
            "external_id",
            "revision",
            "record",
            name=op.f("pk_registered_revision"),
        ),
        comment="The lasting guard against registering a delivery twice.",
    )
    op.create_table(
        "reply",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("case_number", sa.String(length=15), nullable=False),
        sa.Column("recipient", sa.String(length=80), nullable=False),
        sa.Column("means", sa.String(length=10), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("template", sa.String(length=40), nullable=False),
        sa.Column(
            "sealed",
            sa.LargeBinary(),
            nullable=False,
            comment="the rendered message with its address",
        ),
        sa.Column("data_key_id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "publish_after",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True, comment="delivered, failed"),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("carrier_reference", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply")),
        sa.UniqueConstraint(
            "event_id",
            "recipient",
            "means",
            name=op.f("uq_reply_event_id_recipient_means"),
        ),
        sa.UniqueConstraint("ordinal", name=op.f("uq_reply_ordinal")),
    )
    op.create_index("ix_reply_case", "reply", ["case_number"], unique=False)
    op.create_index(
        "ix_reply_pending",
        "reply",
        ["publish_after", "ordinal"],
        unique=False,
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_table(
        "staff_account",
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("department", sa.String(length=60), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("login", name=op.f("pk_staff_account")),
    )
    op.create_table(
        "staff_notice",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("case_number", sa.String(length=15), nullable=False),
        sa.Column(
            "recipient",
            sa.String(length=80),
            nullable=False,
            comment="department and role to be told",
        ),
        sa.Column("template", sa.String(length=40), nullable=False),
        sa.Column(
            "message",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="codes only",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_notice")),
        sa.UniqueConstraint(
            "event_id", "recipient", name=op.f("uq_staff_notice_event_id_recipient")
        ),
    )
    op.create_index(
        "ix_staff_notice_unread",
        "staff_notice",
        ["recipient", "id"],
        unique=False,
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_index(
        "ix_staff_notice_unsent",
        "staff_notice",
        ["id"],
        unique=False,
        postgresql_where=sa.text("published_at IS NULL"),
    )
    op.create_table(
        "case_event",
        sa.Column("case_number", sa.String(length=15), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("request_id", sa.String(length=100), nullable=False),
        sa.Column("actor_role", sa.String(length=20), nullable=False),
        sa.Column("actor_department", sa.String(length=60), nullable=True),
        sa.Column("actor_account", sa.String(length=60), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("petition_type", sa.String(length=30), nullable=False),
        sa.Column("item", sa.String(length=10), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("district", sa.String(length=5), nullable=True),
        sa.Column("agency", sa.String(length=10), nullable=True),
        sa.Column("department", sa.String(length=60), nullable=True),
        sa.Column("legal_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("target_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calendar_version", sa.Integer(), nullable=True),
        sa.Column("rule_pack", sa.String(length=10), nullable=True),
        sa.Column("visibility", sa.String(length=12), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_number"], ["cases.number"], name=op.f("fk_case_event_case_number")
        ),
        sa.PrimaryKeyConstraint("case_number", "seq", name=op.f("pk_case_event")),
        sa.UniqueConstraint(
            "case_number",
            "request_id",
            name=op.f("uq_case_event_case_number_request_id"),
        ),
        sa.UniqueConstraint("id", name=op.f("uq_case_event_id")),
        comment="The log. It is the record; everything else about a case follows from it.",
    )
    op.create_table(
        "case_text",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("case_number", sa.String(length=15), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("masked", sa.Text(), nullable=False),
        sa.Column("hidden", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["case_number"], ["cases.number"], name=op.f("fk_case_text_case_number")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_text")),
    )
    op.create_index("ix_case_text_case", "case_text", ["case_number", "created_at"], unique=False)
    op.create_table(
        "command",
        sa.Column("case_number", sa.String(length=15), nullable=False),
        sa.Column("request_id", sa.String(length=100), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("actor_role", sa.String(length=20), nullable=False),
        sa.Column("actor_department", sa.String(length=60), nullable=True),
        sa.Column("actor_account", sa.String(length=60), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "fingerprint",
            sa.LargeBinary(),
            nullable=False,
            comment="SHA-256 of action and body",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusal", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_number"], ["cases.number"], name=op.f("fk_command_case_number")
        ),
        sa.PrimaryKeyConstraint("case_number", "request_id", name=op.f("pk_command")),
    )
    op.create_index(
        "ix_command_pending",
        "command",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_table(
        "petitioner",
        sa.Column("case_number", sa.String(length=15), nullable=False),
        sa.Column(
            "sealed",
            sa.LargeBinary(),
            nullable=False,
            comment="contact, thread, consent",
        ),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_number"], ["cases.number"], name=op.f("fk_petitioner_case_number")
        ),
        sa.PrimaryKeyConstraint("case_number", name=op.f("pk_petitioner")),
    )
    op.create_index("ix_petitioner_phone", "petitioner", ["phone_hash"], unique=False)
    op.create_table(
        "staff_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["login"], ["staff_account.login"], name=op.f("fk_staff_session_login")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_staff_session")),
    )
    op.execute(
        "CREATE FUNCTION wake_relay() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM pg_notify('minwon_relay', ''); RETURN NULL; END $$"
    )
    for table in ("intake_journal", "outbox", "reply"):
        op.execute(
            f"CREATE TRIGGER wake_relay AFTER INSERT ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION wake_relay()"
        )


def downgrade() -> None:
    """Drop them all."""
    op.execute("DROP SEQUENCE receipt_ordinal")
    op.drop_table("staff_session")
    op.drop_index("ix_petitioner_phone", table_name="petitioner")
    op.drop_table("petitioner")
    op.drop_index(
        "ix_command_pending",
        table_name="command",
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.drop_table("command")
    op.drop_index("ix_case_text_case", table_name="case_text")
    op.drop_table("case_text")
    op.drop_table("case_event")
    op.drop_index(
        "ix_staff_notice_unsent",
        table_name="staff_notice",
        postgresql_where=sa.text("published_at IS NULL"),
    )
    op.drop_index(
        "ix_staff_notice_unread",
        table_name="staff_notice",
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.drop_table("staff_notice")
    op.drop_table("staff_account")
    op.drop_index(
        "ix_reply_pending",
        table_name="reply",
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.drop_index("ix_reply_case", table_name="reply")
    op.drop_table("reply")
    op.drop_table("registered_revision")
    op.drop_index(
        "ix_quarantine_unsent",
        table_name="quarantine",
        postgresql_where=sa.text("dead_letter_sent_at IS NULL"),
    )
    op.drop_index(
        "ix_quarantine_open",
        table_name="quarantine",
        postgresql_where=sa.text("status = 'open'"),
    )
    op.drop_table("quarantine")
    op.drop_index(
        "ix_outbox_pending",
        table_name="outbox",
        postgresql_where=sa.text("published_at IS NULL OR noticed_at IS NULL"),
    )
    op.drop_table("outbox")
    op.drop_table("log_position")
    op.drop_index(
        "uq_intake_journal_idempotency",
        table_name="intake_journal",
        postgresql_where=sa.text("idempotency_key IS NOT NULL"),
    )
    op.drop_index("ix_intake_journal_record", table_name="intake_journal")
    op.drop_index(
        "ix_intake_journal_receipt_number",
        table_name="intake_journal",
        postgresql_where=sa.text("receipt_number IS NOT NULL"),
    )
    op.drop_index(
        "ix_intake_journal_pending",
        table_name="intake_journal",
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.drop_table("intake_journal")
    op.drop_table("external_alias")
    op.drop_table("data_key")
    op.drop_index("ix_cases_queue", table_name="cases", postgresql_where=sa.text("NOT ended"))
    op.drop_index("ix_cases_open", table_name="cases", postgresql_where=sa.text("NOT ended"))
    op.drop_index("ix_cases_next", table_name="cases", postgresql_where=sa.text("NOT ended"))
    op.drop_table("cases")
    op.drop_table("calendar_version")
    op.drop_index("ix_attachment_case", table_name="attachment")
    op.drop_table("attachment")
    op.execute("DROP FUNCTION wake_relay()")
