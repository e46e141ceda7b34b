"""The audit log, which is only added to

Each day has sixteen lanes; a lane is a chain of hashes, so that two processes wait for one another
only where they write of the same account. A trigger numbers and chains whatever is inserted, by the
database's own clock; another refuses every change. The seal of a past day covers all its lanes.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

FIELD = """
CREATE FUNCTION audit_field(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN value IS NULL THEN '-' ELSE octet_length(value)::text || ':' || value END
$$
"""

LOCK = """
CREATE FUNCTION audit_lock(day date, lane int) RETURNS void LANGUAGE sql AS $$
  SELECT pg_advisory_xact_lock(712611, (day - DATE '2000-01-01') * 16 + lane)
$$
"""

CHAIN = """
CREATE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  last_seq int;
  last_hash bytea;
  today date;
  day_text text;
BEGIN
  NEW.lane := mod(abs(hashtext(coalesce(NEW.account, ''))::bigint), 16);
  LOOP
    today := (clock_timestamp() AT TIME ZONE 'Asia/Seoul')::date;
    PERFORM audit_lock(today, NEW.lane);
    EXIT WHEN today = (clock_timestamp() AT TIME ZONE 'Asia/Seoul')::date;
  END LOOP;
  NEW.day := today;
  day_text := to_char(today, 'YYYY-MM-DD');
  NEW.at := clock_timestamp();
  SELECT seq, hash INTO last_seq, last_hash FROM audit_entry
    WHERE day = NEW.day AND lane = NEW.lane ORDER BY seq DESC LIMIT 1;
  NEW.seq := coalesce(last_seq, 0) + 1;
  NEW.hash := sha256(
    coalesce(last_hash, sha256(convert_to('minwon audit ' || day_text || ' ' || NEW.lane, 'UTF8')))
    || convert_to(
      audit_field(day_text) || audit_field(NEW.lane::text) || audit_field(NEW.seq::text)
      || audit_field((extract(epoch FROM NEW.at) * 1000000)::bigint::text)
      || audit_field(NEW.kind) || audit_field(NEW.account) || audit_field(NEW.role)
      || audit_field(NEW.instead_of) || audit_field(NEW.address) || audit_field(NEW.case_number)
      || audit_field(NEW.person) || audit_field(NEW.why) || audit_field(NEW.words)
      || audit_field(NEW.detail::text), 'UTF8'));
  RETURN NEW;
END
$$
"""

KEEP = """
CREATE FUNCTION audit_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is only added to' USING ERRCODE = 'insufficient_privilege';
END
$$
"""


def upgrade() -> None:
    """Make the log, its seals, and the triggers that keep them."""
    op.create_table(
        "audit_entry",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("lane", sa.SmallInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("account", sa.String(length=60)),
        sa.Column("role", sa.String(length=20)),
        sa.Column("instead_of", sa.String(length=60)),
        sa.Column("address", sa.String(length=45)),
        sa.Column("case_number", sa.String(length=15)),
        sa.Column("person", sa.String(length=60)),
        sa.Column("why", sa.String(length=20)),
        sa.Column("words", sa.String(length=400)),
        sa.Column("detail", postgresql.JSONB(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day", "lane", "seq", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_at", "audit_entry", ["at"])
    op.create_index("ix_audit_entry_account_at", "audit_entry", ["account", "at"])
    op.create_index("ix_audit_entry_person_at", "audit_entry", ["person", "at"])
    op.create_index("ix_audit_entry_case_number_at", "audit_entry", ["case_number", "at"])
    op.create_table(
        "audit_seal",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "sealed_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_audit_seal")),
    )
    for function in (FIELD, LOCK, CHAIN, KEEP):
        op.execute(function)
    op.execute(
        "CREATE TRIGGER audit_entry_chain BEFORE INSERT ON audit_entry "
        "FOR EACH ROW EXECUTE FUNCTION audit_chain()"
    )
    for table in ("audit_entry", "audit_seal"):
        op.execute(
            f"CREATE TRIGGER {table}_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_keep()"
        )


def downgrade() -> None:
    """Not offered: a log of who read whose data is not thrown away."""
    raise NotImplementedError
