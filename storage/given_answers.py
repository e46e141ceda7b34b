"""Answers that were given to cases like this one: of the same item, masked, the likest first."""

from collections.abc import Collection

from pydantic import AwareDatetime
from sqlalchemy import UUID, cast, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.likeness import text_likeness
from schema.codes import EventKind
from schema.model import Frozen
from storage.cases import Case
from storage.public_cases import shows_words
from storage.tables import case_event, case_text, cases

MOST = 4
_CONSIDERED = 60


class GivenAnswer(Frozen):
    """An answer as another officer may read it. `likeness` of the two petitions is 0 to 1;
    `readable` where the reader may open the case itself."""

    number: str
    department: str
    answered_at: AwareDatetime
    summary: str
    answer: str
    likeness: float
    readable: bool


async def given_answers(
    conn: AsyncConnection, case: Case, *, reach: Collection[str] | None
) -> tuple[GivenAnswer, ...]:
    """The last answers to cases of the item of `case`: of the departments in `reach` (None: of
    all), and those that everybody may read anyway."""
    if case.item is None:
        return ()
    given = (
        select(case_event.c.at, case_event.c.department, case_event.c.detail)
        .where(
            case_event.c.case_number == cases.c.number,
            case_event.c.kind == EventKind.ANSWERED,
        )
        .order_by(case_event.c.seq.desc())
        .limit(1)
        .lateral()
    )
    may_read = true() if reach is None else cases.c.department.in_(sorted(reach))
    rows = await conn.execute(
        select(
            cases.c.number,
            cases.c.summary,
            given.c.department,
            given.c.at.label("answered_at"),
            case_text.c.masked.label("answer"),
            may_read.label("readable"),
        )
        .select_from(cases)
        .join(given, true())
        .join(case_text, case_text.c.id == cast(given.c.detail["text"].astext, UUID))
        .where(
            cases.c.item == case.item,
            cases.c.number != case.number,
            cases.c.answered_at.is_not(None),
            ~cases.c.synthetic,
            or_(may_read, shows_words()),
        )
        .order_by(cases.c.number.desc())
        .limit(_CONSIDERED)
    )
    found = [
        GivenAnswer(likeness=round(text_likeness(case.summary, row.summary), 2), **row._mapping)
        for row in rows
    ]
    found.sort(key=lambda one: (one.likeness, one.answered_at), reverse=True)
    return tuple(found[:MOST])
