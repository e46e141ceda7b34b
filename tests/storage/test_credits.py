"""The ledger of volunteer credit on real cases: only added to, idempotent, equal to the record."""

import asyncio
import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from sqlalchemy import func, select, update

from cli.credits import as_csv
from rules.credits import CreditLine
from schema.codes import Action, Channel, Role
from schema.events import Actor
from storage.credit_exports import ExportedRequest, export_requests, settle_requests
from storage.credits import (
    Credit,
    CreditRequest,
    NothingToAskForError,
    RequestState,
    Volunteer,
    bring_up_to_date,
    credit_of,
    everybody,
    request_credit,
)
from storage.store import Store
from storage.tables import cases, credit_entry, credit_request
from tests.adapters.told_city import NOON, PHONE, ToldCity, told_city

ME = Volunteer(name="홍길동", member="hong1365")
CITIZEN = Actor(role=Role.CITIZEN)
TODAY = date(2026, 11, 24)


class Volunteering:
    """Reports of one telephone, and its ledger."""

    def __init__(self, city: ToldCity) -> None:
        self.city = city
        self.store = city.store
        self.person = city.store.keyring.phone_hash(PHONE)

    async def report(self, *, at: datetime = NOON, answered: bool = True, **fields: Any) -> str:
        """A report of the app, answered two hours later."""
        number = await self.city.file(at=at, channel=Channel.SMART_REPORT, **fields)
        if answered:
            await self.city.act(
                number, Action.ANSWER, at=at + timedelta(hours=2), text="보수하였습니다."
            )
        return number

    async def look(self) -> int:
        """Bring the ledger up to the record."""
        async with self.store.engine.begin() as conn:
            return await bring_up_to_date(conn, self.person)

    async def credit(self) -> Credit:
        """What the ledger says."""
        await self.look()
        async with self.store.engine.connect() as conn:
            return await credit_of(conn, self.person)

    async def ask(self, request_id: UUID | None = None) -> CreditRequest:
        """Ask for the hours."""
        async with self.store.engine.begin() as conn:
            return await request_credit(
                conn,
                self.store,
                self.person,
                request_id=request_id or uuid4(),
                volunteer=ME,
                at=datetime.now(UTC),
            )

    async def export(self, batch: str = "b1") -> tuple[ExportedRequest, ...]:
        """Everything requested goes out."""
        async with self.store.engine.begin() as conn:
            return await export_requests(conn, self.store, batch=batch, at=datetime.now(UTC))

    async def settle(self, one: UUID, refused: str | None = None) -> tuple[UUID, ...]:
        """The volunteers' system has said what became of it."""
        async with self.store.engine.begin() as conn:
            return await settle_requests(conn, [one], at=datetime.now(UTC), refused_because=refused)

    async def entries(self) -> list[tuple[str, int, int]]:
        """The ledger: case, ordinal, reports."""
        async with self.store.engine.connect() as conn:
            rows = await conn.execute(
                select(
                    credit_entry.c.case_number, credit_entry.c.ordinal, credit_entry.c.reports
                ).order_by(credit_entry.c.id)
            )
            return [tuple(row) for row in rows]


@pytest_asyncio.fixture
async def mine(store: Store) -> Volunteering:
    """A city on an empty database, and one telephone's ledger."""
    return Volunteering(await told_city(store))


async def test_four_answered_reports_are_an_hour(mine: Volunteering) -> None:
    """What is still open counts when it is answered."""
    for _ in range(3):
        await mine.report()
    waiting = await mine.report(answered=False)
    assert (await mine.credit()).hours == {}
    await mine.city.act(waiting, Action.ANSWER, at=NOON + timedelta(hours=3), text="보수했습니다.")
    credit = await mine.credit()
    assert (credit.reports, credit.hours) == ({TODAY: 4}, {TODAY: 1})
    assert credit.claimable_hours == 1


async def test_only_reports_of_this_telephone_and_of_the_app_count(mine: Volunteering) -> None:
    """Not the web form's, not somebody else's."""
    await mine.city.file()
    await mine.report(contact={"phone": "01099998888"})
    await mine.report(contact={"name": "홍길동"}, reply_by="page")
    assert (await mine.credit()).reports == {}


async def test_looking_again_adds_nothing(mine: Volunteering) -> None:
    """Nor do several who look at once."""
    await mine.report()
    await mine.report()
    written = await asyncio.gather(*(mine.look() for _ in range(4)))
    assert sum(written) == 2
    assert await mine.look() == 0
    assert len(await mine.entries()) == 2


async def test_what_no_longer_counts_is_taken_back_by_an_entry_of_its_own(
    mine: Volunteering,
) -> None:
    """The first entry stays as it was written; what counts again is a third."""
    number = await mine.report()
    await mine.look()
    for kind in ("grievance", "other", "grievance"):
        async with mine.store.engine.begin() as conn:
            await conn.execute(
                update(cases).where(cases.c.number == number).values(petition_type=kind)
            )
        await mine.look()
    assert await mine.entries() == [
        (number, 1, 1),
        (number, 2, -1),
        (number, 3, 1),
        (number, 4, -1),
    ]
    assert (await mine.credit()).reports == {}


