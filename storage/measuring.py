"""All measures made anew from the log, in batches, beside whatever is recorded meanwhile."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import fields
from itertools import groupby
from operator import attrgetter

import asyncpg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from rules.calendar import BusinessCalendar
from rules.measures.case import measures_of
from rules.measures.row import Measures
from schema.codes import CaseKind, Channel, EventKind, PetitionType, Role, State
from schema.events import Actor, CaseEvent
from storage.calendars import Calendars
from storage.tables import case_measure, cases

BATCH = 1_000
_COLUMNS = tuple(field.name for field in fields(Measures))
_NEW = "new_measure"


async def rebuild(engine: AsyncEngine, *, missing_only: bool = False) -> AsyncIterator[int]:
    """Make the rows of all cases (or of those that have none), a batch a transaction; yields how
    many each batch made. A row that has learnt of more events meanwhile is left as it is."""
    after = ""
    calendars = Calendars()
    while True:
        async with engine.begin() as conn:
            found = await _batch(conn, after, missing_only=missing_only)
            if not found:
                return
            rows = await _measured(conn, found, await calendars.current(conn))
            await _write(await _driver(conn), rows)
        after = max(found)
        yield len(found)


async def _batch(conn: AsyncConnection, after: str, *, missing_only: bool) -> dict[str, str]:
    """The next cases by number, each with its kind."""
    statement = select(cases.c.number, cases.c.kind).where(~cases.c.synthetic)
    if missing_only:
        joined = cases.outerjoin(case_measure, case_measure.c.number == cases.c.number)
        statement = statement.select_from(joined).where(case_measure.c.number.is_(None))
    ordered = statement.where(cases.c.number > after).order_by(cases.c.number).limit(BATCH)
    return {row.number: row.kind for row in await conn.execute(ordered)}


async def _measured(
    conn: AsyncConnection, found: dict[str, str], calendar: BusinessCalendar
) -> list[Measures]:
    driver = await _driver(conn)
    rows = await driver.fetch(_LOG, list(found))
    events = (_event(row) for row in rows)
    return [
        measures_of(list(log), kind=CaseKind(found[number]), calendar=calendar)
        for number, log in groupby(events, key=attrgetter("case"))
    ]


_LOG = """
    SELECT case_number, seq, kind, at, actor_role, actor_account, state, petition_type, item,
           channel, district, agency, department, legal_due_at, target_due_at, detail
    FROM case_event WHERE case_number = ANY($1) ORDER BY case_number, seq
"""


def _event(row: asyncpg.Record) -> CaseEvent:
    """What measuring asks of an event. It was validated when it was written: once more would cost
    half of the whole (measured)."""
    return CaseEvent.model_construct(  # type: ignore[call-arg]
        case=row["case_number"],
        seq=row["seq"],
        kind=EventKind(row["kind"]),
        at=row["at"],
        actor=Actor.model_construct(role=Role(row["actor_role"]), account=row["actor_account"]),
        state=State(row["state"]),
        petition_type=PetitionType(row["petition_type"]),
        item=row["item"],
        channel=Channel(row["channel"]),
        district=row["district"],
        agency=row["agency"],
        department=row["department"],
        legal_due_at=row["legal_due_at"],
        target_due_at=row["target_due_at"],
        detail=row["detail"],
    )


async def _driver(conn: AsyncConnection) -> asyncpg.Connection:
    raw = await conn.get_raw_connection()
    driver: asyncpg.Connection | None = raw.driver_connection
    assert driver is not None
    return driver


async def _write(driver: asyncpg.Connection, rows: Sequence[Measures]) -> None:
    await driver.execute(
        f"CREATE TEMP TABLE IF NOT EXISTS {_NEW} (LIKE case_measure) ON COMMIT DELETE ROWS"
    )
    records = [tuple(row.values().values()) for row in rows]
    await driver.copy_records_to_table(_NEW, records=records, columns=_COLUMNS)
    await driver.execute(_KEEP)


_KEEP = f"""
    INSERT INTO case_measure SELECT * FROM {_NEW}
    ON CONFLICT (number) DO UPDATE SET
    {", ".join(f"{name} = EXCLUDED.{name}" for name in _COLUMNS if name != "number")}
    WHERE case_measure.seq <= EXCLUDED.seq
"""  # noqa: S608 - names of our own
