"""«How far is my petition?» by short message: from the record to the answer that is delivered."""

import base64
import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import func, select

from adapters.carriers.sms import SmsCarrier
from adapters.delivery import Delivering, Handed
from adapters.intake import Intake
from adapters.kafka import Broker
from adapters.registry import ADAPTERS
from adapters.reply_sources import REPLIES
from adapters.status_answers import MOST_IN_AN_HOUR, StatusAnswers
from schema.codes import Action, Channel, ReplyBy
from schema.envelope import SOURCE, intake_type, reply_topic
from schema.messages import OutboundMessage
from stack.outside.carrier import API_KEY, API_SECRET
from stack.outside.server import OutsideAddresses
from storage.journal import JournalOutcome
from storage.replies import find_reply, opened_reply
from storage.store import Store
from storage.tables import cases, reply
from tests.adapters.told_city import NIGHT, NOON, PHONE, ToldCity, told_city

STRANGER = "01099998888"
NEVER_GIVEN_OUT = "261123-999999-W"


@pytest_asyncio.fixture
async def city(store: Store) -> ToldCity:
    """A city on an empty database."""
    return await told_city(store)


def asked(text: str, *, sender: str, at: datetime = NOON, message: str = "M-1") -> bytes:
    """The record of one inbound message, as the relay produces it."""
    body = {"message_id": message, "from": sender, "to": "02120", "text": text}
    return json.dumps(
        {
            "specversion": "1.0",
            "id": f"message:{message}/0",
            "source": f"{SOURCE}/gateway/sms_120",
            "type": intake_type(Channel.SMS_120, "message"),
            "time": at.isoformat(),
            "datacontenttype": "application/json",
            "data_base64": base64.b64encode(json.dumps(body).encode()).decode(),
        }
    ).encode()


class Asking:
    """The intake of a city, and what telephones were told."""

    def __init__(self, city: ToldCity, now: datetime = NOON) -> None:
        self.city = city
        answers = StatusAnswers(city.store, city.telling, now=lambda: now)
        # Only `take` is called, which never starts a workflow.
        self._intake = Intake(city.store, city.recorder, None, ADAPTERS, answers)  # type: ignore[arg-type]

    async def ask(self, text: str, **record: Any) -> JournalOutcome:
        """A message arrives."""
        taken = await self._intake.take(
            Channel.SMS_120, asked(text, **record), origin="intake.sms_120/0/0"
        )
        return taken.outcome

    async def told(self) -> list[OutboundMessage]:
        """Every answer, in order."""
        async with self.city.store.engine.connect() as conn:
            ids = await conn.scalars(
                select(reply.c.id).where(reply.c.case_number.is_(None)).order_by(reply.c.ordinal)
            )
            return [await opened_reply(conn, self.city.store, one) for one in ids.all()]

    async def cases(self) -> int:
        """How many cases there are."""
        async with self.city.store.engine.connect() as conn:
            return int(await conn.scalar(select(func.count()).select_from(cases)) or 0)


@pytest.mark.parametrize(
    "text", ["{}", "접수번호 {}", "조회 {}", "{} 처리상황 알려주세요", "status {}"]
)
async def test_the_telephone_that_filed_it_is_told_who_has_it_and_until_when(
    city: ToldCity, text: str
) -> None:
    """State, department, deadline and the page; no case is made of the question."""
    number = await city.file(at=NOON)
    asking = Asking(city)
    typed = number.replace("-", " ").lower()
    assert await asking.ask(text.format(typed), sender="+82-10-0000-0000") == "no_petition"
    (message,) = await asking.told()
    assert (message.to, message.means, message.case) == (PHONE, ReplyBy.SMS, None)
    if text.startswith("status"):
        for part in (number, "with the department in charge", "Mapo", "due by"):
            assert part in message.body
    else:
        for part in (number, "담당 부서가 맡음", "마포구", "까지 답변 예정"):
            assert part in message.body
    assert f"/cases/{number}?key=" in message.body
    assert await asking.cases() == 1


async def test_another_telephone_is_told_what_the_public_page_says(city: ToldCity) -> None:
    """Of a public case its state; nobody's department, deadline or key."""
    number = await city.file(public=True)
    asking = Asking(city)
    await asking.ask(number, sender=STRANGER)
    (message,) = await asking.told()
    assert message.body == f"{number}: 담당 부서가 맡음"
    assert message.to == STRANGER


async def test_a_case_that_is_not_public_is_as_one_that_is_not_there(city: ToldCity) -> None:
    """The same words, but for the number that was asked for."""
    number = await city.file(public=False)
    asking = Asking(city)
    await asking.ask(number, sender=STRANGER, message="M-1")
    await asking.ask(f"조회 {NEVER_GIVEN_OUT}", sender=STRANGER, message="M-2")
    hidden, unknown = await asking.told()
    assert hidden.body.replace(number, "") == unknown.body.replace(NEVER_GIVEN_OUT, "")
    assert hidden.subject.replace(number, "") == unknown.subject.replace(NEVER_GIVEN_OUT, "")


