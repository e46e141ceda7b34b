"""A small city to be told things in: real storage, the real recorder, the channels that are there.

Events are noticed and replies delivered by the very functions that the roles call.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from pydantic import JsonValue
from sqlalchemy import select, text

from activities.petition import PetitionActivities
from adapters.channel import ChannelAdapter
from adapters.composing import Telling
from adapters.registry import ADAPTERS
from adapters.replying import Noticed, notice_event
from rules.book import read_rule_book
from rules.calendar import national_calendar
from rules.quiet_hours import SEOUL, QuietHours
from rules.waking import SYSTEM
from schema.codes import Action, Channel, EventKind, Role
from schema.commands import Command
from schema.events import Actor, CaseEvent
from schema.messages import OutboundMessage
from schema.submission import Contact, Location, Submission
from storage.calendars import keep_calendar
from storage.cases import Case, events_of, find_case
from storage.commands import keep_command
from storage.inbox import StaffNotice
from storage.record import Recorder
from storage.registration import register
from storage.replies import StoredReply, opened_reply
from storage.sealing import new_data_key
from storage.staff import Account, add_account
from storage.store import Store
from storage.tables import outbox, reply, staff_notice

PAGES = "http://minwon.test"
PHONE = "01000000000"
MAIL = "somebody@minwon.test"
FIRST_LINE = "6110000.first-line"
BROKEN_PAVING = "마포구 월드컵로 212 앞 보도블록이 깨져 있습니다."
NOON = datetime(2026, 11, 24, 12, tzinfo=SEOUL)
NIGHT = datetime(2026, 11, 24, 23, tzinfo=SEOUL)
MORNING = datetime(2026, 11, 25, 8, tzinfo=SEOUL)
BOTH = Contact(name="홍길동", phone=PHONE, email=MAIL)


@dataclass
class Told:
    """One reply as it lies in the database: its row, and its contents opened."""

    row: StoredReply
    message: OutboundMessage

    @property
    def case(self) -> str:
        """The number of its case."""
        assert self.row.case_number is not None
        return self.row.case_number


class ToldCity:
    """Files petitions, acts on them, and shows who was told what."""

    def __init__(self, store: Store, adapters: Mapping[Channel, ChannelAdapter]) -> None:
        self.store = store
        self.book = read_rule_book()
        self.recorder = Recorder(store, self.book)
        self.telling = Telling(
            adapters=adapters,
            hours=QuietHours(begins=21, ends=8),
            pages_url=PAGES,
        )

    async def file(self, *, at: datetime = NOON, routed: bool = True, **fields: object) -> str:
        """A petition, registered and (if `routed`) received and given to whom it belongs."""
        submission = Submission.model_validate(
            {
                "channel": Channel.WEB_FORM,
                "external_id": str(uuid4()),
                "submitted_at": at,
                "text": BROKEN_PAVING,
                "item": "RD02",
                "location": Location(address="마포구 월드컵로 212"),
                "contact": BOTH,
                "reply_by": "sms",
                **fields,
            }
        )
        async with self.store.engine.begin() as conn:
            key = await new_data_key(conn, self.store.keyring)
            found = await register(conn, self.store, self.recorder, submission, key=key)
        if routed:
            activities = PetitionActivities(self.store, self.recorder, self.book)
            await activities.take_in(found.number)
        return found.number

    async def remove(self, external_id: str, *, channel: Channel) -> None:
        """The petition's author deletes it where it was written."""
        submission = Submission.model_validate(
            {
                "channel": channel,
                "external_id": external_id,
                "revision": 1,
                "record": "removed",
                "submitted_at": NOON,
            }
        )
        async with self.store.engine.begin() as conn:
            key = await new_data_key(conn, self.store.keyring)
            await register(conn, self.store, self.recorder, submission, key=key)

    async def act(
        self,
        number: str,
        action: Action,
        *,
        actor: Actor | None = None,
        at: datetime = NOON + timedelta(hours=1),
        **body: JsonValue,
    ) -> CaseEvent:
        """An act of staff (the first-line desk's, where not said otherwise); its event."""
        acting = actor or Actor(role=Role.FIRST_LINE, department=FIRST_LINE)
        async with self.store.engine.begin() as conn:
            _, stored = await keep_command(
                conn,
                self.store,
                number=number,
                request_id=str(uuid4()),
                action=action,
                actor=acting,
                at=at,
                body=body,
            )
        return await self.record(stored.command)

    async def record(self, command: Command) -> CaseEvent:
        """The event of a command that is not refused."""
        outcome = await self.recorder.record(command)
        assert outcome.refusal is None, outcome.refusal
        return (await self.events(command.case))[-1]

    async def escalate(self, number: str, *, to: str, rung: str) -> CaseEvent:
        """A rung of the ladder acts."""
        detail = {"timer": "legal", "term": 1, "rung": rung, "to": to}
        return await self.record(
            Command(
                request_id=f"rung/legal/1/{rung}",
                case=number,
                action=Action.ESCALATE,
                actor=SYSTEM,
                at=NOON + timedelta(days=9),
                detail=dict(detail),
            )
        )

    async def officer(self, department: str, *, name: str = "김하늘") -> Actor:
        """An officer with an account in `department`."""
        login = f"u{uuid4().hex[:10]}"
        account = Account(
            login=login, name=name, role=Role.OFFICER, department=department, phone="02-0000-9999"
        )
        async with self.store.engine.begin() as conn:
            await add_account(conn, account, "a long enough password")
        return Actor(role=Role.OFFICER, department=department, account=login)

    async def events(self, number: str) -> tuple[CaseEvent, ...]:
        """The log of a case."""
        async with self.store.engine.connect() as conn:
            return await events_of(conn, number)

    async def case(self, number: str) -> Case:
        """The case as the record has it."""
        async with self.store.engine.connect() as conn:
            found = await find_case(conn, number)
        assert found is not None
        return found

    async def event(self, number: str, kind: EventKind) -> CaseEvent:
        """The one event of this kind."""
        (found,) = [event for event in await self.events(number) if event.kind is kind]
        return found

    async def notice(self, number: str, *, now: datetime = NOON) -> list[Noticed]:
        """Every event of the case, looked at as the role `reply` does."""
        return [
            await notice_event(self.store, self.telling, event, now=now)
            for event in await self.events(number)
        ]

    async def replies(self, number: str) -> list[Told]:
        """What the petitioner is told, in the order in which it was written."""
        columns = [reply.c[name] for name in StoredReply.model_fields]
        async with self.store.engine.connect() as conn:
            rows = await conn.execute(
                select(*columns).where(reply.c.case_number == number).order_by(reply.c.ordinal)
            )
            found = [StoredReply.model_validate(row._mapping) for row in rows]
            return [Told(row, await opened_reply(conn, self.store, row.id)) for row in found]

    async def inboxes(self, number: str) -> set[tuple[str, str]]:
        """(inbox, template) of every notice to staff about the case."""
        async with self.store.engine.connect() as conn:
            rows = await conn.execute(
                select(staff_notice).where(staff_notice.c.case_number == number)
            )
            found = [StaffNotice.model_validate(row, from_attributes=True) for row in rows]
        return {(notice.recipient, notice.template) for notice in found}

    async def erase(self, number: str) -> None:
        """Destroy the case's data key: nothing of the petitioner can be read any more."""
        async with self.store.engine.begin() as conn:
            await conn.execute(
                text(
                    "DELETE FROM data_key WHERE id ="
                    " (SELECT data_key_id FROM cases WHERE number = :number)"
                ),
                {"number": number},
            )

    async def unnoticed(self) -> list[UUID]:
        """Events of which nobody has been told yet."""
        async with self.store.engine.connect() as conn:
            rows = await conn.scalars(
                select(outbox.c.event_id).where(outbox.c.noticed_at.is_(None))
            )
            return list(rows)


async def told_city(store: Store) -> ToldCity:
    """A city on `store`, with the nation's calendar and no case."""
    async with store.engine.begin() as conn:
        await keep_calendar(conn, national_calendar(version=1), reason="tests")
    return ToldCity(store, ADAPTERS)
