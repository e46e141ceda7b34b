"""Questions about cases: one case, its timeline, a department's queue."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime, JsonValue
from sqlalchemy import or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.codes import CaseKind, Channel, PetitionType, ReplyBy, State, TimerKind, WaitsFor
from schema.commands import CaseSnapshot, Moment
from schema.events import Actor, CaseEvent
from schema.messages import Recipient
from schema.model import Frozen
from schema.party import Party
from schema.submission import Attachment, Contact, Thread
from storage.counting import while_counting
from storage.sealing import ErasedError
from storage.store import Store
from storage.tables import attachment, case_event, cases, intake_journal, petitioner
from storage.texts import case_key


class Case(Frozen):
    """One case as it stands, without anything personal: `summary` is the masked text."""

    number: str
    channel: Channel
    kind: CaseKind
    opinion_kind: str | None
    petition_type: PetitionType
    state: State
    ended: bool
    item: str | None
    urgent: bool
    district: str | None
    dong: str | None
    lat: float | None
    long: float | None
    agency: str | None
    department: str | None
    officer: str | None
    submitted_at: AwareDatetime
    received_at: AwareDatetime | None
    legal_due_at: AwareDatetime | None
    target_due_at: AwareDatetime | None
    answered_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    term: int
    calendar_version: int | None
    rule_pack: str | None
    seq: int
    reply_by: ReplyBy
    language: str
    public: bool
    hidden: bool
    under_14: bool
    summary: str
    key_version: int
    merged_into: str | None
    linked_to: str | None
    relation: str | None
    synthetic: bool
    extended: bool
    """기간연장: the badge EXTENDED."""
    routing: dict[str, JsonValue]
    next_at: AwareDatetime | None
    next_timer: str | None
    next_rung: str | None
    turn_at: AwareDatetime | None
    """The nearest clock that somebody of the city has to act on (`rules.turn`)."""
    turn_timer: TimerKind | None
    waits_for: WaitsFor

    def due_at(self) -> datetime | None:
        """The deadline of the whole: the legal one, else the service target."""
        return self.legal_due_at or self.target_due_at


def snapshot_of(case: Case, *, joined: tuple[str, ...] = ()) -> CaseSnapshot:
    """What the case's workflow needs to know of it; `joined` are departments that cooperate."""
    moment = None
    if case.next_at is not None:
        moment = Moment.model_validate(
            {"at": case.next_at, "timer": case.next_timer, "rung": case.next_rung}
        )
    return CaseSnapshot(
        case=case.number,
        state=case.state,
        department=case.department,
        joined=joined,
        ended=case.ended,
        seq=case.seq,
        next_moment=moment,
    )


_CASE_FIELDS, _ACTOR_FIELDS = tuple(Case.model_fields), tuple(Actor.model_fields)
CASE_COLUMNS = [cases.c[name] for name in _CASE_FIELDS]


def case_of(row: Sequence[object]) -> Case:
    """The case in a row selected with CASE_COLUMNS."""
    return Case.model_validate(dict(zip(_CASE_FIELDS, row, strict=True)))


async def find_case(conn: AsyncConnection, number: str) -> Case | None:
    """The case `number`, or None."""
    row = (await conn.execute(select(*CASE_COLUMNS).where(cases.c.number == number))).one_or_none()
    return case_of(row) if row else None


async def lock_cases(conn: AsyncConnection, numbers: Sequence[str]) -> tuple[Case, ...]:
    """The cases, and those merged into them, their rows locked in the order of their numbers for
    the rest of the transaction: whoever locks several does it in one order."""
    statement = (
        select(*CASE_COLUMNS)
        .join_from(cases, while_counting, true())
        .where(or_(cases.c.number.in_(numbers), cases.c.merged_into.in_(numbers)))
        .order_by(cases.c.number)
        .with_for_update(of=cases)
    )
    return tuple(case_of(row) for row in await conn.execute(statement))


async def logs_of(
    conn: AsyncConnection, numbers: Sequence[str]
) -> dict[str, tuple[CaseEvent, ...]]:
    """The whole logs of several cases, each in order; a case without events has none."""
    rows = await conn.execute(
        select(case_event)
        .where(case_event.c.case_number.in_(numbers))
        .order_by(case_event.c.case_number, case_event.c.seq)
    )
    found: dict[str, list[CaseEvent]] = {}
    for row in rows:
        event = event_of(row)
        found.setdefault(event.case, []).append(event)
    return {number: tuple(log) for number, log in found.items()}


async def root_of(conn: AsyncConnection, number: str) -> str | None:
    """The case that `number` was merged into, or itself; None where there is no such case."""
    row = (
        await conn.execute(
            select(cases.c.number, cases.c.merged_into).where(cases.c.number == number)
        )
    ).one_or_none()
    if row is None:
        return None
    return row.merged_into or str(row.number)


