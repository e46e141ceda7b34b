"""The one way into a case's log: lock, check, number, compute the deadlines, write, publish.

Case row, event and outbox row are one transaction; the case row is locked before the outbox id is
taken, so that events of one case reach `case.events` in the order of their numbers. An act that
touches several cases (a merge, the answer to one) locks them in the order of their numbers.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.book import Clocks, RuleBook
from rules.consequences import Consequence, consequence, drawn_event
from rules.escalation import close_at
from rules.lawfulness import Asked, Circumstances
from rules.life import CaseFacts, facts_after
from rules.life_table import Condition, Transition
from rules.transitions import TRANSITIONS, refusal
from rules.turn import turn_of
from rules.waking import Waking, due_commands
from schema.codes import State
from schema.commands import Command, Moment, Outcome, Refusal
from schema.events import CaseEvent
from schema.grounds import ClosedFor
from storage.calendars import Calendars, reason_of
from storage.cases import is_reachable, snapshot_of
from storage.commands import settle_command
from storage.event_log import turn_values, write_act
from storage.exceptions import resolution_by, with_exception
from storage.locked_cases import LockedCase, lock_all
from storage.measures import measured
from storage.owed_looks import Nearer, owe_looks
from storage.recomputing import ANSWER_OWED, moved_deadline
from storage.related_cases import after_act, locked_together, looks_after, named_cases
from storage.same_matter import published_cases
from storage.staffing import staffed
from storage.store import Store
from storage.tables import cases


class Recorder:
    """Writes events. Every method may be repeated: a request id is recorded once."""

    def __init__(self, store: Store, book: RuleBook) -> None:
        self.store = store
        self.book = book
        self._calendars = Calendars()

    async def record(self, command: Command) -> Outcome:
        """Record one command in a transaction of its own.

        Raises LookupError where there is no such case.
        """
        async with self.store.engine.begin() as conn:
            return await self.record_in(conn, command)

    async def record_in(self, conn: AsyncConnection, command: Command) -> Outcome:
        """Record one command in the caller's transaction, and what it brings about in others."""
        others = await locked_together(conn, command)
        held = await self.lock_all(conn, (command.case, *others))
        before = await self._recounted(conn, held[command.case])
        locked, result = await self.apply(conn, before, command)
        look_again: tuple[str, ...] = ()
        if isinstance(result, CaseEvent) and locked is before:
            look_again = await looks_after(conn, locked, result)
        elif isinstance(result, CaseEvent):
            look_again = await after_act(conn, self, held, locked, result)
        if locked is before:
            no = result if isinstance(result, Refusal) else None
            await settle_command(conn, command.case, command.request_id, no)
        snapshot = snapshot_of(locked.case, joined=locked.facts.joined)
        if isinstance(result, Refusal):
            return Outcome(snapshot=snapshot, refusal=result)
        return Outcome(snapshot=snapshot, seq=result.seq, look_again=look_again)

    async def _recounted(self, conn: AsyncConnection, locked: LockedCase) -> LockedCase:
        """The case counted by the newest calendar. Where the recomputation has not reached it yet,
        the move of its deadline is an event of its own, before the act."""
        case, calendar = locked.case, locked.calendar
        if case.calendar_version in (None, calendar.version) or case.state not in ANSWER_OWED:
            return locked
        clocks = self._clocks_of(locked)
        event = moved_deadline(
            case,
            locked.log,
            locked.facts,
            clocks,
            name=f"calendar/{calendar.version}",
            reason=await reason_of(conn, calendar.version),
            at=datetime.now(UTC),
        )
        if event is None:
            return locked
        moment = self.book.moment(locked.facts, clocks, calendar)
        turn = turn_of(locked.facts, clocks.clocks)
        values = case_values(locked.facts, event, moment) | turn_values(turn)
        log = (*locked.log, event)
        also = self._measured(locked, log, facts=locked.facts)
        await write_act(conn, event, values, also=also)
        await owe_looks(conn, [Nearer(case, moment)])
        return replace(locked, case=case.model_copy(update=values), log=log)

    def _measured(
        self, locked: LockedCase, log: Sequence[CaseEvent], *, facts: CaseFacts
    ) -> tuple[Insert, ...]:
        """What keeps the case's measures; a synthetic case has none, so it is in no figure."""
        if locked.case.synthetic:
            return ()
        return (measured(log, kind=facts.kind, calendar=locked.calendar),)

    async def lock(self, conn: AsyncConnection, number: str) -> LockedCase:
        """The case with its log, locked. Raises LookupError where there is none."""
        return (await self.lock_all(conn, (number,)))[number]

    async def lock_all(
        self, conn: AsyncConnection, numbers: Sequence[str]
    ) -> dict[str, LockedCase]:
        """The cases and their reporters by number, locked in the order of their numbers.

        Raises LookupError where one of `numbers` does not exist.
        """
        return await lock_all(conn, numbers, self._calendars)

    async def apply(
        self, conn: AsyncConnection, locked: LockedCase, command: Command
    ) -> tuple[LockedCase, CaseEvent | Refusal]:
        """Check and write one command on a locked case; gives the case as it then stands."""
        earlier = locked.event_of(command.request_id)
        if earlier is not None:
            return locked, earlier
        no = refusal(snapshot_of(locked.case, joined=locked.facts.joined), command)
        if no is not None:
            return locked, no
        row = TRANSITIONS[command.action]
        result = consequence(row, await self._asked(conn, locked, row, command))
        if isinstance(result, Refusal):
            return locked, result
        return await self.write(conn, locked, command, result)

    async def _asked(
        self, conn: AsyncConnection, locked: LockedCase, row: Transition, command: Command
    ) -> Asked:
        reachable = True
        if Condition.REACHABLE in (*row.when, *row.provided):
            reachable = await is_reachable(conn, self.store, command.case)
        named = await named_cases(conn, command)
        circumstances = Circumstances(
            law=self.book.law(locked.calendar),
            reachable=reachable,
            named=named,
            published=await published_cases(conn, tuple(named)),
        )
        return Asked(locked.facts, command.at, command.actor, command.detail, circumstances)

    async def write(
        self, conn: AsyncConnection, locked: LockedCase, command: Command, done: Consequence
    ) -> tuple[LockedCase, CaseEvent]:
        """Write what an act has brought about; whether it is allowed was decided before."""
        row = TRANSITIONS[command.action]
        draft = drawn_event(
            locked.facts,
            command,
            done,
            seq=locked.case.seq + 1,
            channel=locked.case.channel,
            recorded_at=datetime.now(UTC),
        )
        facts = facts_after(locked.facts, draft)
        calendar = locked.calendar
        clocks, moment = self._counted(locked, facts, step=row.step)
        event = draft.model_copy(
            update={
                "legal_due_at": clocks.legal_due_at,
                "target_due_at": clocks.target_due_at,
                "calendar_version": clocks.calendar_version,
                "rule_pack": clocks.rule_pack,
            }
        )
        values = case_values(facts, event, moment)
        if row.step:
            values |= turn_values(turn_of(facts, clocks.clocks))
        log = (*locked.log, event)
        resolved = resolution_by(event)
        await write_act(
            conn,
            event,
            values,
            published=not locked.case.synthetic,
            also=(
                *self._measured(locked, log, facts=facts),
                *((resolved,) if resolved is not None else ()),
            ),
        )
        case = locked.case.model_copy(update=values)
        return LockedCase(case, log, facts, calendar, locked.reporters), event

    def _counted(
        self, locked: LockedCase, facts: CaseFacts, *, step: bool
    ) -> tuple[Clocks, Moment | None]:
        """The deadlines and the next moment. A note never moves a clock: it repeats what stands;
        and so do the deadlines of a case that has been answered or has ended."""
        case = locked.case
        standing = Clocks(
            case.legal_due_at, case.target_due_at, case.calendar_version, case.rule_pack
        )
        if not step:
            return standing, snapshot_of(case).next_moment
        if facts.received_at is None or facts.ended:
            return standing, None
        reporters = locked.reporter_facts(facts)
        counted = self.book.clocks(facts, locked.calendar, reporters=reporters)
        moment = self.book.moment(facts, counted, locked.calendar)
        if facts.state is State.ANSWERED:
            return replace(standing, clocks=counted.clocks), moment
        return counted, moment

    async def wake(self, number: str, at: datetime) -> Outcome:
        """Do what has fallen due at `at`: act on rungs, close after the window.

        Each rung acts once in a case's life, whoever calls and however often; rungs that fell due
        together, as after an outage, make one message. Who is there to be told is asked now.
        """
        async with self.store.engine.begin() as conn:
            locked = await self.lock(conn, number)
            for waking in await self._due(conn, locked, at):
                command = await with_exception(conn, waking)
                if command.detail.get("ground") == ClosedFor.HEARTBEAT:
                    done = Consequence(dict(command.detail), {"state": State.CLOSED})
                    locked, _ = await self.write(conn, locked, command, done)
                else:
                    locked, _ = await self.apply(conn, locked, command)
            locked = await self._settled(conn, locked, at)
            snapshot = snapshot_of(locked.case, joined=locked.facts.joined)
            return Outcome(snapshot=snapshot, seq=locked.case.seq)

    async def _due(self, conn: AsyncConnection, locked: LockedCase, at: datetime) -> list[Waking]:
        facts = locked.facts
        if facts.received_at is None or facts.ended:
            return []
        rungs = self.book.rungs_due(facts, self._clocks_of(locked), locked.calendar, at)
        here: frozenset[str] = frozenset()
        if rungs:
            here = await staffed(conn, department=facts.department, agency=facts.agency, at=at)
        closes = close_at(facts, self.book.escalation)
        return due_commands(locked.number, facts, rungs, staffed=here, closes=closes, at=at)

    async def _settled(self, conn: AsyncConnection, locked: LockedCase, at: datetime) -> LockedCase:
        """The case with the moment at which it is really looked at next. What is stored may name a
        rung that waits for the morning, or one whose ladder the city has ended."""
        facts, stored = locked.facts, locked.case.next_at
        if facts.received_at is None or stored is None or stored > at:
            return locked
        clocks = self._clocks_of(locked)
        moment = self.book.moment(facts, clocks, locked.calendar, seen_at=at)
        values = moment_values(moment)
        statement = update(cases).where(cases.c.number == locked.number).values(**values)
        await conn.execute(statement)
        return replace(locked, case=locked.case.model_copy(update=values))

    def _clocks_of(self, locked: LockedCase) -> Clocks:
        reporters = locked.reporter_facts(locked.facts)
        return self.book.clocks(locked.facts, locked.calendar, reporters=reporters)


def case_values(facts: CaseFacts, event: CaseEvent, moment: Moment | None) -> dict[str, object]:
    """The case's row as its log now says it is."""
    return {
        "kind": facts.kind,
        "state": facts.state,
        "ended": facts.ended,
        "petition_type": facts.petition_type,
        "item": facts.item,
        "urgent": facts.urgent,
        "district": facts.district,
        "agency": facts.agency,
        "department": facts.department,
        "officer": facts.officer,
        "received_at": facts.received_at,
        "answered_at": facts.answered_at,
        "ended_at": facts.ended_at,
        "term": facts.term,
        "extended": facts.extensions > 0,
        "hidden": facts.hidden,
        "merged_into": facts.merged_into,
        "legal_due_at": event.legal_due_at,
        "target_due_at": event.target_due_at,
        "calendar_version": event.calendar_version,
        "rule_pack": event.rule_pack,
        "seq": event.seq,
        **moment_values(moment),
    }


def moment_values(moment: Moment | None) -> dict[str, object]:
    """The columns of the next moment."""
    return {
        "next_at": moment.at if moment else None,
        "next_timer": moment.timer if moment else None,
        "next_rung": moment.rung if moment else None,
    }
