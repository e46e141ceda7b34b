"""People: duties, absences and deputies; sessions that can be listed; who came by the sign-on

An act says whom its deputy stood in for. An account of the sign-on service has no password.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables and the columns; what is there stays as it is."""
    for table in ("case_event", "command"):
        op.add_column(table, sa.Column("actor_instead_of", sa.String(length=60)))
    op.alter_column("staff_account", "password_hash", nullable=True)
    op.add_column("staff_account", sa.Column("subject", sa.String(length=600)))
    op.create_unique_constraint(op.f("uq_staff_account_subject"), "staff_account", ["subject"])
    op.add_column(
        "staff_account",
        sa.Column("source", sa.String(length=10), nullable=False, server_default="local"),
    )
    op.create_table(
        "staff_duty",
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("department", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("login", "role", "department", name=op.f("pk_staff_duty")),
        sa.ForeignKeyConstraint(
            ["login"], ["staff_account.login"], name=op.f("fk_staff_duty_login_staff_account")
        ),
    )
    op.create_index("ix_staff_duty_department", "staff_duty", ["department"])
    op.create_index("ix_staff_account_department", "staff_account", ["department"])
    op.create_table(
        "staff_absence",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.Column("deputy", sa.String(length=60)),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("set_by", sa.String(length=60), nullable=False),
        sa.Column("set_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_absence")),
        sa.ForeignKeyConstraint(
            ["login"], ["staff_account.login"], name=op.f("fk_staff_absence_login_staff_account")
        ),
        sa.ForeignKeyConstraint(
            ["deputy"], ["staff_account.login"], name=op.f("fk_staff_absence_deputy_staff_account")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_staff_absence_ends_later")),
        sa.CheckConstraint("deputy <> login", name=op.f("ck_staff_absence_another_deputy")),
    )
    op.create_index("ix_staff_absence_login_ends_at", "staff_absence", ["login", "ends_at"])
    op.create_index("ix_staff_absence_deputy_ends_at", "staff_absence", ["deputy", "ends_at"])
    op.add_column(
        "staff_session",
        sa.Column("id", sa.Uuid(), nullable=False, server_default=sa.func.gen_random_uuid()),
    )
    op.create_unique_constraint(op.f("uq_staff_session_id"), "staff_session", ["id"])
    op.add_column(
        "staff_session",
        sa.Column("seen_at", INSTANT, nullable=False, server_default=sa.func.now()),
    )
    op.add_column(
        "staff_session",
        sa.Column("means", sa.String(length=10), nullable=False, server_default="password"),
    )
    op.add_column("staff_session", sa.Column("address", sa.String(length=45)))
    op.add_column("staff_session", sa.Column("agent", sa.String(length=120)))
    op.create_index("ix_staff_session_login", "staff_session", ["login"])
    op.create_table(
        "sign_on_attempt",
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("nonce", sa.String(length=100), nullable=False),
        sa.Column("verifier", sa.String(length=128), nullable=False),
        sa.Column("next", sa.String(length=400), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_sign_on_attempt")),
    )


def downgrade() -> None:
    """Take them away again; accounts without a password cannot stay."""
    op.drop_table("sign_on_attempt")
    op.drop_index("ix_staff_session_login", "staff_session")
    op.drop_constraint(op.f("uq_staff_session_id"), "staff_session")
    for column in ("agent", "address", "means", "seen_at", "id"):
        op.drop_column("staff_session", column)
    op.drop_table("staff_absence")
    op.drop_index("ix_staff_account_department", "staff_account")
    op.drop_table("staff_duty")
    op.drop_column("staff_account", "source")
    op.drop_constraint(op.f("uq_staff_account_subject"), "staff_account")
    op.drop_column("staff_account", "subject")
    op.execute("DELETE FROM staff_account WHERE password_hash IS NULL")
    op.alter_column("staff_account", "password_hash", nullable=False)
    for table in ("command", "case_event"):
        op.drop_column(table, "actor_instead_of")
