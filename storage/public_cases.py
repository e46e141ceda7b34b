"""Cases that everybody may see: the SQL of `rules.publication`, and the lists over it."""

from collections.abc import Callable, Mapping

from pydantic import AwareDatetime
from sqlalchemy import ColumnElement, and_, func, not_, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.coarse_place import CELL_LAT, CELL_LONG, Cell
from rules.publication import (
    NEVER_TYPES,
    Publication,
    PublicFacts,
    never_items,
    publication,
    shown_items,
)
from rules.search_terms import SearchQuery
from schema.codes import CaseKind, State, Visibility
from schema.model import Frozen
from storage.cases import Case
from storage.searching import contains_words
from storage.tables import case_event, cases

_FACTS = set(PublicFacts.model_fields)
MOST_CELLS = 400


def publication_of(case: Case) -> Publication:
    """What everybody may see of `case`."""
    return publication(PublicFacts.model_validate(case.model_dump(include=_FACTS)))


def is_published() -> ColumnElement[bool]:
    """Cases of which everybody may see at least how far they have come."""
    return and_(
        cases.c.public,
        not_(cases.c.hidden),
        not_(cases.c.synthetic),
        not_(cases.c.under_14),
        cases.c.petition_type.not_in(sorted(NEVER_TYPES)),
        or_(cases.c.item.is_(None), cases.c.item.not_in(sorted(never_items()))),
    )


def shows_words() -> ColumnElement[bool]:
    """Cases whose masked words everybody may read."""
    posted = and_(cases.c.item.is_(None), cases.c.kind == CaseKind.OPINION)
    shown = or_(posted, cases.c.item.in_(sorted(shown_items())))
    return and_(is_published(), cases.c.state != State.WITHDRAWN, shown)


class PublicFilter(Frozen):
    """Which public cases: all that is given must hold. `group` is two letters of the taxonomy;
    submitted from `since` up to, and not including, `until`."""

    district: str | None = None
    group: str | None = None
    item: str | None = None
    states: tuple[State, ...] = ()
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    query: SearchQuery | None = None
    cell: Cell | None = None


class PublicPlace(Frozen):
    """Where a page of the list ended: the next begins after it."""

    submitted_at: AwareDatetime
    number: str


class PublicCase(Frozen):
    """A case as lists and feeds show it. `summary` is masked; `updated_at` is when the last thing
    that everybody may read of it was recorded. The place stays inside: show its cell."""

    number: str
    kind: CaseKind
    state: State
    item: str | None
    district: str | None
    department: str | None
    urgent: bool
    extended: bool
    submitted_at: AwareDatetime
    answered_at: AwareDatetime | None
    updated_at: AwareDatetime
    summary: str
    lat: float | None
    long: float | None


_UPDATED = (
    select(case_event.c.recorded_at)
    .where(
        case_event.c.case_number == cases.c.number,
        case_event.c.visibility == Visibility.PUBLIC,
    )
    .order_by(case_event.c.seq.desc())
    .limit(1)
    .scalar_subquery()
)
_COLUMNS = [
    func.coalesce(_UPDATED, cases.c.submitted_at).label(name)
    if name == "updated_at"
    else cases.c[name]
    for name in PublicCase.model_fields
]


async def public_cases(
    conn: AsyncConnection,
    wanted: PublicFilter,
    *,
    after: PublicPlace | None = None,
    limit: int = 20,
) -> tuple[PublicCase, ...]:
    """Public cases, the newest first. One that was merged into another is not listed beside it."""
    statement = select(*_COLUMNS).where(*_listed(wanted))
    if after is not None:
        place = tuple_(cases.c.submitted_at, cases.c.number)
        statement = statement.where(place < (after.submitted_at, after.number))
    newest = (cases.c.submitted_at.desc(), cases.c.number.desc())
    rows = await conn.execute(statement.order_by(*newest).limit(limit))
    return tuple(PublicCase.model_validate(row._mapping) for row in rows)


async def counts_by_district(conn: AsyncConnection, wanted: PublicFilter) -> Mapping[str, int]:
    """How many public cases each district has; a district without any is left out."""
    counted = select(cases.c.district, func.count()).group_by(cases.c.district)
    known = cases.c.district.is_not(None)
    rows = await conn.execute(counted.where(*_listed(wanted), known))
    return {str(district): n for district, n in rows}


async def counts_by_cell(
    conn: AsyncConnection, wanted: PublicFilter
) -> tuple[tuple[Cell, int], ...]:
    """The cells that public cases lie in, with how many: the fullest `MOST_CELLS`."""
    row, column = _row().label("row"), _column().label("column")
    found = await conn.execute(
        select(row, column, func.count())
        .where(*_listed(wanted), cases.c.lat.is_not(None), cases.c.long.is_not(None))
        .group_by(row, column)
        .order_by(func.count().desc(), row, column)
        .limit(MOST_CELLS)
    )
    return tuple((Cell(row=int(r), column=int(c)), n) for r, c, n in found)


def _listed(wanted: PublicFilter) -> list[ColumnElement[bool]]:
    where, cell = cases.c, wanted.cell
    asked: tuple[tuple[object, Callable[[], ColumnElement[bool]]], ...] = (
        (wanted.district, lambda: where.district == wanted.district),
        (wanted.group, lambda: where.item.startswith(wanted.group, autoescape=True)),
        (wanted.item, lambda: where.item == wanted.item),
        (wanted.states, lambda: where.state.in_(wanted.states)),
        (wanted.since, lambda: where.submitted_at >= wanted.since),
        (wanted.until, lambda: where.submitted_at < wanted.until),
        (cell, lambda: and_(_row() == cell.row, _column() == cell.column) if cell else true()),
    )
    found = [condition() for value, condition in asked if value]
    if wanted.query is not None:
        found.append(contains_words(wanted.query))
    return [shows_words(), where.merged_into.is_(None), *found]


def _row() -> ColumnElement[float]:
    return func.floor(cases.c.lat / CELL_LAT)


def _column() -> ColumnElement[float]:
    return func.floor(cases.c.long / CELL_LONG)
