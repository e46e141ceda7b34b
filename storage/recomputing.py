"""Deadlines recomputed after news of the calendar or the rules: in batches, from the log.

A batch is one transaction: rows locked in the order of their numbers, one query for all logs, one
statement for all that is written. So officers' acts wait for at most one batch, a crash loses at
most one, and doing a batch again finds nothing left to move.
"""

import json
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import NamedTuple

import structlog
from pydantic import AwareDatetime
from sqlalchemy import Table, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.book import Clocks, RuleBook
from rules.calendar import BusinessCalendar, CalendarError
from rules.consequences import Consequence, drawn_event
from rules.life import CaseFacts, facts_of
from rules.measures.case import measures_of
from rules.measures.row import Measures
from rules.turn import Turn, turn_of
from rules.waking import SYSTEM
from schema.codes import Action, CaseKind, State
from schema.commands import Command, Moment
from schema.events import CaseEvent
from schema.model import Frozen
from storage.calendars import Calendars
from storage.cases import CASE_COLUMNS, Case, case_of, logs_of
from storage.counting import share_counting
from storage.event_log import logged_values, sent_values, turn_values
from storage.measures import move_due
from storage.owed_looks import Nearer, any_owed, owe_looks, owed_looks
from storage.store import Store
from storage.tables import case_event, cases, outbox, recomputation

log = structlog.get_logger()

BATCH = 500
ANSWER_OWED = frozenset(State) - {
    State.SUBMITTED,
    State.ANSWERED,
    State.WITHDRAWN,
    State.CLOSED,
    State.DECLINED,
    State.MERGED,
}
"""Only these have a deadline that can still move; a merged case's is counted by its root."""


class Recomputation(Frozen):
    """An order to recompute, and how far it has come. `since`: no deadline before it can move."""

    id: str
    calendar_version: int
    reason: str
    since: AwareDatetime | None
    reached: str
    looked_at: int
    moved: int
    uncounted: int
    finished_at: AwareDatetime | None


class Batch(Frozen):
    """What one batch did; `done`: it was the last one."""

    looked_at: int
    moved: int
    done: bool


class _Move(NamedTuple):
    case: Case
    event: CaseEvent | None
    moment: Moment | None
    turn: Turn
    measures: Measures | None


class _Reporter(NamedTuple):
    kind: CaseKind
    log: Sequence[CaseEvent]


class _Counted(NamedTuple):
    moves: list[_Move]
    uncounted: int


UNCOUNTABLE = (CalendarError, LookupError, ValueError)
"""What a single case can have that the rules in force cannot count (an item that the city's data
dropped, a year that no calendar covers). It must not hold up those behind it."""


def moved_deadline(
    case: Case,
    log: Sequence[CaseEvent],
    facts: CaseFacts,
    clocks: Clocks,
    *,
    name: str,
    reason: str,
    at: datetime,
) -> CaseEvent | None:
    """The event of a deadline that moved, or None where it stands where it stood: that makes it
    once. Its request id is the order's name; where rules and calendar changed together, a case
    can move twice under one order, and the second has its number in the log behind."""
    old, new = (case.legal_due_at, case.target_due_at), (clocks.legal_due_at, clocks.target_due_at)
    if old == new:
        return None
    promised, promise = (old[0] or old[1]), (new[0] or new[1])
    detail = {
        "reason": reason,
        "old_legal_due_at": _text(old[0]),
        "new_legal_due_at": _text(new[0]),
        "old_target_due_at": _text(old[1]),
        "new_target_due_at": _text(new[1]),
        "calendar_version": clocks.calendar_version,
        "promise_moved": promised != promise,
    }
    request_id = f"recompute/{name}"
    if any(event.request_id == request_id for event in log):
        request_id = f"{request_id}/{case.seq + 1}"
    command = Command(
        request_id=request_id,
        case=case.number,
        action=Action.RECOMPUTE,
        actor=SYSTEM,
        at=at,
        detail=detail,
    )
    event = drawn_event(
        facts,
        command,
        Consequence(detail=dict(detail)),
        seq=case.seq + 1,
        channel=case.channel,
        recorded_at=at,
    )
    return event.model_copy(
        update={
            "legal_due_at": clocks.legal_due_at,
            "target_due_at": clocks.target_due_at,
            "calendar_version": clocks.calendar_version,
            "rule_pack": clocks.rule_pack,
        }
    )


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


