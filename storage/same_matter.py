"""Public cases that may be about the same matter: the same item, near by, open, and recent."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import AwareDatetime
from sqlalchemy import ColumnElement, and_, false, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.likeness import METRES_A_DEGREE, NEAR_METRES, metres_between
from schema.codes import State
from schema.model import Frozen
from storage.public_cases import shows_words
from storage.tables import cases

RECENT = timedelta(days=60)
MOST = 3
_CONSIDERED = 200
JOINABLE = (
    State.RECEIVED,
    State.ASSIGNED,
    State.PROCESSING,
    State.TRANSFERRED,
    State.SUPPLEMENT,
    State.REANSWER,
)
"""Where a case can still take a reporter in: received, and not answered."""


class SameMatter(Frozen):
    """A public case that a petitioner may join. `summary` is the masked text; `metres` None where
    only the dong is known to be the same; `reporters` counts its own petitioner too."""

    number: str
    summary: str
    item: str
    state: State
    submitted_at: AwareDatetime
    metres: int | None
    reporters: int


class Whereabouts(Frozen):
    """A place: a point in WGS84 degrees, a district (legal-dong prefix) and its dong, or parts."""

    lat: float | None = None
    long: float | None = None
    district: str | None = None
    dong: str | None = None


async def published_cases(conn: AsyncConnection, numbers: Sequence[str]) -> frozenset[str]:
    """Those of `numbers` whose words everybody can read."""
    if not numbers:
        return frozenset()
    shown = select(cases.c.number).where(cases.c.number.in_(numbers), shows_words())
    return frozenset((await conn.scalars(shown)).all())


async def find_same_matter(
    conn: AsyncConnection, *, item: str, where: Whereabouts, now: datetime
) -> tuple[SameMatter, ...]:
    """The public cases about `item` near `where`, the nearest first, at most MOST."""
    # «reporters» is the number of those merged into it, and the one who filed it first.
    merged = cases.alias("merged")
    reporters = (
        select(func.count() + 1).where(merged.c.merged_into == cases.c.number).scalar_subquery()
    )
    columns = [cases.c[name] for name in ("number", "summary", "item", "state", "submitted_at")]
    rows = await conn.execute(
        select(*columns, cases.c.lat, cases.c.long, reporters.label("reporters"))
        .where(
            cases.c.item == item,
            cases.c.state.in_(JOINABLE),
            cases.c.submitted_at > now - RECENT,
            ~cases.c.ended,
            shows_words(),
            _around(where),
        )
        .order_by(cases.c.submitted_at.desc())
        .limit(_CONSIDERED)
    )
    found = []
    for row in rows:
        fields = dict(row._mapping)
        there = (fields.pop("lat"), fields.pop("long"))
        metres = metres_between((where.lat, where.long), there)
        if metres is None or metres <= NEAR_METRES:
            found.append(SameMatter.model_validate(fields | {"metres": metres}))
    return tuple(sorted(found, key=_nearest_first)[:MOST])


def _nearest_first(one: SameMatter) -> tuple[float, float]:
    return (math.inf if one.metres is None else one.metres, -one.submitted_at.timestamp())


def _around(where: Whereabouts) -> ColumnElement[bool]:
    """In a box around the point; and in the same dong, where one of the two has no point."""
    same_dong: ColumnElement[bool] = false()
    if where.district is not None and where.dong is not None:
        same_dong = tuple_(cases.c.district, cases.c.dong) == (where.district, where.dong)
    if where.lat is None or where.long is None:
        return same_dong
    high = NEAR_METRES / METRES_A_DEGREE
    wide = high / math.cos(math.radians(where.lat))
    near = and_(
        cases.c.lat.between(where.lat - high, where.lat + high),
        cases.c.long.between(where.long - wide, where.long + wide),
    )
    return or_(near, and_(same_dong, cases.c.lat.is_(None)))
