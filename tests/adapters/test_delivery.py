"""The role deliver: each reply is handed over until it is settled, and the case says what came."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import select, update

from adapters.carriers import Carrier
from adapters.carriers.mail import MailCarrier
from adapters.carriers.sms import SmsCarrier
from adapters.consuming import NotOursError
from adapters.delivery import MOST_TRIES, Delivering, Handed
from adapters.kafka import Broker
from adapters.relay import Relay
from adapters.relay_sources import EVENTS
from adapters.reply_sources import REPLIES, STAFF
from adapters.replying import Replying
from schema.codes import Action, Channel, EventKind, ReplyBy
from schema.events import CaseEvent
from schema.messages import DeliveryOutcome
from schema.submission import Contact, Thread
from stack.kafka import Kafka
from stack.outside.carrier import API_KEY, API_SECRET
from stack.outside.server import OutsideAddresses
from storage.store import Store
from storage.tables import outbox, reply, staff_notice
from tests.adapters.told_city import MAIL, NIGHT, NOON, PHONE, Told, ToldCity, told_city

Deliverer = Callable[..., Delivering]


@pytest_asyncio.fixture
async def city(store: Store) -> ToldCity:
    """A city on an empty database."""
    return await told_city(store)


@pytest_asyncio.fixture
async def deliverer(
    city: ToldCity, broker: Broker, outside: OutsideAddresses
) -> AsyncIterator[Deliverer]:
    """The role with the real carriers, talking to the stand-ins of the outside."""
    sms = SmsCarrier(outside.http, api_key=API_KEY, api_secret=API_SECRET, sender="02120")
    mail = MailCarrier(outside.smtp, sender="minwon@city.example")
    carriers: dict[ReplyBy, Carrier] = {ReplyBy.SMS: sms, ReplyBy.EMAIL: mail}

    def made(now: datetime = NOON, kafka: Broker = broker) -> Delivering:
        return Delivering(city.store, kafka, city.recorder, city.telling, carriers, now=lambda: now)

    yield made
    await sms.close()
    await mail.close()


async def got(outside: OutsideAddresses, kind: str) -> list[dict[str, Any]]:
    """What arrived outside, oldest first."""
    async with httpx.AsyncClient(base_url=outside.http) as client:
        found: list[dict[str, Any]] = (await client.get("/messages", params={"kind": kind})).json()
        return found


async def fail(outside: OutsideAddresses, kind: str, status: int, *, times: int = 1) -> None:
    """The next `times` sends of `kind` fail with `status`."""
    async with httpx.AsyncClient(base_url=outside.http) as client:
        asked = {"kind": kind, "status": status, "times": times}
        assert (await client.post("/_control/failures", json=asked)).status_code == 201


async def acknowledged(city: ToldCity, **fields: object) -> Told:
    """A petition whose acknowledgement waits to be delivered."""
    number = await city.file(**fields)  # type: ignore[arg-type]
    await city.notice(number)
    (told,) = await city.replies(number)
    return told


async def notes(city: ToldCity, number: str) -> list[CaseEvent]:
    """What the case says of its replies."""
    kinds = (EventKind.DELIVERED, EventKind.UNDELIVERED)
    return [event for event in await city.events(number) if event.kind in kinds]


async def test_a_reply_reaches_the_telephone_and_the_case_says_so(
    city: ToldCity, deliverer: Deliverer, outside: OutsideAddresses
) -> None:
    """The text arrives as it was written, the row is settled, one note is in the log."""
    told = await acknowledged(city)
    assert await deliverer().deliver(told.row.id) is Handed.DELIVERED
    (message,) = await got(outside, "sms")
    assert (message["to"], message["body"]) == (PHONE, told.message.body)
    (after,) = await city.replies(told.case)
    assert after.row.outcome is DeliveryOutcome.DELIVERED
    (note,) = await notes(city, told.case)
    assert note.kind is EventKind.DELIVERED
    assert note.detail["reply"] == str(told.row.id)
    assert note.detail["means"] == ReplyBy.SMS


async def test_a_settled_reply_is_not_sent_again(
    city: ToldCity, deliverer: Deliverer, outside: OutsideAddresses
) -> None:
    """However often its message comes, the citizen is told once."""
    told = await acknowledged(city)
    await deliverer().deliver(told.row.id)
    assert await deliverer().deliver(told.row.id) is Handed.BEFORE
    assert len(await got(outside, "sms")) == 1
    assert len(await notes(city, told.case)) == 1


async def test_two_deliverers_at_once_note_it_once(city: ToldCity, deliverer: Deliverer) -> None:
    """After a rebalance both may hand it over; the case says it once, with no gap in its log."""
    told = await acknowledged(city)
    role = deliverer()
    await asyncio.gather(*(role.deliver(told.row.id) for _ in range(3)))
    assert len(await notes(city, told.case)) == 1
    log = await city.events(told.case)
    assert [event.seq for event in log] == list(range(1, len(log) + 1))


async def test_a_carrier_that_is_away_is_asked_again_later(
    city: ToldCity, deliverer: Deliverer, outside: OutsideAddresses
) -> None:
    """Nothing is settled and nothing noted; the relay gets it again after a pause."""
    await fail(outside, "sms", 503)
    told = await acknowledged(city)
    assert await deliverer().deliver(told.row.id) is Handed.LATER
    (waiting,) = await city.replies(told.case)
    assert waiting.row.outcome is None
    assert waiting.row.publish_after >= NOON + timedelta(seconds=5)
    assert await notes(city, told.case) == []
    assert await deliverer().deliver(told.row.id) is Handed.DELIVERED
    (message,) = await got(outside, "sms")
    assert message["reference"] == str(told.row.id)


async def test_the_pauses_grow(
    city: ToldCity, deliverer: Deliverer, outside: OutsideAddresses
) -> None:
    """A carrier that stays away is asked more and more seldom, but at least once an hour."""
    told = await acknowledged(city)
    pauses = []
    for attempts in (1, 2, 3, 18):
        await set_attempts(city, told.row.id, attempts)
        await fail(outside, "sms", 503)
        await deliverer().deliver(told.row.id)
        (waiting,) = await city.replies(told.case)
        pauses.append((waiting.row.publish_after - NOON).total_seconds())
    assert pauses == [5, 10, 20, 3600]


async def set_attempts(city: ToldCity, reply_id: UUID, attempts: int) -> None:
    async with city.store.engine.begin() as conn:
        await conn.execute(update(reply).where(reply.c.id == reply_id).values(attempts=attempts))


async def test_a_refused_reply_goes_by_the_next_means(
    city: ToldCity, deliverer: Deliverer, outside: OutsideAddresses
) -> None:
    """A number that takes nothing: the same words go by mail, and no officer is troubled."""
    await fail(outside, "sms", 400)
    told = await acknowledged(city)
    number = told.case
    assert await deliverer().deliver(told.row.id) is Handed.FAILED
    first, second = await city.replies(number)
    assert (first.row.outcome, second.row.means) == (DeliveryOutcome.FAILED, ReplyBy.EMAIL)
    assert second.message.to == MAIL
    assert await deliverer().deliver(second.row.id) is Handed.DELIVERED
    (letter,) = await got(outside, "email")
    assert number in letter["body"]
    failed, delivered = await notes(city, number)
    assert (failed.kind, failed.detail["last"]) == (EventKind.UNDELIVERED, False)
    assert delivered.kind is EventKind.DELIVERED
    await city.notice(number)
    assert "undelivered_reply" not in {template for _, template in await city.inboxes(number)}


async def test_after_the_last_means_an_officer_is_told(
    city: ToldCity, deliverer: Deliverer, outside: OutsideAddresses
) -> None:
    """Nobody is silently left without a word: the department finds it in its inbox, once."""
    await fail(outside, "sms", 400)
    await fail(outside, "email", 550)
    told = await acknowledged(city)
    number = told.case
    await deliverer().deliver(told.row.id)
    _, by_mail = await city.replies(number)
    await deliverer().deliver(by_mail.row.id)
    assert [note.detail["last"] for note in await notes(city, number)] == [False, True]
    await city.notice(number)
    inboxes = [name for name, template in await city.inboxes(number) if "undelivered" in template]
    assigned = await city.event(number, EventKind.ASSIGNED)
    assert inboxes == [f"{assigned.department}:officer"]


async def test_a_carrier_that_stays_away_too_long_counts_as_failed(
    city: ToldCity, deliverer: Deliverer, outside: OutsideAddresses
) -> None:
    """After half a day of «not now» the next means is tried."""
    told = await acknowledged(city)
    await set_attempts(city, told.row.id, MOST_TRIES)
    await fail(outside, "sms", 503)
    assert await deliverer().deliver(told.row.id) is Handed.FAILED
    _, second = await city.replies(told.case)
    assert second.row.means is ReplyBy.EMAIL


async def test_the_next_means_does_not_wake_anybody(
    city: ToldCity, deliverer: Deliverer, outside: OutsideAddresses
) -> None:
    """What fails at night goes by another means in the morning."""
    told = await acknowledged(city)
    await fail(outside, "sms", 400)
    await deliverer(NIGHT).deliver(told.row.id)
    _, second = await city.replies(told.case)
    assert second.row.publish_after > NIGHT + timedelta(hours=8)


async def test_the_page_needs_no_carrier(
    city: ToldCity, deliverer: Deliverer, outside: OutsideAddresses
) -> None:
    """Whoever gave no contact is told by the page: settled at once, nothing goes out."""
    told = await acknowledged(city, contact=Contact(), reply_by="page")
    assert await deliverer().deliver(told.row.id) is Handed.DELIVERED
    assert await got(outside, "sms") == []
    assert await got(outside, "email") == []


async def test_what_was_erased_is_not_sent(
    city: ToldCity, deliverer: Deliverer, outside: OutsideAddresses
) -> None:
    """A reply that waits while its petitioner is erased never goes out, by no means."""
    told = await acknowledged(city)
    number = told.case
    await city.erase(number)
    assert await deliverer().deliver(told.row.id) is Handed.FAILED
    assert await got(outside, "sms") == []
    (note,) = await notes(city, number)
    assert (note.detail["reason"], note.detail["last"]) == ("erased", False)


async def test_a_reply_to_a_post_that_was_deleted_meanwhile_is_not_sent(
    city: ToldCity, deliverer: Deliverer
) -> None:
    """The deletion is honoured though the reply was written before it; a person is told."""
    told = await acknowledged(
        city,
        channel=Channel.SNS,
        kind="opinion",
        contact=Contact(),
        reply_by="thread",
        thread=Thread(network="x", account="seoul", post_id="17"),
        external_id="x/17",
    )
    await city.remove("x/17", channel=Channel.SNS)
    assert await deliverer().deliver(told.row.id) is Handed.FAILED
    (note,) = await notes(city, told.case)
    assert (note.detail["reason"], note.detail["last"]) == ("source_deleted", True)


async def test_a_message_that_names_no_reply_sends_nothing(
    deliverer: Deliverer, outside: OutsideAddresses
) -> None:
    """A forged message on a reply topic is passed over: what is sent is in the record."""
    with pytest.raises(NotOursError) as fault:
        await deliverer().deliver(uuid4())
    assert fault.value.code == "unknown_reply"
    assert await got(outside, "sms") == []


async def test_from_the_event_to_the_telephone_over_the_broker(
    city: ToldCity, deliverer: Deliverer, outside: OutsideAddresses, broker: Broker
) -> None:
    """Relay, reply and deliver together: each of ten petitioners gets the answer once, every
    event is heard of, every notice to staff is published.
    """
    city.telling = replace(city.telling, hours=None)
    numbers = [await city.file(contact=Contact(phone=f"0100000000{n}")) for n in range(10)]
    for number in numbers:
        await city.act(number, Action.ANSWER, text=f"{number} 보수했습니다.")
    stop = asyncio.Event()
    roles = [
        Relay(city.store, broker, [EVENTS, REPLIES, STAFF]).run(stop),
        Replying(city.store, broker, city.telling).run(stop),
        deliverer(datetime.now(UTC)).run(stop),
    ]
    running = asyncio.gather(*roles)
    try:
        async with asyncio.timeout(60):
            await settled(city, len(numbers))
    finally:
        stop.set()
        await running
    for n, number in enumerate(numbers):
        mine = [
            message for message in await got(outside, "sms") if message["to"] == f"0100000000{n}"
        ]
        assert ["보수했습니다" in message["body"] for message in mine] == [True]
        assert all(number in message["body"] for message in mine)


async def settled(city: ToldCity, replies: int) -> None:
    """Wait until that many replies are settled, and nothing is left to be told."""
    open_ends = (
        select(reply.c.id).where(reply.c.outcome.is_(None)),
        select(outbox.c.id).where(outbox.c.noticed_at.is_(None)),
        select(staff_notice.c.id).where(staff_notice.c.published_at.is_(None)),
    )
    while True:
        async with city.store.engine.connect() as conn:
            left = [(await conn.execute(statement)).first() for statement in open_ends]
            done = (await conn.execute(select(reply.c.id))).all()
        if len(done) >= replies and not any(left):
            return
        await asyncio.sleep(0.1)


async def test_a_broker_that_loses_everything_loses_no_reply(
    city: ToldCity, deliverer: Deliverer, outside: OutsideAddresses, tmp_path: Path
) -> None:
    """The in-memory broker ends twice under way, with all it held: each petitioner still gets the
    answer, and no case says so twice."""
    city.telling = replace(city.telling, hours=None)
    kafka = Kafka(tmp_path / "kafka")
    await kafka.start()
    broker = Broker(kafka.bootstrap, idempotence=False)
    stop = asyncio.Event()
    running = asyncio.gather(
        Relay(city.store, broker, [EVENTS, REPLIES, STAFF]).run(stop),
        Replying(city.store, broker, city.telling).run(stop),
        deliverer(datetime.now(UTC), broker).run(stop),
    )
    numbers = []
    try:
        for n in range(30):
            number = await city.file(contact=Contact(phone=f"010000000{n:02}"))
            await city.act(number, Action.ANSWER, text="보수했습니다.")
            numbers.append(number)
            if n in (10, 20):
                await kafka.stop()
                await kafka.start()
        async with asyncio.timeout(150):
            await settled(city, len(numbers))
    finally:
        stop.set()
        await running
        await kafka.stop()
    for number in numbers:
        [note] = await notes(city, number)
        assert note.kind is EventKind.DELIVERED
    assert {message["to"] for message in await got(outside, "sms")} == {
        f"010000000{n:02}" for n in range(30)
    }
