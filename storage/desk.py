"""The queue: open cases by their nearest clock. One condition gives the list and its count."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime
from sqlalchemy import ColumnElement, and_, exists, func, literal, or_, select, text, true
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.codes import Channel, EventKind, State, TimerKind, WaitsFor
from schema.model import Frozen
from storage.cases import CASE_COLUMNS, Case, case_of
from storage.tables import WAS_ASKED, case_event, cases


class Due(StrEnum):
    """How near the nearest clock is."""

    OVERDUE = "overdue"
    TODAY = "today"
    """Still ahead, before the day ends in Seoul."""
    LATER = "later"
    NONE = "none"
    """No clock runs that somebody of the city has to act on."""


class Horizon(Frozen):
    """What «overdue» and «today» mean: the present instant, and the end of its day in Seoul."""

    now: AwareDatetime
    day_end: AwareDatetime


class QueueFilter(Frozen):
    """Which open cases. `departments` None means everybody's; `asked` those in which the part of
    one of these departments is awaited (협조), whoever has them; `officers` those of these
    accounts, `unassigned` those of nobody yet; `group` the two letters of a group of items."""

    departments: tuple[str, ...] | None
    asked: tuple[str, ...] | None = None
    officers: tuple[str, ...] | None = None
    unassigned: bool = False
    states: tuple[State, ...] | None = None
    group: str | None = None
    item: str | None = None
    timer: TimerKind | None = None
    due: Due | None = None
    district: str | None = None
    channel: Channel | None = None
    urgent: bool = False
    waits_for: WaitsFor | None = None
    numbers: tuple[str, ...] | None = None


class QueuePlace(Frozen):
    """Where a page of the queue ended: the next begins after it. `due_at` None means no clock."""

    due_at: AwareDatetime | None
    number: str


_NEVER = text("'infinity'::timestamptz")
_TURN_AT = func.coalesce(cases.c.turn_at, _NEVER)
_OPEN = and_(~cases.c.ended, ~cases.c.synthetic)


def _where(wanted: QueueFilter, horizon: Horizon) -> ColumnElement[bool]:
    """The one condition of a filter, for its list and for its count."""
    return and_(true(), *_named(wanted), *_equal(wanted), *_told_apart(wanted, horizon))


def _named(wanted: QueueFilter) -> Iterator[ColumnElement[bool]]:
    """What may be one of several."""
    named: Mapping[str, Sequence[object] | None] = {
        "department": wanted.departments,
        "officer": wanted.officers,
        "state": wanted.states,
        "number": wanted.numbers,
    }
    for column, values in named.items():
        if values is not None:
            yield _one_of(cases.c[column], values)


def _equal(wanted: QueueFilter) -> Iterator[ColumnElement[bool]]:
    """What is one value."""
    equal = {
        "item": wanted.item,
        "turn_timer": wanted.timer,
        "district": wanted.district,
        "channel": wanted.channel,
        "waits_for": wanted.waits_for,
    }
    for column, value in equal.items():
        if value is not None:
            yield cases.c[column] == value


def _told_apart(wanted: QueueFilter, horizon: Horizon) -> Iterator[ColumnElement[bool]]:
    if wanted.asked is not None:
        yield _awaited_from(wanted.asked)
    if wanted.unassigned:
        yield cases.c.officer.is_(None)
    if wanted.group is not None:
        yield cases.c.item.like(f"{wanted.group}%")
    if wanted.urgent:
        yield cases.c.urgent
    if wanted.due is not None:
        yield _due(wanted.due, horizon)


def _awaited_from(departments: tuple[str, ...]) -> ColumnElement[bool]:
    """Asked for its part, and it has not come since."""
    whose = case_event.c.detail["department"].astext
    gave = case_event.alias("gave")
    came = exists().where(
        gave.c.case_number == case_event.c.case_number,
        gave.c.seq > case_event.c.seq,
        gave.c.kind == EventKind.COOPERATED,
        gave.c.detail["by_department"].astext == whose,
    )
    waiting = select(case_event.c.case_number).where(
        text(WAS_ASKED), _one_of(whose, departments), ~came
    )
    return and_(cases.c.state != State.ANSWERED, cases.c.number.in_(waiting))


def _one_of(column: ColumnElement[Any], values: Sequence[object]) -> ColumnElement[bool]:
    # With one value the index gives the rows in their order, without a sort.
    return column == values[0] if len(values) == 1 else column.in_(values)


def _due(due: Due, horizon: Horizon) -> ColumnElement[bool]:
    at = cases.c.turn_at
    conditions: dict[Due, ColumnElement[bool]] = {
        Due.OVERDUE: at < horizon.now,
        Due.TODAY: and_(at >= horizon.now, at <= horizon.day_end),
        Due.LATER: at > horizon.day_end,
        Due.NONE: at.is_(None),
    }
    return conditions[due]


async def queue(
    conn: AsyncConnection,
    wanted: QueueFilter,
    horizon: Horizon,
    *,
    after: QueuePlace | None = None,
    limit: int = 50,
) -> tuple[Case, ...]:
    """Open cases by their nearest clock, then number; those without one last."""
    statement = select(*CASE_COLUMNS).where(_OPEN, _where(wanted, horizon))
    if after is not None:
        statement = statement.where(_beyond(after))
    rows = await conn.execute(statement.order_by(_TURN_AT, cases.c.number).limit(limit))
    return tuple(case_of(row) for row in rows)


def _beyond(place: QueuePlace) -> ColumnElement[bool]:
    """What comes after `place`; the first part alone lets the index begin there."""
    at: Any = literal(place.due_at, cases.c.turn_at.type) if place.due_at is not None else _NEVER
    return and_(at <= _TURN_AT, or_(at < _TURN_AT, cases.c.number > place.number))


async def counts(
    conn: AsyncConnection, wanted: Mapping[str, QueueFilter], horizon: Horizon
) -> dict[str, int]:
    """How many cases the list of each filter has, by its name: by the same condition."""
    together: dict[tuple[str, ...] | None, dict[str, QueueFilter]] = {}
    for name, one in wanted.items():
        together.setdefault(one.departments, {})[name] = one
    found: dict[str, int] = {}
    for departments, filters in together.items():
        found |= await _counted(conn, departments, filters, horizon)
    return found


async def _counted(
    conn: AsyncConnection,
    departments: tuple[str, ...] | None,
    filters: Mapping[str, QueueFilter],
    horizon: Horizon,
) -> dict[str, int]:
    """Filters of the same departments, counted in one reading of their open cases; where they are
    all the same one, of its cases alone."""
    alike = len(set(filters.values())) == 1
    here = next(iter(filters.values())) if alike else QueueFilter(departments=departments)
    each = [func.count().filter(_where(one, horizon)) for one in filters.values()]
    row = (await conn.execute(select(*each).where(_OPEN, _where(here, horizon)))).one()
    return dict(zip(filters, row, strict=True))


async def open_by_department(
    conn: AsyncConnection, departments: tuple[str, ...] | None
) -> dict[str, int]:
    """How many cases the queue of each of `departments` has, where it has any; None: of all."""
    statement = (
        select(cases.c.department, func.count())
        .where(_OPEN, cases.c.department.is_not(None))
        .group_by(cases.c.department)
    )
    if departments is not None:
        statement = statement.where(_one_of(cases.c.department, departments))
    return {row[0]: row[1] for row in await conn.execute(statement)}