class Recomputing:
    """Recomputes open cases by a rule book and the newest calendar."""

    def __init__(self, store: Store, book: RuleBook) -> None:
        self._store = store
        self._book = book
        self._calendars = Calendars()

    async def next_batch(self, name: str, *, limit: int = BATCH) -> Batch:
        """Recompute the next cases of the order `name`; its progress is kept in the same
        transaction. Raises LookupError for an order that was never given."""
        async with self._store.engine.begin() as conn:
            order = await _locked_order(conn, name)
            if order is None:
                raise LookupError(name)
            if order.finished_at is not None:
                return Batch(looked_at=0, moved=0, done=True)
            await share_counting(conn)
            found = await _batch(conn, order, limit)
            calendar = await self._calendars.current(conn)
            moves, uncounted = await self._counted(conn, order, found, calendar)
            await _write(conn, moves)
            await owe_looks(conn, [Nearer(move.case, move.moment) for move in moves])
            done = len(found) < limit
            moved = sum(move.event is not None for move in moves)
            await _keep_progress(conn, order, found, moved, uncounted, done=done)
        return Batch(looked_at=len(found), moved=moved, done=done)

    def owed_looks(self, *, limit: int) -> AbstractAsyncContextManager[tuple[str, ...]]:
        """The next cases whose workflows have to look at the record again (`owed_looks.py`)."""
        return owed_looks(self._store, limit=limit)

    async def unfinished(self) -> tuple[Recomputation, ...]:
        """The orders that have something left to do: cases to look at, or workflows to tell."""
        async with self._store.engine.connect() as conn:
            orders = await recomputations(conn, unfinished_only=True)
            if not orders and await any_owed(conn):
                return (await recomputations(conn))[-1:]
            return orders

    async def _counted(
        self,
        conn: AsyncConnection,
        order: Recomputation,
        found: Sequence[Case],
        calendar: BusinessCalendar,
    ) -> _Counted:
        logs = await logs_of(conn, [case.number for case in found])
        reporters = await reporters_of(conn, [case.number for case in found])
        now = datetime.now(UTC)
        moves, uncounted = [], 0
        for case in found:
            try:
                move = self._move(
                    case, logs[case.number], reporters.get(case.number, ()), order, calendar, now
                )
            except UNCOUNTABLE as error:
                log.error("case not recomputed", case=case.number, fault=repr(error))
                uncounted += 1
                continue
            if move.event is not None or _differs(case, move):
                moves.append(move)
        return _Counted(moves, uncounted)

    def _move(
        self,
        case: Case,
        own_log: Sequence[CaseEvent],
        reporters: Sequence[_Reporter],
        order: Recomputation,
        calendar: BusinessCalendar,
        now: datetime,
    ) -> _Move:
        facts = facts_of(own_log, kind=case.kind, synthetic=case.synthetic)
        joined = [facts_of(one.log, kind=one.kind) for one in reporters]
        clocks = self._book.clocks(facts, calendar, reporters=joined)
        event = moved_deadline(
            case, own_log, facts, clocks, name=order.id, reason=order.reason, at=now
        )
        moment = self._book.moment(facts, clocks, calendar)
        measures = None
        if event is not None:
            measures = measures_of((*own_log, event), kind=case.kind, calendar=calendar)
        return _Move(case, event, moment, turn_of(facts, clocks.clocks), measures)


async def _locked_order(conn: AsyncConnection, name: str) -> Recomputation | None:
    columns = [recomputation.c[field] for field in Recomputation.model_fields]
    statement = select(*columns).where(recomputation.c.id == name).with_for_update()
    row = (await conn.execute(statement)).one_or_none()
    return Recomputation.model_validate(row._mapping) if row else None


async def _batch(conn: AsyncConnection, order: Recomputation, limit: int) -> tuple[Case, ...]:
    """The next open cases by number, locked. A case whose deadlines all lie before the news
    cannot have moved and is not read."""
    statement = select(*CASE_COLUMNS).where(
        ~cases.c.ended,
        cases.c.state.in_(ANSWER_OWED),
        ~cases.c.synthetic,
        cases.c.number > order.reached,
    )
    if order.since is not None:
        statement = statement.where(
            or_(
                cases.c.legal_due_at.is_(None),
                cases.c.legal_due_at >= order.since,
                cases.c.next_at >= order.since,
                cases.c.turn_at >= order.since,
            )
        )
    ordered = statement.order_by(cases.c.number).limit(limit).with_for_update()
    return tuple(case_of(row) for row in await conn.execute(ordered))


async def reporters_of(conn: AsyncConnection, numbers: Sequence[str]) -> dict[str, list[_Reporter]]:
    """The cases merged into these, by theirs: their rows wait for the ones that we hold. Whoever
    was answered with a case or given back is none of its reporters any more."""
    statement = (
        select(cases.c.number, cases.c.kind, cases.c.merged_into)
        .where(cases.c.merged_into.in_(numbers), cases.c.state == State.MERGED)
        .order_by(cases.c.number)
    )
    rows = (await conn.execute(statement)).all()
    logs = await logs_of(conn, [row.number for row in rows]) if rows else {}
    found: dict[str, list[_Reporter]] = {}
    for row in rows:
        found.setdefault(row.merged_into, []).append(_Reporter(row.kind, logs[row.number]))
    return found


