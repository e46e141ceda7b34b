"""Public cases: what is searched, and what is never public

The masked words are cut into terms by the same function that cuts a query; cases that are there
already are filled here, in steps.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from rules.search_terms import index_terms

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

AT_ONCE = 1000


def upgrade() -> None:
    """Add and fill the columns, then the indexes."""
    op.add_column(
        "cases",
        sa.Column("under_14", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
    op.add_column(
        "cases",
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            nullable=True,
            comment="rules.search_terms.index_terms of summary",
        ),
    )
    op.execute(
        "UPDATE cases SET under_14 = true FROM case_event AS first"
        " WHERE first.case_number = cases.number AND first.seq = 1"
        " AND first.detail ->> 'under_14' = 'true'"
    )
    _fill(op.get_bind())
    op.create_index("ix_cases_search", "cases", ["search"], postgresql_using="gin")
    op.create_index(
        "ix_cases_public",
        "cases",
        [sa.text("submitted_at DESC"), sa.text("number DESC")],
        postgresql_where=sa.text("public AND NOT hidden AND NOT synthetic"),
    )


def _fill(connection: sa.Connection) -> None:
    """Cut the words of the cases there are, a thousand at a time, in the order of numbers."""
    page = sa.text(
        "SELECT number, summary FROM cases WHERE number > :after ORDER BY number LIMIT :n"
    )
    write = sa.text(
        "UPDATE cases SET search = array_to_tsvector(:terms) WHERE number = :number"
    ).bindparams(sa.bindparam("terms", type_=postgresql.ARRAY(sa.Text)))
    after = ""
    while rows := connection.execute(page, {"after": after, "n": AT_ONCE}).all():
        filled = [{"number": row.number, "terms": list(index_terms(row.summary))} for row in rows]
        connection.execute(write, filled)
        after = rows[-1].number


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_cases_public", "cases")
    op.drop_index("ix_cases_search", "cases")
    op.drop_column("cases", "search")
    op.drop_column("cases", "under_14")
