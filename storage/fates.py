"""What became of records that were sent in: for whoever sent them and wants to be told."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.codes import Channel
from schema.model import Frozen
from storage.journal import JournalOutcome
from storage.tables import cases, intake_journal, quarantine


class Fate(Frozen):
    """One journalled record. `outcome` is None while it is on its way.

    `opened` tells a new petition from a change of one that was there; `department` is None until
    the case is routed; `reason` is that of its quarantine entry.
    """

    journal_id: int
    channel: Channel
    external_id: str
    receipt_number: str | None
    outcome: JournalOutcome | None
    opened: bool
    case: str | None
    department: str | None
    reason: str | None

    def is_settled(self) -> bool:
        """True when nothing more will become of it, and a new petition has its department."""
        if self.outcome is JournalOutcome.REGISTERED and self.opened:
            return self.department is not None
        return self.outcome is not None


async def last_journalled(conn: AsyncConnection) -> int:
    """The id of the newest journal row, 0 where there is none."""
    return await conn.scalar(select(func.coalesce(func.max(intake_journal.c.id), 0))) or 0


async def fates_after(conn: AsyncConnection, journal_id: int) -> tuple[Fate, ...]:
    """The records journalled after the row `journal_id`, in order."""
    earlier = intake_journal.alias("earlier")
    first_registered = (
        select(func.min(earlier.c.id))
        .where(
            earlier.c.channel == intake_journal.c.channel,
            earlier.c.external_id == intake_journal.c.external_id,
            earlier.c.outcome == JournalOutcome.REGISTERED,
        )
        .scalar_subquery()
    )
    rows = await conn.execute(
        select(
            intake_journal.c.id.label("journal_id"),
            intake_journal.c.channel,
            intake_journal.c.external_id,
            intake_journal.c.receipt_number,
            intake_journal.c.outcome,
            func.coalesce(
                cases.c.number.is_not(None) & (first_registered == intake_journal.c.id), False
            ).label("opened"),
            cases.c.number.label("case"),
            cases.c.department,
            quarantine.c.reason,
        )
        .outerjoin(
            cases,
            (cases.c.channel == intake_journal.c.channel)
            & (cases.c.external_id == intake_journal.c.external_id),
        )
        .outerjoin(quarantine, quarantine.c.journal_id == intake_journal.c.id)
        .where(intake_journal.c.id > journal_id)
        .order_by(intake_journal.c.id, quarantine.c.id)
        .distinct(intake_journal.c.id)
    )
    return tuple(Fate.model_validate(row._mapping) for row in rows)
