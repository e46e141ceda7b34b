"""Calendar versions: numbered, never changed, the newest in force; and what makes a new one."""

from collections.abc import Sequence
from datetime import date, datetime

from pydantic import AwareDatetime
from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.calendar import (
    BusinessCalendar,
    OutageWindow,
    Override,
    first_change,
    national_calendar,
)
from rules.packs import SEOUL
from schema.model import Frozen
from storage.city_data import PACKAGE, newest_number, take_newest
from storage.counting import hold_counting
from storage.tables import calendar_override, calendar_version, outage_window, recomputation


class NoCalendarError(Exception):
    """The database holds no calendar; nothing can be counted until it does."""


class Calendars:
    """The calendars that this process has read, by version."""

    def __init__(self) -> None:
        self._read: dict[int, BusinessCalendar] = {}

    async def current(self, conn: AsyncConnection) -> BusinessCalendar:
        """The newest version, with the newest city data put in force: whoever counts a case counts
        by both. Raises NoCalendarError where none was ever stored."""
        newest, data = (
            await conn.execute(
                select(
                    select(func.max(calendar_version.c.version)).scalar_subquery(),
                    newest_number().scalar_subquery(),
                )
            )
        ).one()
        await take_newest(conn, data or PACKAGE)
        if newest is None:
            raise NoCalendarError("There is no calendar: run `minwon migrate`.")
        if newest not in self._read:
            self._read[newest] = await calendar_of(conn, newest)
        return self._read[newest]


async def calendar_of(conn: AsyncConnection, version: int) -> BusinessCalendar:
    """The calendar `version`. Raises NoCalendarError where it was never stored."""
    stored = await conn.scalar(
        select(calendar_version.c.calendar).where(calendar_version.c.version == version)
    )
    if stored is None:
        raise NoCalendarError(f"There is no calendar version {version}.")
    return BusinessCalendar.model_validate(stored)


async def reason_of(conn: AsyncConnection, version: int) -> str:
    """Why a version was made, in the words of whoever made it."""
    return str(
        await conn.scalar(
            select(calendar_version.c.reason).where(calendar_version.c.version == version)
        )
    )


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


class NewVersion(Frozen):
    """A calendar version that differs from the one before it from `since` on."""

    version: int
    since: AwareDatetime


async def declare_day(conn: AsyncConnection, override: Override) -> NewVersion | None:
    """Declare a day closed or open (임시공휴일, or its withdrawal) and make the calendar's next
    version; None where the calendar says so already.

    Raises CalendarError where the calendar would have a year without a working day, or does not
    cover the day.
    """
    await _one_at_a_time(conn)
    current = await Calendars().current(conn)
    current.check(override.day)
    values = override.model_dump()
    await conn.execute(
        insert(calendar_override)
        .values(**values)
        .on_conflict_do_update(index_elements=["day"], set_=values)
    )
    return await _next_version(conn, current, reason=f"{override.day} {override.name_ko}")


async def withdraw_day(conn: AsyncConnection, day: date, *, source: str) -> NewVersion | None:
    """Take a declaration back; a holiday of the law itself becomes a working day instead. None
    where the day is a working day already."""
    await _one_at_a_time(conn)
    current = await Calendars().current(conn)
    current.check(day)
    await conn.execute(delete(calendar_override).where(calendar_override.c.day == day))
    plain = national_calendar(
        version=current.version, first_year=current.first_year, last_year=current.last_year
    )
    if day in plain.closed:
        opened = Override(day=day, name_ko="근무일", kind="open", source=source)
        await conn.execute(insert(calendar_override).values(**opened.model_dump()))
    return await _next_version(conn, current, reason=f"{day} 지정 취소")


async def record_outage(
    conn: AsyncConnection, window: OutageWindow, *, source: str
) -> NewVersion | None:
    """Record an outage (정보시스템 장애) and make the calendar's next version; None where it is
    recorded already."""
    await _one_at_a_time(conn)
    current = await Calendars().current(conn)
    for at in (window.start, window.end):
        current.check(at.date())
    await conn.execute(
        insert(outage_window)
        .values(start_at=window.start, end_at=window.end, source=source)
        .on_conflict_do_nothing()
    )
    return await _next_version(conn, current, reason=_outage_words(window))


def _outage_words(window: OutageWindow) -> str:
    start, end = window.start.astimezone(SEOUL), window.end.astimezone(SEOUL)
    until = f"{end:%H:%M}" if end.date() == start.date() else f"{end:%Y-%m-%d %H:%M}"
    return f"정보시스템 장애 {start:%Y-%m-%d %H:%M}~{until}"


async def overrides(conn: AsyncConnection) -> tuple[Override, ...]:
    """Every day declared otherwise than the library has it, in order."""
    columns = [calendar_override.c[name] for name in Override.model_fields]
    rows = await conn.execute(select(*columns).order_by(calendar_override.c.day))
    return tuple(Override.model_validate(row._mapping) for row in rows)


async def outages(conn: AsyncConnection) -> tuple[OutageWindow, ...]:
    """Every outage recorded, in order."""
    rows = await conn.execute(select(outage_window).order_by(outage_window.c.start_at))
    return tuple(OutageWindow(start=row.start_at, end=row.end_at) for row in rows)


class Version(Frozen):
    """One calendar version as a list shows it."""

    version: int
    reason: str
    created_at: AwareDatetime


async def versions(conn: AsyncConnection) -> Sequence[Version]:
    """Every version, newest first."""
    columns = (
        calendar_version.c.version,
        calendar_version.c.reason,
        calendar_version.c.created_at,
    )
    rows = await conn.execute(select(*columns).order_by(calendar_version.c.version.desc()))
    return tuple(Version.model_validate(row._mapping) for row in rows)


async def _one_at_a_time(conn: AsyncConnection) -> None:
    """Two declarations at once: the second is made on top of the first."""
    await conn.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('calendar', 3))"))


async def _next_version(
    conn: AsyncConnection, current: BusinessCalendar, *, reason: str
) -> NewVersion | None:
    made = national_calendar(
        version=current.version + 1,
        overrides=await overrides(conn),
        outages=await outages(conn),
        first_year=current.first_year,
        last_year=current.last_year,
    )
    since = first_change(current, made)
    if since is None:
        return None
    await keep_calendar(conn, made, reason=reason)
    await order_recomputation(
        conn, f"calendar/{made.version}", version=made.version, reason=reason, since=since
    )
    return NewVersion(version=made.version, since=since)


async def order_recomputation(
    conn: AsyncConnection, name: str, *, version: int, reason: str, since: datetime | None
) -> None:
    """Have every open case recomputed whose deadline may have moved; ordered once by `name`, in the
    transaction of the news itself, which waits here for the acts that count without it."""
    await hold_counting(conn)
    await conn.execute(
        insert(recomputation)
        .values(id=name, calendar_version=version, reason=reason, since=since)
        .on_conflict_do_nothing()
    )