def _differs(case: Case, move: _Move) -> bool:
    stands, moment = (case.next_at, case.next_timer, case.next_rung), move.moment
    if stands != ((moment.at, moment.timer, moment.rung) if moment else (None, None, None)):
        return True
    turn = move.turn
    return (case.turn_at, case.turn_timer, case.waits_for) != (turn.at, turn.timer, turn.waits_for)


async def _write(conn: AsyncConnection, moves: Sequence[_Move]) -> None:
    """One COPY for the events, one for the outbox, one UPDATE for the rows: statement by
    statement the same took three times as long (measured, `make bench`)."""
    events = [move.event for move in moves if move.event is not None]
    if events:
        logged = [logged_values(event) for event in events]
        for row in logged:
            row["detail"] = json.dumps(row["detail"])
        await _copy(conn, case_event, logged)
        await _copy(conn, outbox, [sent_values(event) for event in events])
    if moves:
        await conn.execute(_UPDATE, _columns([_row(move) for move in moves]))
        await move_due(conn, [move.measures for move in moves if move.measures is not None])


async def _copy(conn: AsyncConnection, table: Table, rows: Sequence[dict[str, object]]) -> None:
    raw = await conn.get_raw_connection()
    driver = raw.driver_connection
    assert driver is not None
    names = list(rows[0])
    records = [tuple(row[name] for name in names) for row in rows]
    await driver.copy_records_to_table(table.name, records=records, columns=names)


_UPDATE = text(
    """
    UPDATE cases SET
        seq = new.seq,
        legal_due_at = new.legal_due_at,
        target_due_at = new.target_due_at,
        calendar_version = new.calendar_version,
        rule_pack = new.rule_pack,
        next_at = new.next_at,
        next_timer = new.next_timer,
        next_rung = new.next_rung,
        turn_at = new.turn_at,
        turn_timer = new.turn_timer,
        waits_for = new.waits_for
    FROM unnest(
        CAST(:number AS text[]),
        CAST(:seq AS int[]),
        CAST(:legal_due_at AS timestamptz[]),
        CAST(:target_due_at AS timestamptz[]),
        CAST(:calendar_version AS int[]),
        CAST(:rule_pack AS text[]),
        CAST(:next_at AS timestamptz[]),
        CAST(:next_timer AS text[]),
        CAST(:next_rung AS text[]),
        CAST(:turn_at AS timestamptz[]),
        CAST(:turn_timer AS text[]),
        CAST(:waits_for AS text[])
    ) AS new(
        number, seq, legal_due_at, target_due_at, calendar_version, rule_pack, next_at,
        next_timer, next_rung, turn_at, turn_timer, waits_for
    )
    WHERE cases.number = new.number
    """
)


def _columns(rows: Sequence[dict[str, object]]) -> dict[str, list[object]]:
    return {name: [row[name] for row in rows] for name in rows[0]}


def _row(move: _Move) -> dict[str, object]:
    stands = move.event or move.case
    moment = move.moment
    return {
        "number": move.case.number,
        "seq": stands.seq,
        "legal_due_at": stands.legal_due_at,
        "target_due_at": stands.target_due_at,
        "calendar_version": stands.calendar_version,
        "rule_pack": stands.rule_pack,
        "next_at": moment.at if moment else None,
        "next_timer": moment.timer if moment else None,
        "next_rung": moment.rung if moment else None,
        **turn_values(move.turn),
    }


async def _keep_progress(
    conn: AsyncConnection,
    order: Recomputation,
    found: Sequence[Case],
    moved: int,
    uncounted: int,
    *,
    done: bool,
) -> None:
    await conn.execute(
        update(recomputation)
        .where(recomputation.c.id == order.id)
        .values(
            reached=found[-1].number if found else order.reached,
            looked_at=order.looked_at + len(found),
            moved=order.moved + moved,
            uncounted=order.uncounted + uncounted,
            finished_at=func.now() if done else None,
        )
    )


async def recomputations(
    conn: AsyncConnection, *, unfinished_only: bool = False
) -> tuple[Recomputation, ...]:
    """The orders to recompute, newest last."""
    columns = [recomputation.c[field] for field in Recomputation.model_fields]
    statement = select(*columns).order_by(recomputation.c.ordered_at)
    if unfinished_only:
        statement = statement.where(recomputation.c.finished_at.is_(None))
    return tuple(
        Recomputation.model_validate(row._mapping) for row in await conn.execute(statement)
    )