async def test_a_report_withdrawn_does_not_count(mine: Volunteering) -> None:
    """It was never answered."""
    number = await mine.report(answered=False)
    await mine.city.act(number, Action.WITHDRAW, actor=CITIZEN)
    assert (await mine.credit()).reports == {}


async def test_the_whole_ledger_can_be_computed_again(mine: Volunteering) -> None:
    """Thrown away and computed anew it says the same."""
    for n in range(9):
        await mine.report(at=NOON - timedelta(days=n % 3))
    before = await mine.credit()
    async with mine.store.engine.begin() as conn:
        await conn.execute(credit_entry.delete())
        assert mine.person in await everybody(conn)
    after = await mine.credit()
    assert (after.reports, after.hours) == (before.reports, before.hours)
    assert sum(after.hours.values()) == 2


async def test_hours_are_asked_for_once(mine: Volunteering) -> None:
    """A page sent twice is one request; then there is nothing left to ask for."""
    for _ in range(5):
        await mine.report()
    same = uuid4()
    first, again = await mine.ask(same), await mine.ask(same)
    assert first.id == again.id == same
    assert first.lines == (CreditLine(day=TODAY, hours=1),)
    with pytest.raises(NothingToAskForError):
        await mine.ask()
    assert len((await mine.credit()).requests) == 1


async def test_two_requests_at_once_do_not_ask_for_the_same_hour(mine: Volunteering) -> None:
    """One of them finds nothing."""
    for _ in range(4):
        await mine.report()
    asked = await asyncio.gather(mine.ask(), mine.ask(), return_exceptions=True)
    assert sorted(isinstance(one, NothingToAskForError) for one in asked) == [False, True]


async def test_a_request_goes_out_once_and_is_settled(mine: Volunteering) -> None:
    """Requested, exported, confirmed; a batch asked for again is the same batch."""
    for _ in range(4):
        await mine.report()
    asked = await mine.ask()
    (out,) = await mine.export("b1")
    assert (out.id, out.volunteer) == (asked.id, ME)
    assert await mine.export("b2") == ()
    assert await mine.export("b1") == (out,)
    assert await mine.settle(asked.id) == (asked.id,)
    assert await mine.settle(asked.id, "not a member") == ()
    (seen,) = (await mine.credit()).requests
    assert seen.state is RequestState.CONFIRMED


async def test_what_was_refused_may_be_asked_for_again(mine: Volunteering) -> None:
    """With the reason beside the first."""
    for _ in range(4):
        await mine.report()
    asked = await mine.ask()
    assert await mine.settle(asked.id, "no such member") == ()
    await mine.export()
    assert await mine.settle(asked.id, "no such member") == (asked.id,)
    credit = await mine.credit()
    assert credit.requests[0].reason == "no such member"
    assert credit.claimable_hours == 1
    await mine.ask()


async def test_hours_taken_back_later_are_taken_from_the_next_request(mine: Volunteering) -> None:
    """Eight reports asked for, four of them no report any more: the next four make no hour."""
    numbers = [await mine.report() for _ in range(8)]
    await mine.ask()
    async with mine.store.engine.begin() as conn:
        await conn.execute(
            update(cases).where(cases.c.number.in_(numbers[:4])).values(petition_type="grievance")
        )
    assert (await mine.credit()).claimable_hours == -1
    for _ in range(4):
        await mine.report()
    with pytest.raises(NothingToAskForError):
        await mine.ask()


async def test_no_telephone_and_no_name_lies_plain(mine: Volunteering) -> None:
    """The ledger knows a keyed hash, the request seals the name."""
    for _ in range(4):
        await mine.report()
    await mine.ask()
    async with mine.store.engine.connect() as conn:
        rows = [
            *(await conn.execute(select(credit_entry))).all(),
            *(await conn.execute(select(credit_request))).all(),
        ]
        assert await conn.scalar(select(func.count()).select_from(credit_request)) == 1
    said = repr(rows)
    assert PHONE not in said
    assert PHONE[3:] not in said
    assert ME.name not in said
    assert ME.member not in said


def test_the_file_is_a_table_that_no_spreadsheet_computes() -> None:
    """A line a day; a name that begins like a formula is text."""
    request = ExportedRequest(
        id=uuid4(),
        volunteer=Volunteer(name="=1+1", member="@hong"),
        lines=(CreditLine(day=TODAY, hours=2), CreditLine(day=date(2026, 11, 25), hours=-1)),
    )
    rows = list(csv.reader(io.StringIO(as_csv([request]))))
    assert rows[0] == ["신청번호", "1365 아이디", "이름", "활동일", "인정시간"]
    assert rows[1][1:] == ["'@hong", "'=1+1", "2026-11-24", "2"]
    assert rows[2][3:] == ["2026-11-25", "-1"]
