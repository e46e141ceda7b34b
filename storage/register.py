"""민원 처리부: the petitions in the order of their receipt (영 §6②), and the register of objections
(영 §40④). Nothing personal: who filed stands behind the case's own key."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime
from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select, text, true, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.selectable import LateralFromClause

from schema.codes import CaseKind, EventKind, PetitionType, State
from schema.grounds import ClosedFor
from schema.model import Frozen
from storage.cases import petitioner_of
from storage.sealing import ErasedError
from storage.store import Store
from storage.tables import CAME_TO, case_event, cases

RESULTS = (
    EventKind.ANSWERED,
    EventKind.REFUSED,
    EventKind.DECLINED,
    EventKind.WITHDRAWN,
    EventKind.CLOSED,
    EventKind.MERGED,
)


class Register(StrEnum):
    """Which register: of petitions (별지 제1호) or of objections (별지 제12호)."""

    PETITIONS = "petitions"
    OBJECTIONS = "objections"


class Entry(Frozen):
    """One line. `result` with `ground` is how it ended, at `result_at`; `moved_to` who has it now,
    where that is another department than the one whose register this is."""

    number: str
    petition_type: PetitionType
    item: str | None
    received_at: AwareDatetime
    department: str | None
    state: State
    due_at: AwareDatetime | None
    extended: bool
    linked_to: str | None
    result: EventKind | None
    result_at: AwareDatetime | None
    ground: str | None
    moved_to: str | None = None
    moved_at: AwareDatetime | None = None


class Place(Frozen):
    """Where a page ended: the next begins after it."""

    received_at: AwareDatetime
    number: str


async def entries(
    conn: AsyncConnection,
    register: Register,
    *,
    department: str | None,
    since: datetime,
    until: datetime,
    after: Place | None = None,
    limit: int = 200,
) -> tuple[Entry, ...]:
    """What was received from `since` to before `until`, by receipt and then number.

    `department` None means all of them; else those that it has or ever had.
    """
    result = _result()
    left = _left(department or "")  # of all departments none is left: no case was ever at ""
    columns = [
        cases.c[name] for name in Entry.model_fields if name in cases.c and name != "department"
    ]
    statement = (
        select(
            *columns,
            func.coalesce(department, cases.c.department).label("department"),
            func.coalesce(cases.c.legal_due_at, cases.c.target_due_at).label("due_at"),
            result.c.kind.label("result"),
            result.c.at.label("result_at"),
            result.c.ground,
            left.c.department.label("moved_to"),
            left.c.at.label("moved_at"),
        )
        .select_from(cases)
        .outerjoin(result, true())
        .outerjoin(left, true())
        .where(
            ~cases.c.synthetic,
            cases.c.received_at >= since,
            cases.c.received_at < until,
            _belongs(register),
        )
        .order_by(cases.c.received_at, cases.c.number)
        .limit(limit)
    )
    if department is not None:
        statement = statement.where(_had(department))
    if after is not None:
        place = tuple_(cases.c.received_at, cases.c.number)
        statement = statement.where(place > tuple_(after.received_at, after.number))
    rows = await conn.execute(statement)
    return tuple(Entry.model_validate(row._mapping) for row in rows)


def _belongs(register: Register) -> ColumnElement[bool]:
    """An opinion (소통민원) is in no register until it is converted; a proposal has its own."""
    objection = cases.c.petition_type == PetitionType.OBJECTION
    if register is Register.OBJECTIONS:
        return objection
    return and_(cases.c.kind == CaseKind.PETITION, not_(objection))


def _had(department: str) -> ColumnElement[bool]:
    logged = exists().where(
        text(CAME_TO),
        case_event.c.case_number == cases.c.number,
        case_event.c.department == department,
    )
    return or_(cases.c.department == department, logged)


def _result() -> LateralFromClause:
    """The newest event by which a case was done; that an answered one was closed is none."""
    ground = case_event.c.detail["ground"].astext
    return (
        select(case_event.c.kind, case_event.c.at, ground.label("ground"))
        .where(
            case_event.c.case_number == cases.c.number,
            case_event.c.kind.in_(RESULTS),
            or_(case_event.c.kind != EventKind.CLOSED, ground != ClosedFor.ANSWERED),
        )
        .order_by(case_event.c.seq.desc())
        .limit(1)
        .lateral("result")
    )


def _left(department: str) -> LateralFromClause:
    """The event by which the case left `department` for the last time, and for whom."""
    then = case_event.alias("then")
    last = (
        select(func.max(then.c.seq))
        .where(then.c.case_number == cases.c.number, then.c.department == department)
        .correlate(cases)
        .scalar_subquery()
    )
    return (
        select(case_event.c.department, case_event.c.at)
        .where(
            case_event.c.case_number == cases.c.number,
            case_event.c.seq > last,
            case_event.c.department != department,
            cases.c.department != department,
        )
        .order_by(case_event.c.seq)
        .limit(1)
        .lateral("left_by")
    )


async def names_of(
    conn: AsyncConnection, store: Store, numbers: tuple[str, ...]
) -> Mapping[str, str | None]:
    """The petitioners' names, for somebody who may know them; None where they were erased."""
    found: dict[str, str | None] = {}
    for number in numbers:
        try:
            found[number] = (await petitioner_of(conn, store, number)).contact.name or ""
        except ErasedError:
            found[number] = None
    return found
