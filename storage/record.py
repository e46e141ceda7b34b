"""The one way into a case's log: lock, check, number, compute the deadlines, write, publish.

Case row, event and outbox row are one transaction; the case row is locked before the outbox id is
taken, so that events of one case reach `case.events` in the order of their numbers.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from pydantic import JsonValue
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.book import Clocks, RuleBook
from rules.calendar import BusinessCalendar
from rules.escalation import CLOSE_RUNG, next_moment, rungs_ahead
from rules.life import CaseFacts, consequence, facts_of
from rules.transitions import TRANSITIONS, refusal
from schema.codes import (
    Action,
    Channel,
    EventKind,
    Role,
    State,
    TimerKind,
    Visibility,
)
from schema.commands import Command, Moment, Outcome, Refusal
from schema.envelope import CASE_EVENTS
from schema.events import Actor, CaseEvent
from storage.calendars import Calendars
from storage.cases import Case, events_of, lock_case, snapshot_of
from storage.commands import settle_command
from storage.store import Store
from storage.tables import case_event, cases, outbox

SYSTEM = Actor(role=Role.SYSTEM)


@dataclass(frozen=True)
class LockedCase:
    """A case whose row this transaction holds, with its log and what follows from it."""

    case: Case
    log: tuple[CaseEvent, ...]
    facts: CaseFacts
    calendar: BusinessCalendar

    def event_of(self, request_id: str) -> CaseEvent | None:
        """The event that a request made already, or None."""
        return next((event for event in self.log if event.request_id == request_id), None)


class Recorder:
    """Writes events. Every method may be repeated: a request id is recorded once."""

    def __init__(self, store: Store, book: RuleBook) -> None:
        self._store = store
        self._book = book
        self._calendars = Calendars()

    async def record(self, command: Command) -> Outcome:
        """Record one command in a transaction of its own.

        Raises LookupError where there is no such case.
        """
        async with self._store.engine.begin() as conn:
            return await self.record_in(conn, command)

    async def record_in(self, conn: AsyncConnection, command: Command) -> Outcome:
        """Record one command in the caller's transaction."""
        locked = await self.lock(conn, command.case)
        locked, result = await self.apply(conn, locked, command)
        await settle_command(
            conn, command.case, command.request_id, result if isinstance(result, Refusal) else None
        )
        if isinstance(result, Refusal):
            return Outcome(snapshot=snapshot_of(locked.case), refusal=result)
        return Outcome(snapshot=snapshot_of(locked.case), seq=result.seq)

    async def lock(self, conn: AsyncConnection, number: str) -> LockedCase:
        """The case with its log, locked. Raises LookupError where there is none."""
        case = await lock_case(conn, number)
        if case is None:
            raise LookupError(number)
        log = await events_of(conn, number)
        calendar = await self._calendars.current(conn)
        return LockedCase(case, log, facts_of(log, kind=case.kind), calendar)

    async def apply(
        self, conn: AsyncConnection, locked: LockedCase, command: Command
    ) -> tuple[LockedCase, CaseEvent | Refusal]:
        """Check and write one command on a locked case; gives the case as it then stands."""
        earlier = locked.event_of(command.request_id)
        if earlier is not None:
            return locked, earlier
        no = refusal(snapshot_of(locked.case), command)
        if no is not None:
            return locked, no
        opening = self._book.receipt_instant(command.at, locked.calendar)
        result = consequence(locked.facts, command, received_elsewhere_at=opening)
        if isinstance(result, Refusal):
            return locked, result
        return await self._write(conn, locked, command, result.facts, result.detail)

    async def _write(
        self,
        conn: AsyncConnection,
        locked: LockedCase,
        command: Command,
        facts: CaseFacts,
        detail: dict[str, JsonValue],
    ) -> tuple[LockedCase, CaseEvent]:
        row = TRANSITIONS[command.action]
        kind, visibility = _kind_of(command, row.event), row.visibility
        clocks = self._clocks(locked, facts, step=row.step)
        moment = self._moment(locked, facts, clocks)
        event = CaseEvent(
            id=uuid4(),
            case=command.case,
            seq=locked.case.seq + 1,
            kind=kind,
            at=command.at,
            recorded_at=datetime.now(UTC),
            request_id=command.request_id,
            actor=command.actor,
            state=facts.state,
            petition_type=facts.petition_type,
            item=facts.item,
            channel=locked.case.channel,
            district=facts.district,
            agency=facts.agency,
            department=facts.department,
            legal_due_at=clocks.legal_due_at,
            target_due_at=clocks.target_due_at,
            calendar_version=clocks.calendar_version,
            rule_pack=clocks.rule_pack,
            visibility=visibility,
            detail=detail,
        )
        await write_event(conn, event)
        case = await self._update(conn, locked.case, event, facts, moment)
        return LockedCase(case, (*locked.log, event), facts, locked.calendar), event

    def _clocks(self, locked: LockedCase, facts: CaseFacts, *, step: bool) -> Clocks:
        """A note never moves a clock: it repeats the deadlines that stand."""
        if not step or facts.state is State.ANSWERED or facts.ended:
            case = locked.case
            return Clocks.standing(
                case.legal_due_at, case.target_due_at, case.calendar_version, case.rule_pack
            )
        return self._book.clocks(facts, locked.calendar)

    def _moment(self, locked: LockedCase, facts: CaseFacts, clocks: Clocks) -> Moment | None:
        if facts.received_at is None or facts.ended:
            return None
        counted = clocks if clocks.counted else self._book.clocks(facts, locked.calendar)
        return next_moment(
            facts,
            counted.clocks,
            escalation=self._book.escalation,
            next_opening=lambda at: self._book.receipt_instant(at, locked.calendar),
        )

    async def _update(
        self,
        conn: AsyncConnection,
        case: Case,
        event: CaseEvent,
        facts: CaseFacts,
        moment: Moment | None,
    ) -> Case:
        values: dict[str, object] = {
            "state": facts.state,
            "ended": facts.ended,
            "petition_type": facts.petition_type,
            "item": facts.item,
            "urgent": facts.urgent,
            "district": facts.district,
            "agency": facts.agency,
            "department": facts.department,
            "received_at": facts.received_at,
            "answered_at": facts.answered_at,
            "ended_at": facts.ended_at,
            "term": facts.term,
            "legal_due_at": event.legal_due_at,
            "target_due_at": event.target_due_at,
            "calendar_version": event.calendar_version,
            "rule_pack": event.rule_pack,
            "seq": event.seq,
            "next_at": moment.at if moment else None,
            "next_timer": moment.timer if moment else None,
            "next_rung": moment.rung if moment else None,
        }
        await conn.execute(update(cases).where(cases.c.number == case.number).values(**values))
        return case.model_copy(update=values)

    async def wake(self, number: str, at: datetime) -> Outcome:
        """Do what has fallen due at `at`: act on rungs, close after the window.

        Each rung acts once in a case's life, whoever calls and however often.
        """
        async with self._store.engine.begin() as conn:
            locked = await self.lock(conn, number)
            for command in self._due(locked, at):
                locked, _ = await self.apply(conn, locked, command)
            return Outcome(snapshot=snapshot_of(locked.case), seq=locked.case.seq)

    def _due(self, locked: LockedCase, at: datetime) -> list[Command]:
        facts, case = locked.facts, locked.case
        if facts.received_at is None or case.next_at is None:
            return []
        if case.next_timer == TimerKind.SATISFACTION:
            if case.next_at > at:
                return []
            return [
                Command(
                    request_id=CLOSE_RUNG,
                    case=case.number,
                    action=Action.CLOSE,
                    actor=SYSTEM,
                    at=case.next_at,
                    detail={"ground": "answered"},
                )
            ]
        ahead = rungs_ahead(
            facts,
            self._book.clocks(facts, locked.calendar).clocks,
            escalation=self._book.escalation,
            next_opening=lambda instant: self._book.receipt_instant(instant, locked.calendar),
        )
        return [
            Command(
                request_id=due.request_id,
                case=case.number,
                action=due.rung.action,
                actor=SYSTEM,
                at=due.at,
                detail={
                    "timer": due.clock.timer,
                    "term": due.clock.term,
                    "rung": due.rung.name,
                    "to": due.rung.to,
                    "due_at": due.clock.due_at.isoformat(),
                },
            )
            for due in ahead
            if due.at <= at
        ]


