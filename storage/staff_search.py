"""Search for the staff: cases by words, place, item, state, department, dates, channel, telephone.

Only masked words are searched and given back. A case is found by whoever may open it: the
department that has it, one that had it, one that was asked to cooperate (`Wanted.readers`). The
newest stand first, which is the order of receipt numbers; ranked by words, the newest
`MOST_RANKED` are ordered by how much of their text the words are.
"""

from collections.abc import Callable, Sequence
from typing import Any

from pydantic import AwareDatetime
from sqlalchemy import (
    ColumnElement,
    Double,
    Select,
    Subquery,
    cast,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.search_terms import SearchQuery
from schema.codes import CaseKind, Channel, State
from schema.model import Frozen
from storage.search_plans import plan_for
from storage.searching import contains_words, folded_summary
from storage.tables import ADDRESS_WORDS, CAME_TO, WAS_ASKED, case_event, cases, petitioner

MOST_COUNTED = 1_000
"""A larger result is not counted to its end; the page says «more than»."""
MOST_RANKED = 1_000


class Wanted(Frozen):
    """Which cases: all that is given must hold. `readers` are the departments whose cases may be
    seen, None for everybody's. `first` and `until` are days of receipt as a receipt number
    begins (YYMMDD): from `first` up to, and not including, `until`. `place` is a dong, or words of
    the address that was told (`place_terms`: its words for the index); `group` two letters of the
    taxonomy."""

    readers: tuple[str, ...] | None
    query: SearchQuery | None = None
    number: str | None = None
    phone: bytes | None = None
    district: str | None = None
    place: str | None = None
    place_terms: str | None = None
    group: str | None = None
    item: str | None = None
    states: tuple[State, ...] = ()
    department: str | None = None
    channel: Channel | None = None
    first: str | None = None
    until: str | None = None


class Place(Frozen):
    """Where a page ended: the next begins after it. `score` where the result is ranked."""

    number: str
    score: float | None = None


class Found(Frozen):
    """A case as a search shows it; `summary` is masked. `score` where the result is ranked."""

    number: str
    channel: Channel
    kind: CaseKind
    state: State
    item: str | None
    urgent: bool
    extended: bool
    district: str | None
    dong: str | None
    department: str | None
    submitted_at: AwareDatetime
    legal_due_at: AwareDatetime | None
    target_due_at: AwareDatetime | None
    answered_at: AwareDatetime | None
    summary: str
    score: float | None = None

    @property
    def due_at(self) -> AwareDatetime | None:
        """The deadline shown: the legal one, else the target."""
        return self.legal_due_at or self.target_due_at


COLUMNS = [cases.c[name] for name in Found.model_fields if name != "score"]


async def newest(
    conn: AsyncConnection, wanted: Wanted, *, after: Place | None = None, limit: int = 20
) -> tuple[Found, ...]:
    """The cases wanted, the newest first."""
    await plan_for(conn, wanted.query)
    rows = await conn.execute(by_number(wanted, after=after).limit(limit))
    return tuple(Found.model_validate(row._mapping) for row in rows)


def by_number(wanted: Wanted, *, after: Place | None = None) -> Select[Any]:
    """The statement of `newest`, without a limit: an export reads it to its end."""
    statement = _newest_first(wanted, *COLUMNS)
    if after is not None:
        statement = statement.where(cases.c.number < after.number)
    return statement


async def ranked(
    conn: AsyncConnection, wanted: Wanted, *, after: Place | None = None, limit: int = 20
) -> tuple[Found, ...]:
    """The newest `MOST_RANKED` of the cases wanted, those first in whose text the words weigh most.

    Raises ValueError where there are no words to rank by.
    """
    if wanted.query is None:
        raise ValueError("a result is ranked by its words")
    score = _score(wanted.query.words).label("score")
    await plan_for(conn, wanted.query)
    recent = _newest_first(wanted, *COLUMNS, score).limit(MOST_RANKED).subquery("recent")
    statement = select(recent).order_by(recent.c.score.desc(), recent.c.number.desc())
    if after is not None and after.score is not None:
        place = tuple_(literal(after.score, recent.c.score.type), literal(after.number))
        statement = statement.where(tuple_(recent.c.score, recent.c.number) < place)
    rows = await conn.execute(statement.limit(limit))
    return tuple(Found.model_validate(row._mapping) for row in rows)


async def count(conn: AsyncConnection, wanted: Wanted, *, most: int = MOST_COUNTED) -> int:
    """How many cases are wanted; `most` + 1 where they are more than `most`.

    Counted in the order of an index: without one the planner would read the table from its start.
    """
    await plan_for(conn, wanted.query, most=most)
    some = _newest_first(wanted, cases.c.number).limit(most + 1).subquery("some")
    return int((await conn.scalar(select(func.count()).select_from(some))) or 0)


def _newest_first(wanted: Wanted, *columns: ColumnElement[Any]) -> Select[Any]:
    """The cases wanted. What only some departments' people may see begins with the numbers that
    came to these, in their order: so a page is full after few cases, however many there are."""
    statement = select(*columns).where(*_conditions(wanted)).order_by(cases.c.number.desc())
    if wanted.readers is None:
        return statement
    mine = _readable(wanted.readers)
    return statement.join_from(cases, mine, mine.c.case_number == cases.c.number)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What must hold for a case to be wanted."""
    where = cases.c
    asked: tuple[tuple[object, Callable[[], ColumnElement[bool]]], ...] = (
        (wanted.query, lambda: contains_words(wanted.query) if wanted.query else false()),
        (wanted.number, lambda: where.number == wanted.number),
        (wanted.phone, lambda: _of_phone(wanted.phone)),
        (wanted.district, lambda: where.district == wanted.district),
        (wanted.place, lambda: _at(wanted)),
        (wanted.group, lambda: where.item.startswith(wanted.group, autoescape=True)),
        (wanted.item, lambda: where.item == wanted.item),
        (wanted.states, lambda: where.state.in_(wanted.states)),
        (wanted.department, lambda: where.department == wanted.department),
        (wanted.channel, lambda: where.channel == wanted.channel),
        (wanted.first, lambda: where.number >= wanted.first),
        (wanted.until, lambda: where.number < wanted.until),
    )
    found = [condition() for value, condition in asked if value]
    return [~where.synthetic, *found]


def _readable(departments: Sequence[str]) -> Subquery:
    """Numbers of cases that came to one of `departments`, or on which one of them was asked to
    cooperate, the newest first, each once."""
    asked = case_event.c.detail["department"].astext
    came = select(case_event.c.case_number).where(
        text(CAME_TO), case_event.c.department.in_(departments)
    )
    helped = select(case_event.c.case_number).where(text(WAS_ASKED), asked.in_(departments))
    either = union_all(came, helped).subquery("either")
    numbers = select(either.c.case_number).distinct().order_by(either.c.case_number.desc())
    return numbers.subquery("mine")


def _of_phone(phone_hash: bytes | None) -> ColumnElement[bool]:
    filed = select(petitioner.c.case_number).where(petitioner.c.phone_hash == phone_hash)
    return cases.c.number.in_(filed)


def _at(wanted: Wanted) -> ColumnElement[bool]:
    at_dong = cases.c.dong == wanted.place
    if wanted.place_terms is None:
        return at_dong
    words = func.to_tsquery(literal_column("'simple'::regconfig"), wanted.place_terms)
    return or_(at_dong, literal_column(ADDRESS_WORDS).op("@@")(words))


def _score(words: Sequence[str]) -> ColumnElement[Any]:
    """The share of the letters of a text that the words are."""
    folded = folded_summary()
    letters = func.char_length(folded)
    left = [letters - func.char_length(func.replace(folded, word, "")) for word in words]
    total = left[0]
    for one in left[1:]:
        total = total + one
    return total.cast(Double) / cast(func.greatest(letters, 1), Double)
