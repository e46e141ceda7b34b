"""The moderation queue: what is said against public cases, and appeals that wait for a decision.

Hiding and showing again are notes of the case (`rules/acts/moderating.py`), recorded as all are.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime
from sqlalchemy import ColumnElement, and_, exists, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.masking import mask
from rules.moderation import candidates
from schema.codes import EventKind
from schema.grounds import HideGround
from schema.model import Frozen
from storage.public_cases import is_published
from storage.tables import case_event, cases, moderation_item

MOST_WORDS = 300
_OPEN = moderation_item.c.settled_at.is_(None)
_DECIDED = (EventKind.UNHIDDEN, EventKind.HIDING_KEPT)


class Source(StrEnum):
    """Who says that a case should be looked at."""

    REPORT = "report"
    RULE = "rule"


class ModerationItem(Frozen):
    """One open item; `summary` is the case's masked text, `words` what was said or found."""

    id: int
    case_number: str
    source: Source
    ground: HideGround
    words: str | None
    times: int
    raised_at: AwareDatetime
    summary: str


class Appeal(Frozen):
    """A petitioner's appeal that nobody has decided yet."""

    case_number: str
    at: AwareDatetime
    summary: str


async def raise_item(
    conn: AsyncConnection, number: str, source: Source, ground: HideGround, words: str | None
) -> None:
    """Put a case into the queue, or count once more what was said of it before. Somebody else's
    name in a report is masked as in any text."""
    said = mask(words[:MOST_WORDS]).text if words else None
    statement = insert(moderation_item).values(
        case_number=number, source=source, ground=ground, words=said
    )
    await conn.execute(
        statement.on_conflict_do_update(
            index_elements=["case_number", "source", "ground"],
            index_where=_OPEN,
            set_={"times": moderation_item.c.times + 1},
        )
    )


async def look_over(conn: AsyncConnection, number: str, masked: str) -> None:
    """Put a case into the queue for what a rule finds in its masked words."""
    for candidate in candidates(masked):
        await raise_item(conn, number, Source.RULE, candidate.ground, candidate.word)


async def open_items(
    conn: AsyncConnection,
    *,
    departments: Sequence[str] | None = None,
    after: int = 0,
    limit: int = 50,
) -> tuple[ModerationItem, ...]:
    """What waits, oldest first, of cases that everybody can see now; of `departments`, None for
    everybody's."""
    own = [moderation_item.c[name] for name in ModerationItem.model_fields if name != "summary"]
    rows = await conn.execute(
        select(*own, cases.c.summary)
        .join(cases, cases.c.number == moderation_item.c.case_number)
        .where(_OPEN, moderation_item.c.id > after, is_published(), _of(departments))
        .order_by(moderation_item.c.id)
        .limit(limit)
    )
    return tuple(ModerationItem.model_validate(row._mapping) for row in rows)


def _of(departments: Sequence[str] | None) -> ColumnElement[bool]:
    return true() if departments is None else cases.c.department.in_(departments)


async def settle_item(
    conn: AsyncConnection,
    item: int,
    *,
    by: str,
    at: datetime,
    departments: Sequence[str] | None = None,
) -> None:
    """Somebody who sees to `departments` (None: to all) has looked and found nothing to hide; once
    more does nothing, nor does another's item."""
    theirs = select(cases.c.number).where(_of(departments))
    within = true() if departments is None else moderation_item.c.case_number.in_(theirs)
    await conn.execute(
        update(moderation_item)
        .where(moderation_item.c.id == item, _OPEN, within)
        .values(settled_at=at, settled_by=by)
    )


async def open_appeals(
    conn: AsyncConnection, *, departments: Sequence[str] | None = None, limit: int = 50
) -> tuple[Appeal, ...]:
    """Appeals that wait, oldest first; of `departments`, None for everybody's."""
    later = case_event.alias("later")
    decided = exists().where(
        later.c.case_number == case_event.c.case_number,
        later.c.seq > case_event.c.seq,
        later.c.kind.in_(_DECIDED),
    )
    rows = await conn.execute(
        select(case_event.c.case_number, case_event.c.at, cases.c.summary)
        .join(cases, cases.c.number == case_event.c.case_number)
        .where(and_(case_event.c.kind == EventKind.HIDING_APPEALED, ~decided), _of(departments))
        .order_by(case_event.c.at)
        .limit(limit)
    )
    return tuple(Appeal.model_validate(row._mapping) for row in rows)
