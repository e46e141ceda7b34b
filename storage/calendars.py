"""Calendar versions: numbered, never changed, the newest in force."""

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.calendar import BusinessCalendar
from storage.tables import calendar_version


class NoCalendarError(Exception):
    """The database holds no calendar; nothing can be counted until it does."""


class Calendars:
    """The calendars that this process has read, by version."""

    def __init__(self) -> None:
        self._read: dict[int, BusinessCalendar] = {}

    async def current(self, conn: AsyncConnection) -> BusinessCalendar:
        """The newest version. Raises NoCalendarError where none was ever stored."""
        newest = await conn.scalar(select(func.max(calendar_version.c.version)))
        if newest is None:
            raise NoCalendarError("There is no calendar: run `minwon migrate`.")
        if newest not in self._read:
            stored = await conn.scalar(
                select(calendar_version.c.calendar).where(calendar_version.c.version == newest)
            )
            self._read[newest] = BusinessCalendar.model_validate(stored)
        return self._read[newest]


async def keep_calendar(conn: AsyncConnection, calendar: BusinessCalendar, *, reason: str) -> bool:
    """Store `calendar` under its version; False where that version is there already."""
    result = await conn.execute(
        insert(calendar_version)
        .values(version=calendar.version, calendar=calendar.model_dump(mode="json"), reason=reason)
        .on_conflict_do_nothing()
    )
    return result.rowcount == 1


async def keep_first_calendar(
    conn: AsyncConnection, calendar: BusinessCalendar, *, reason: str
) -> None:
    """Store `calendar` where there is none yet; later versions come from declarations."""
    if await conn.scalar(select(func.max(calendar_version.c.version))) is None:
        await keep_calendar(conn, calendar, reason=reason)
