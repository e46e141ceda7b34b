"""Codes to telephones: through the real broker to the carrier, once, and lost for good then."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import func, select

from adapters.carriers import Carrier
from adapters.carriers.sms import SmsCarrier
from adapters.codes import CODES, hand_over_code
from adapters.delivery import Delivering, Handed
from adapters.kafka import Broker
from schema.codes import ReplyBy
from stack.outside.carrier import API_KEY, API_SECRET
from stack.outside.server import OutsideAddresses
from storage.phone_codes import VALID, CodeWanted, message_of, send_code
from storage.sealing import ErasedError
from storage.store import Store
from storage.tables import case_event, phone_code
from tests.adapters.told_city import told_city

WANTED = CodeWanted(phone="01000001111", code="123456", words="인증번호 123456", by="127.0.0.1")


@pytest_asyncio.fixture
async def carriers(outside: OutsideAddresses) -> AsyncIterator[dict[ReplyBy, Carrier]]:
    """The real carrier, talking to the stand-in."""
    sms = SmsCarrier(outside.http, api_key=API_KEY, api_secret=API_SECRET, sender="02120")
    yield {ReplyBy.SMS: sms}
    await sms.close()


async def _got(outside: OutsideAddresses) -> list[dict[str, Any]]:
    async with httpx.AsyncClient(base_url=outside.http) as client:
        found = (await client.get("/messages", params={"kind": "sms"})).json()
    return [message for message in found if message["to"] == WANTED.phone]


async def test_a_code_is_a_message_of_a_reply_topic(store: Store) -> None:
    """The relay finds it at once, with the number that deliver needs and nothing of a case."""
    now = datetime.now(UTC)
    async with store.engine.begin() as conn:
        sent = await send_code(conn, store, WANTED, now=now)
    async with store.engine.begin() as conn:
        (out,) = await CODES.pending(conn, store, 10)
        await CODES.mark(conn, [sent])
    async with store.engine.connect() as conn:
        assert not await CODES.pending(conn, store, 10)
    assert out.topic == "reply.web_form"
    assert str(sent).encode() in out.value
    assert WANTED.phone.encode() in out.value


async def test_a_code_reaches_the_telephone_once_and_is_lost_then(
    store: Store, carriers: dict[ReplyBy, Carrier], outside: OutsideAddresses
) -> None:
    """However often it comes; afterwards nothing can open the message again."""
    before = len(await _got(outside))
    now = datetime.now(UTC)
    async with store.engine.begin() as conn:
        sent = await send_code(conn, store, WANTED, now=now)
    assert await hand_over_code(store, carriers, sent, now=now) is Handed.DELIVERED
    assert await hand_over_code(store, carriers, sent, now=now) is Handed.BEFORE
    assert len(await _got(outside)) == before + 1
    assert (await _got(outside))[-1]["body"] == WANTED.words
    async with store.engine.connect() as conn:
        row = (await conn.execute(select(phone_code))).one()
        assert not row.sealed
        with pytest.raises(ErasedError):
            await message_of(conn, store, row)


async def test_the_role_deliver_takes_a_code_for_what_it_is(
    store: Store,
    broker: Broker,
    carriers: dict[ReplyBy, Carrier],
    outside: OutsideAddresses,
) -> None:
    """The message of the topic, as the relay makes it, is enough: the telephone gets the code, and
    no case is told of it."""
    city = await told_city(store)
    now = datetime.now(UTC)
    before = len(await _got(outside))
    async with store.engine.begin() as conn:
        await send_code(conn, store, WANTED, now=now)
        (out,) = await CODES.pending(conn, store, 10)
    role = Delivering(store, broker, city.recorder, city.telling, carriers)
    await role.take(out.value)
    await role.take(out.value)
    assert len(await _got(outside)) == before + 1
    async with store.engine.connect() as conn:
        assert await conn.scalar(select(func.count()).select_from(case_event)) == 0


async def test_an_old_code_is_not_sent(
    store: Store, carriers: dict[ReplyBy, Carrier], outside: OutsideAddresses
) -> None:
    """A carrier that was away for long gets no code that opens nothing any more."""
    now = datetime.now(UTC)
    before = len(await _got(outside))
    async with store.engine.begin() as conn:
        sent = await send_code(conn, store, WANTED, now=now)
    late = now + VALID + timedelta(seconds=1)
    assert await hand_over_code(store, carriers, sent, now=late) is Handed.FAILED
    assert len(await _got(outside)) == before


async def test_a_carrier_that_is_away_gets_it_later(
    store: Store, carriers: dict[ReplyBy, Carrier], outside: OutsideAddresses
) -> None:
    """The code stays, and goes out with the next try."""
    now = datetime.now(UTC)
    async with store.engine.begin() as conn:
        sent = await send_code(conn, store, WANTED, now=now)
    async with httpx.AsyncClient(base_url=outside.http) as client:
        await client.post("/_control/failures", json={"kind": "sms", "status": 503, "times": 1})
    assert await hand_over_code(store, carriers, sent, now=now) is Handed.LATER
    assert await hand_over_code(store, carriers, sent, now=now) is Handed.DELIVERED
