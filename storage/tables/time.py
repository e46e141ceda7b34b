"""What deadlines are counted with: calendars, outages, recomputations, the city's data."""

from sqlalchemy import BigInteger, Column, Date, Identity, Index, Integer, String, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from storage.tables.columns import NOW, Instant, metadata

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