def _kind_of(command: Command, kind: EventKind) -> EventKind:
    if command.action is Action.DELIVER and command.detail.get("outcome") != "delivered":
        return EventKind.UNDELIVERED
    return kind


async def write_event(conn: AsyncConnection, event: CaseEvent) -> None:
    """Append `event` to the log and to the outbox; the case's row must be locked or new."""
    values = event.model_dump(exclude={"case", "actor"})
    await conn.execute(
        insert(case_event).values(
            **values,
            case_number=event.case,
            actor_role=event.actor.role,
            actor_department=event.actor.department,
            actor_account=event.actor.account,
        )
    )
    await conn.execute(
        insert(outbox).values(
            event_id=event.id,
            topic=CASE_EVENTS,
            key=event.case,
            message=event.to_cloud_event().to_bytes(),
        )
    )


def submission_event(
    *, number: str, channel: Channel, at: datetime, recorded_at: datetime, **fields: object
) -> CaseEvent:
    """The first event of a case, number 1."""
    return CaseEvent.model_validate(
        {
            "id": uuid4(),
            "case": number,
            "seq": 1,
            "kind": EventKind.SUBMITTED,
            "at": at,
            "recorded_at": recorded_at,
            "request_id": "submission",
            "actor": Actor(role=Role.CITIZEN),
            "state": State.SUBMITTED,
            "channel": channel,
            "visibility": Visibility.PUBLIC,
            "agency": None,
            "department": None,
            "district": None,
            "legal_due_at": None,
            "target_due_at": None,
            "calendar_version": None,
            "rule_pack": None,
            **fields,
        }
    )
