"""`minwon calendar …` and `minwon outage …`: news of the calendar, and what it moves."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from cli.state import CliError
from rules.calendar import CalendarError, OutageWindow, Override
from rules.packs import SEOUL
from settings import Settings
from storage.calendars import (
    Calendars,
    NewVersion,
    declare_day,
    order_recomputation,
    outages,
    overrides,
    record_outage,
    versions,
    withdraw_day,
)
from storage.recomputing import Recomputation, recomputations
from worker import Composition, temporal_client
from workflows.client import RunningCases, TemporalAwayError

LOOK_EVERY_SECONDS = 0.5
Change = Callable[[AsyncConnection], Awaitable[NewVersion | None]]


async def run_declare(settings: Settings, day: str, name: str, *, source: str, wait: bool) -> int:
    """Declare `day` closed; prints the new version and what moved."""
    override = Override(day=_day(day), name_ko=name, kind="closed", source=source)
    return await _change(settings, lambda conn: declare_day(conn, override), wait=wait)


async def run_withdraw(settings: Settings, day: str, *, source: str, wait: bool) -> int:
    """Make `day` a working day."""
    asked = _day(day)
    return await _change(settings, lambda conn: withdraw_day(conn, asked, source=source), wait=wait)


async def run_outage(settings: Settings, start: str, end: str, *, source: str, wait: bool) -> int:
    """Record that the system was out from `start` to `end`."""
    window = OutageWindow(start=_instant(start), end=_instant(end))
    if window.end <= window.start:
        raise CliError("TO must lie after FROM: minwon outage record 2026-06-12T10:00 …T15:00")
    return await _change(
        settings, lambda conn: record_outage(conn, window, source=source), wait=wait
    )


async def run_recompute(settings: Settings, *, reason: str, wait: bool) -> int:
    """Recompute every open case, after a change of the rule packs or of the city's data."""
    made = Composition(settings, "calendar")
    name = f"rules/{datetime.now(SEOUL):%Y%m%d-%H%M%S}"
    async with made.store.engine.begin() as conn:
        version = (await Calendars().current(conn)).version
        await order_recomputation(conn, name, version=version, reason=reason, since=None)
    return await carry_out(made, settings, name, wait=wait)


async def run_list(settings: Settings) -> int:
    """The versions, the days declared, the outages, and how far each recomputation has come."""
    made = Composition(settings, "calendar")
    async with made.store.engine.connect() as conn:
        for version in await versions(conn):
            print(f"version {version.version:4}  {version.created_at:%Y-%m-%d}  {version.reason}")
        for day in await overrides(conn):
            print(f"{day.day}  {day.kind:6}  {day.name_ko}  ({day.source})")
        for window in await outages(conn):
            print(f"outage  {_said(window.start)} ~ {_said(window.end)}")
        for order in await recomputations(conn):
            print(_progress(order))
    await made.store.close()
    return 0


async def _change(settings: Settings, change: Change, *, wait: bool) -> int:
    made = Composition(settings, "calendar")
    try:
        async with made.store.engine.begin() as conn:
            new = await change(conn)
    except CalendarError as error:
        raise CliError(f"{error}. Nothing was changed.") from None
    if new is None:
        print("The calendar says so already; nothing was changed.")
        await made.store.close()
        return 0
    print(f"Calendar version {new.version}; deadlines from {_said(new.since)} on may move.")
    return await carry_out(made, settings, f"calendar/{new.version}", wait=wait)


async def carry_out(made: Composition, settings: Settings, name: str, *, wait: bool) -> int:
    """Have the worker do it; while Temporal is away, housekeeping starts it as soon as it can."""
    try:
        running = RunningCases(await temporal_client(settings))
        await running.start_recomputation(name)
    except TemporalAwayError:
        print("Temporal is away: the cases are recomputed as soon as it is back.")
        await made.store.close()
        return 0
    while wait:
        order = await _order(made, name)
        if order.finished_at is not None:
            print(_progress(order))
            break
        await asyncio.sleep(LOOK_EVERY_SECONDS)
    await made.store.close()
    return 0


async def _order(made: Composition, name: str) -> Recomputation:
    async with made.store.engine.connect() as conn:
        return next(order for order in await recomputations(conn) if order.id == name)


def _progress(order: Recomputation) -> str:
    state = "done" if order.finished_at else f"at {order.reached or 'the beginning'}"
    counts = f"{order.looked_at} open cases looked at, {order.moved} deadlines moved"
    return f"{order.id}: {counts}, {state}"


def _said(at: datetime) -> str:
    return f"{at.astimezone(SEOUL):%Y-%m-%d %H:%M}"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CliError(f"«{text}» is no day; write it like 2027-10-04.") from None


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise CliError(f"«{text}» is no instant; write it like 2026-06-12T10:00.") from None
    return at if at.tzinfo else at.replace(tzinfo=SEOUL)