async def test_a_petition_without_a_telephone_belongs_to_no_telephone(city: ToldCity) -> None:
    """Nobody owns it by having none either."""
    number = await city.file(public=False, contact={"name": "홍길동"}, reply_by="page")
    asking = Asking(city)
    await asking.ask(number, sender=PHONE)
    (message,) = await asking.told()
    assert "알려 드릴 수 없습니다" in message.body


async def test_an_answered_petition_has_no_deadline_to_tell(city: ToldCity) -> None:
    """It is answered."""
    number = await city.file()
    await city.act(number, Action.ANSWER, text="보수하였습니다.")
    asking = Asking(city)
    await asking.ask(number, sender=PHONE)
    (message,) = await asking.told()
    assert "답변 완료" in message.body
    assert "예정" not in message.body
    assert "지났" not in message.body


async def test_the_same_message_again_is_answered_once(city: ToldCity) -> None:
    """However often it is delivered; another message is another question."""
    number = await city.file()
    asking = Asking(city)
    for _ in range(3):
        await asking.ask(number, sender=PHONE, message="M-1")
    await asking.ask(number, sender=PHONE, message="M-2")
    assert len(await asking.told()) == 2


async def test_one_telephone_is_answered_so_often_an_hour(city: ToldCity) -> None:
    """Nobody reads through the numbers; another telephone is answered all the same."""
    number = await city.file()
    asking = Asking(city)
    for n in range(MOST_IN_AN_HOUR + 3):
        await asking.ask(number, sender=STRANGER, message=f"M-{n}")
    assert len(await asking.told()) == MOST_IN_AN_HOUR
    await asking.ask(number, sender=PHONE, message="M-own")
    assert len(await asking.told()) == MOST_IN_AN_HOUR + 1
    later = Asking(city, now=NOON + timedelta(minutes=61))
    await later.ask(number, sender=STRANGER, message="M-later")
    assert len(await asking.told()) == MOST_IN_AN_HOUR + 2


@pytest.mark.parametrize("sender", ["02-000-0318", "", "anonymous"])
async def test_who_cannot_get_a_message_is_not_answered(city: ToldCity, sender: str) -> None:
    """A fixed line, a withheld number: no case either."""
    number = await city.file()
    asking = Asking(city)
    assert await asking.ask(number, sender=sender) == "no_petition"
    assert await asking.told() == []
    assert await asking.cases() == 1


async def test_a_fresh_question_at_night_is_answered_at_once(city: ToldCity) -> None:
    """Who asks is awake; what lay for hours is answered in the morning."""
    number = await city.file()
    asking = Asking(city, now=NIGHT)
    await asking.ask(number, sender=PHONE, at=NIGHT - timedelta(minutes=1), message="M-1")
    await asking.ask(number, sender=PHONE, at=NIGHT - timedelta(hours=2), message="M-2")
    async with city.store.engine.connect() as conn:
        stored = [await find_reply(conn, one.id) for one in await asking.told()]
    fresh, old = (one.publish_after for one in stored if one is not None)
    assert fresh == NIGHT
    assert old > NIGHT


async def test_a_petition_that_mentions_a_number_is_a_petition(city: ToldCity) -> None:
    """It gets a case and no answer of a machine."""
    number = await city.file()
    asking = Asking(city)
    text = f"{number} 답변대로 고쳤다는데 아직 그대로입니다. 다시 봐 주세요."
    assert await asking.ask(text, sender=PHONE) == "registered"
    assert (await asking.cases(), await asking.told()) == (2, [])


Deliverer = Callable[[], Delivering]


@pytest_asyncio.fixture
async def delivering(
    city: ToldCity, broker: Broker, outside: OutsideAddresses
) -> AsyncIterator[Delivering]:
    """The role with the real carrier, talking to the stand-in of the outside."""
    sms = SmsCarrier(outside.http, api_key=API_KEY, api_secret=API_SECRET, sender="02120")
    yield Delivering(
        city.store, broker, city.recorder, city.telling, {ReplyBy.SMS: sms}, now=lambda: NOON
    )
    await sms.close()


async def test_the_answer_goes_the_way_of_replies(
    city: ToldCity, delivering: Delivering, outside: OutsideAddresses
) -> None:
    """Produced by the relay, handed to the carrier once, settled; the case's log says nothing."""
    number = await city.file()
    asking = Asking(city)
    await asking.ask(number, sender=PHONE)
    (message,) = await asking.told()
    async with city.store.engine.connect() as conn:
        (produced,) = [
            one for one in await REPLIES.pending(conn, city.store, 10) if one.row_id == message.id
        ]
    assert produced.topic == reply_topic(Channel.SMS_120)
    before = len(await city.events(number))
    await delivering.take(produced.value)
    assert await delivering.deliver(message.id) is Handed.BEFORE
    async with httpx.AsyncClient(base_url=outside.http) as client:
        sent = (await client.get("/messages", params={"kind": "sms"})).json()
    assert len([one for one in sent if number in one["body"]]) == 1
    assert len(await city.events(number)) == before