async def waits_in_journal(conn: AsyncConnection, number: str) -> datetime | None:
    """When `number` was journalled, where its case is not registered yet; else None."""
    return await conn.scalar(
        select(intake_journal.c.arrived_at).where(intake_journal.c.receipt_number == number)
    )


_LOGGED = tuple(
    "case" if column is case_event.c.case_number else column.name for column in case_event.c
)


def event_of(row: Sequence[object]) -> CaseEvent:
    """The event in a row of case_event."""
    # By position: a mapping made of each row cost a third of what reading a log does (measured).
    fields: dict[str, object] = dict(zip(_LOGGED, row, strict=True))
    fields["actor"] = {name: fields.pop(f"actor_{name}") for name in _ACTOR_FIELDS}
    return CaseEvent.model_validate(fields)


async def events_of(conn: AsyncConnection, number: str) -> tuple[CaseEvent, ...]:
    """The whole log of a case, in order."""
    rows = await conn.execute(
        select(case_event).where(case_event.c.case_number == number).order_by(case_event.c.seq)
    )
    return tuple(event_of(row) for row in rows)


async def event_of_request(conn: AsyncConnection, number: str, request_id: str) -> CaseEvent | None:
    """The event that a request made, or None while there is none."""
    row = (
        await conn.execute(
            select(case_event).where(
                case_event.c.case_number == number, case_event.c.request_id == request_id
            )
        )
    ).one_or_none()
    return event_of(row) if row else None


async def event_by_id(conn: AsyncConnection, event_id: UUID) -> CaseEvent | None:
    """The event `event_id`, or None."""
    row = (await conn.execute(select(case_event).where(case_event.c.id == event_id))).one_or_none()
    return event_of(row) if row else None


class Petitioner(Frozen):
    """Who filed, opened from the seal: only for somebody who may know."""

    contact: Contact
    thread: Thread | None = None
    address: str | None = None
    """The place as it was told, house number and all: whoever goes there has to read it."""
    party: Party = Party()


async def told_address(conn: AsyncConnection, store: Store, number: str) -> str | None:
    """The place as the petitioner told it, for the officer who has the case."""
    sealed = await conn.scalar(
        select(petitioner.c.sealed).where(petitioner.c.case_number == number)
    )
    if sealed is None:
        return None
    key = await case_key(conn, store, number)
    return Petitioner.model_validate_json(key.open(sealed)).address


async def petitioner_of(conn: AsyncConnection, store: Store, number: str) -> Recipient:
    """Whom to tell about a case, and how they asked to be told."""
    row = (
        await conn.execute(
            select(petitioner.c.sealed, cases.c.reply_by, cases.c.language)
            .join(cases, cases.c.number == petitioner.c.case_number)
            .where(petitioner.c.case_number == number)
        )
    ).one()
    key = await case_key(conn, store, number)
    opened = Petitioner.model_validate_json(key.open(row.sealed))
    return Recipient(
        contact=opened.contact,
        thread=opened.thread,
        reply_by=ReplyBy(row.reply_by),
        language=row.language,
    )


async def phone_hash_of(conn: AsyncConnection, number: str) -> bytes | None:
    """The keyed hash of the telephone that the case was filed with, or None."""
    found: bytes | None = await conn.scalar(
        select(petitioner.c.phone_hash).where(petitioner.c.case_number == number)
    )
    return found


async def party_of(conn: AsyncConnection, store: Store, number: str) -> Party:
    """The people behind a petition, by name: for somebody who may know."""
    sealed = await conn.scalar(
        select(petitioner.c.sealed).where(petitioner.c.case_number == number)
    )
    if sealed is None:
        return Party()
    key = await case_key(conn, store, number)
    return Petitioner.model_validate_json(key.open(sealed)).party


async def is_reachable(conn: AsyncConnection, store: Store, number: str) -> bool:
    """Whether the petitioner left a way to be asked: a telephone, an address, a thread."""
    try:
        told = await petitioner_of(conn, store, number)
    except ErasedError:
        return False
    contact = told.contact
    ways = (contact.phone, contact.email, contact.push_token, told.thread)
    return any(way is not None for way in ways)


async def attachments_of(conn: AsyncConnection, number: str) -> tuple[Attachment, ...]:
    """The facts of a case's photos and videos, oldest first."""
    columns = [attachment.c[name] for name in Attachment.model_fields]
    rows = await conn.execute(
        select(*columns)
        .where(attachment.c.case_number == number)
        .order_by(attachment.c.stored_at, attachment.c.id)
    )
    return tuple(Attachment.model_validate(row._mapping) for row in rows)


async def open_numbers(conn: AsyncConnection, *, after: str, limit: int) -> tuple[str, ...]:
    """Numbers of open cases in order, from `after`."""
    statement = select(cases.c.number).where(~cases.c.ended, cases.c.number > after)
    rows = await conn.scalars(statement.order_by(cases.c.number).limit(limit))
    return tuple(rows.all())
