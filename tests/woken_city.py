"""A city on a database alone: cases are taken in, acted on and woken at the instants one gives."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from pydantic import JsonValue
from sqlalchemy import select, update

from activities.petition import PetitionActivities
from adapters.composing import Telling
from adapters.registry import ADAPTERS
from adapters.replying import notice_event
from rules.book import RuleBook, read_rule_book
from rules.case_clocks import CaseClock
from rules.escalation import DueRung
from rules.quiet_hours import QuietHours
from schema.codes import Action, CaseKind, Channel, EventKind, Role
from schema.commands import Command, Outcome
from schema.events import Actor, CaseEvent
from schema.submission import Contact, Location, Submission
from storage.cases import Case, events_of, find_case
from storage.record import Recorder
from storage.registration import register
from storage.sealing import new_data_key
from storage.staff import Account
from storage.store import Store
from storage.tables import staff_account, staff_notice

MONDAY = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)
"""A Monday at 10:00 in Seoul, in weeks without a holiday."""
NOISE = "마포구 성산동 아파트 층간소음을 관리사무소가 여러 달 방치합니다. 조치해 주세요."
CLIMBING = (EventKind.REMINDED, EventKind.ESCALATED)


@dataclass
class WokenCity:
    """Everything the workflow's activities do, called as it calls them."""

    store: Store
    book: RuleBook = field(default_factory=read_rule_book)
    recorder: Recorder = field(init=False)

    def __post_init__(self) -> None:
        """Two recorders would do as well: they hold nothing of a case."""
        self.recorder = Recorder(self.store, self.book)

    def with_book(self, book: RuleBook) -> "WokenCity":
        """The same city under other rules."""
        return WokenCity(self.store, book)

    async def file(
        self,
        *,
        at: datetime = MONDAY,
        text: str = NOISE,
        take_in: bool = True,
        **fields: object,
    ) -> str:
        """A grievance (7 days) of a department, unless said otherwise, that arrived at `at`."""
        submission = Submission.model_validate(
            {
                "channel": Channel.WEB_FORM,
                "external_id": str(uuid4()),
                "submitted_at": at,
                "text": text,
                "item": "HB04",
                "kind": CaseKind.PETITION,
                "contact": Contact(name="홍길동", phone="010-0000-1234"),
                "location": Location(address="마포구 월드컵로 212"),
                **fields,
            }
        )
        async with self.store.engine.begin() as conn:
            key = await new_data_key(conn, self.store.keyring)
            done = await register(conn, self.store, self.recorder, submission, key=key)
        if take_in:
            await self.take_in(done.number)
        return done.number

    async def take_in(self, number: str) -> None:
        """The workflow's first step."""
        await PetitionActivities(self.store, self.recorder, self.book).take_in(number)

    async def wake(self, number: str, at: datetime) -> Outcome:
        """The case's timer fires at `at`."""
        return await self.recorder.wake(number, at)

    async def act(
        self, number: str, action: Action, *, at: datetime, role: Role, **detail: JsonValue
    ) -> Outcome:
        """An act of somebody in the department that has the case."""
        case = await self.case(number)
        actor = Actor(role=role, department=case.department, account=role.value)
        command = Command(
            request_id=str(uuid4()), case=number, action=action, actor=actor, at=at, detail=detail
        )
        done = await self.recorder.record(command)
        assert done.refusal is None, done.refusal
        return done

    async def employ(self, role: Role, department: str, *, login: str = "") -> str:
        """An account; it never signs in."""
        account = Account(
            login=login or f"{role}-{uuid4().hex[:6]}".replace("_", "-"),
            name="담당",
            role=role,
            department=department,
        )
        async with self.store.engine.begin() as conn:
            await conn.execute(
                staff_account.insert().values(
                    **account.model_dump(exclude={"duties"}), password_hash="-"
                )
            )
        return account.login

    async def dismiss(self, login: str) -> None:
        """The account is closed."""
        async with self.store.engine.begin() as conn:
            await conn.execute(
                update(staff_account)
                .where(staff_account.c.login == login)
                .values(disabled_at=datetime.now(UTC))
            )

    async def case(self, number: str) -> Case:
        """The case as the record has it."""
        async with self.store.engine.connect() as conn:
            found = await find_case(conn, number)
        assert found is not None
        return found

    async def log(self, number: str) -> tuple[CaseEvent, ...]:
        """The case's events."""
        async with self.store.engine.connect() as conn:
            return await events_of(conn, number)

    async def messages(self, number: str) -> list[CaseEvent]:
        """The reminders and escalations, in order."""
        return [event for event in await self.log(number) if event.kind in CLIMBING]

    async def notice(self, number: str) -> None:
        """What the reply stage does with every message of `case.events`, however often it comes."""
        telling = Telling(
            adapters=ADAPTERS,
            hours=QuietHours(begins=21, ends=8),
            pages_url="http://minwon.test",
        )
        for event in await self.log(number):
            await notice_event(self.store, telling, event, now=event.at)

    async def inbox(self, number: str) -> list[tuple[str, str]]:
        """The staff notices of rungs, as (recipient, rung), oldest first."""
        async with self.store.engine.connect() as conn:
            rows = await conn.execute(
                select(staff_notice.c.recipient, staff_notice.c.message)
                .where(staff_notice.c.case_number == number)
                .order_by(staff_notice.c.id)
            )
            return [
                (recipient, str(message["detail"]["rung"]))
                for recipient, message in rows
                if "rung" in message["detail"]
            ]

    async def rungs_ahead(self, number: str, clock: str = "legal") -> list[DueRung]:
        """The rungs of one clock that have not acted, earliest first."""
        return [due for due in await self._rungs(number) if due.clock.timer == clock]

    async def clock(self, number: str, timer: str = "legal") -> CaseClock:
        """One clock of the case as it runs now."""
        async with self.store.engine.begin() as conn:
            locked = await self.recorder.lock(conn, number)
        clocks = self.book.clocks(locked.facts, locked.calendar).clocks
        return next(clock for clock in clocks if clock.timer == timer)

    async def _rungs(self, number: str) -> list[DueRung]:
        async with self.store.engine.begin() as conn:
            locked = await self.recorder.lock(conn, number)
        clocks = self.book.clocks(locked.facts, locked.calendar)
        return self.book.rungs(locked.facts, clocks, locked.calendar)


def spoken(events: list[CaseEvent]) -> list[tuple[str, str]]:
    """Each message as (rung, to)."""
    return [(str(event.detail["rung"]), str(event.detail["to"])) for event in events]


def rungs_of(events: list[CaseEvent]) -> list[tuple[str, int, str]]:
    """Every rung that acted, as (clock, term, rung), those that went with another included."""
    found = []
    for event in events:
        also = event.detail.get("also", [])
        assert isinstance(also, list)
        for one in (*also, event.detail):
            assert isinstance(one, dict)
            found.append((str(one["timer"]), int(str(one["term"])), str(one["rung"])))
    return found
