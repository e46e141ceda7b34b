"""Cases that may be the same matter as another: told by others (to be merged), or told again by the
same person (반복, 법 §23). For the officer who has the case; a person decides."""

from collections.abc import Mapping

from pydantic import AwareDatetime
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.likeness import NEAR_TIME, Likeness, days_between, metres_between, text_likeness
from schema.codes import EventKind, State
from schema.model import Frozen
from storage.cases import Case
from storage.same_matter import JOINABLE
from storage.tables import case_event, cases, petitioner

MOST = 5
_CONSIDERED = 300
RESULTS = (EventKind.ANSWERED, EventKind.REFUSED)


class Candidate(Frozen):
    """A case that may be the same matter, and why. `answers` are the results that its petitioner
    was told, as 법 §23 counts them."""

    number: str
    state: State
    item: str | None
    department: str | None
    submitted_at: AwareDatetime
    answers: int
    likeness: Likeness


class Candidates(Frozen):
    """`duplicates` are open, the likest first; `repeats` the same petitioner's earlier ones, the
    newest first. One may be both.

    `told` is how often the petitioner was told a result of this matter, in all repeats.
    """

    duplicates: tuple[Candidate, ...] = ()
    repeats: tuple[Candidate, ...] = ()

    @property
    def told(self) -> int:
        """Results told of the earlier cases."""
        return sum(one.answers for one in self.repeats)


async def likely_same(conn: AsyncConnection, case: Case) -> Candidates:
    """The cases that may be about the matter of `case`; none for one that was merged."""
    if case.state is State.MERGED:
        return Candidates()
    phone = await conn.scalar(
        select(petitioner.c.phone_hash).where(petitioner.c.case_number == case.number)
    )
    duplicates = await _found(conn, case, _told_by_others(case), phone)
    repeats = await _found(conn, case, petitioner.c.phone_hash == phone, phone) if phone else ()
    return Candidates(
        duplicates=tuple(
            sorted(
                (one for one in duplicates if one.likeness.duplicate),
                key=lambda one: -one.likeness.weight,
            )[:MOST]
        ),
        repeats=tuple(
            one
            for one in repeats
            if one.likeness.repeat
            and (one.submitted_at, one.number) < (case.submitted_at, case.number)
        )[:MOST],
    )


def _told_by_others(case: Case) -> ColumnElement[bool]:
    """Open, of the same district, near in time, and not in one group with `case` already."""
    near = cases.c.submitted_at.between(
        case.submitted_at - NEAR_TIME, case.submitted_at + NEAR_TIME
    )
    return and_(
        ~cases.c.ended,
        cases.c.district == case.district,
        cases.c.kind == case.kind,
        cases.c.state.in_(JOINABLE),
        or_(cases.c.merged_into.is_(None), cases.c.merged_into != case.number),
        near,
    )


async def _found(
    conn: AsyncConnection, case: Case, which: ColumnElement[bool], phone: bytes | None
) -> tuple[Candidate, ...]:
    answers = (
        select(func.count())
        .where(case_event.c.case_number == cases.c.number, case_event.c.kind.in_(RESULTS))
        .scalar_subquery()
    )
    names = [name for name in Candidate.model_fields if name in cases.c]
    places = ("lat", "long", "district", "dong", "summary")
    rows = await conn.execute(
        select(
            *(cases.c[name] for name in (*names, *places)),
            answers.label("answers"),
            petitioner.c.phone_hash,
        )
        .select_from(cases)
        .outerjoin(petitioner, petitioner.c.case_number == cases.c.number)
        .where(~cases.c.synthetic, cases.c.number != case.number, which)
        .order_by(cases.c.submitted_at.desc())
        .limit(_CONSIDERED)
    )
    found = []
    for row in rows:
        fields = dict(row._mapping)
        fields["likeness"] = _likeness(case, fields, same_petitioner=fields["phone_hash"] == phone)
        found.append(Candidate.model_validate({k: fields[k] for k in Candidate.model_fields}))
    return tuple(found)


def _likeness(case: Case, row: Mapping[str, object], *, same_petitioner: bool) -> Likeness:
    submitted_at, lat, long = row["submitted_at"], row["lat"], row["long"]
    assert isinstance(submitted_at, type(case.submitted_at))
    there = (
        lat if isinstance(lat, float) else None,
        long if isinstance(long, float) else None,
    )
    place = (case.district, case.dong)
    return Likeness(
        same_item=case.item is not None and row["item"] == case.item,
        metres=metres_between((case.lat, case.long), there),
        same_dong=None not in place and place == (row["district"], row["dong"]),
        days=days_between(case.submitted_at, submitted_at),
        text=round(text_likeness(case.summary, str(row["summary"])), 2),
        same_petitioner=same_petitioner and row["phone_hash"] is not None,
    )
