"""The measures of cases, kept in the transaction that lengthens their logs."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.calendar import BusinessCalendar
from rules.measures.case import measures_of
from rules.measures.row import Measures
from schema.codes import CaseKind
from schema.events import CaseEvent
from storage.tables import case_measure


def measured(
    log: Sequence[CaseEvent], *, kind: CaseKind, calendar: BusinessCalendar | None
) -> Insert:
    """The statement that brings the row of a case to what `log` says. A row that knows of more
    events stands: whoever makes all anew does not undo what was recorded meanwhile."""
    row = measures_of(log, kind=kind, calendar=calendar).values()
    made = insert(case_measure).values(**row)
    return made.on_conflict_do_update(
        index_elements=[case_measure.c.number],
        set_={name: made.excluded[name] for name in row if name != "number"},
        where=case_measure.c.seq <= made.excluded.seq,
    )


_MOVE = text(
    """
    UPDATE case_measure SET
        seq = new.seq,
        due_at = new.due_at,
        due_day = new.due_day,
        target_due_at = new.target_due_at,
        owed_due_at = new.owed_due_at,
        warn_at = new.warn_at,
        period = new.period,
        again_due_at = new.again_due_at,
        again_due_day = new.again_due_day
    FROM unnest(
        CAST(:number AS text[]),
        CAST(:seq AS int[]),
        CAST(:due_at AS timestamptz[]),
        CAST(:due_day AS date[]),
        CAST(:target_due_at AS timestamptz[]),
        CAST(:owed_due_at AS timestamptz[]),
        CAST(:warn_at AS timestamptz[]),
        CAST(:period AS int[]),
        CAST(:again_due_at AS timestamptz[]),
        CAST(:again_due_day AS date[])
    ) AS new(
        number, seq, due_at, due_day, target_due_at, owed_due_at, warn_at, period, again_due_at,
        again_due_day
    )
    WHERE case_measure.number = new.number
    """
)
_MOVING = (
    *("number", "seq", "due_at", "due_day", "target_due_at", "owed_due_at", "warn_at", "period"),
    *("again_due_at", "again_due_day"),
)


async def move_due(conn: AsyncConnection, moved: Sequence[Measures]) -> None:
    """Write the deadlines of many cases at once, after a recomputation moved them."""
    if moved:
        columns = {name: [getattr(row, name) for row in moved] for name in _MOVING}
        await conn.execute(_MOVE, columns)
