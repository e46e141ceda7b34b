"""Replies and staff notices as rows: once each, sealed, and pending until somebody settles them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import select, update

from adapters.reply_sources import REPLIES, STAFF
from schema.codes import Channel, EventKind, ReplyBy
from schema.envelope import STAFF_NOTICES, CloudEvent, reply_topic
from schema.events import CaseEvent
from schema.messages import Composed, DeliveryOutcome, OutboundMessage
from storage import replies, staff_notices
from storage.replies import NewReply
from storage.sealing import ErasedError
from storage.store import Store
from storage.tables import reply
from storage.texts import case_key
from tests.adapters.told_city import NOON, PHONE, ToldCity, told_city

PAST = datetime(2026, 11, 1, tzinfo=UTC)
FUTURE = datetime(2126, 11, 1, tzinfo=UTC)
WORDS = "접수되었습니다."


@pytest_asyncio.fixture
async def city(store: Store) -> ToldCity:
    """A city on an empty database."""
    return await told_city(store)


@pytest_asyncio.fixture
async def assigned(city: ToldCity) -> CaseEvent:
    """An event of which nobody was told yet."""
    return await city.event(await city.file(), EventKind.ASSIGNED)


async def keep(
    city: ToldCity,
    event: CaseEvent,
    *,
    means: ReplyBy = ReplyBy.SMS,
    body: str = WORDS,
    publish_after: datetime = PAST,
) -> bool:
    """Keep a reply to `event`."""
    new = NewReply(
        event=event,
        case=event.case,
        channel=Channel.WEB_FORM,
        means=means,
        template="assigned",
        composed=Composed(to=PHONE, body=body),
        publish_after=publish_after,
        created_at=NOON,
    )
    async with city.store.engine.begin() as conn:
        return await replies.keep_reply(conn, await case_key(conn, city.store, event.case), new)


async def pending(city: ToldCity, *, limit: int = 10) -> list[tuple[ReplyBy, OutboundMessage]]:
    """What the relay would produce now."""
    async with city.store.engine.connect() as conn:
        rows = await replies.pending(conn, limit=limit)
        return [
            (ReplyBy(row.means), await replies.message_of(conn, city.store, row)) for row in rows
        ]


async def test_an_event_has_one_reply_for_each_recipient_and_means(
    city: ToldCity, assigned: CaseEvent
) -> None:
    """The same again is refused and changes nothing, even in other words; another means is one
    more. The id follows from event, recipient and means."""
    assert await keep(city, assigned)
    assert not await keep(city, assigned, body="다른 말")
    assert await keep(city, assigned, means=ReplyBy.EMAIL)
    told = await city.replies(assigned.case)
    assert [one.message.body for one in told] == [WORDS, WORDS]
    assert [one.row.id for one in told] == [
        replies.reply_id(assigned.id, "petitioner", means) for means in (ReplyBy.SMS, ReplyBy.EMAIL)
    ]


async def test_what_is_told_lies_sealed(city: ToldCity, assigned: CaseEvent) -> None:
    """Neither contact nor words can be read in the table; erasure closes them for ever."""
    await keep(city, assigned)
    async with city.store.engine.connect() as conn:
        sealed: bytes | None = await conn.scalar(select(reply.c.sealed))
    assert sealed is not None
    assert PHONE.encode() not in sealed
    assert WORDS.encode() not in sealed
    [(_, message)] = await pending(city)
    assert (message.to, message.body, message.channel) == (PHONE, WORDS, Channel.WEB_FORM)
    await city.erase(assigned.case)
    with pytest.raises(ErasedError):
        await pending(city)


async def test_the_relay_gets_what_is_due_in_the_order_in_which_it_was_written(
    city: ToldCity, assigned: CaseEvent
) -> None:
    """What waits for the morning is not due; of what is due, the oldest come first."""
    await keep(city, assigned, means=ReplyBy.PUSH, publish_after=FUTURE)
    for means in (ReplyBy.EMAIL, ReplyBy.SMS, ReplyBy.PAGE):
        await keep(city, assigned, means=means)
    due = [ReplyBy.EMAIL, ReplyBy.SMS, ReplyBy.PAGE]
    assert [means for means, _ in await pending(city)] == due
    assert [means for means, _ in await pending(city, limit=2)] == due[:2]


async def state_of(city: ToldCity, reply_id: UUID) -> tuple[int, float]:
    """Attempts, and the seconds from publication to the next one."""
    async with city.store.engine.connect() as conn:
        row = (await conn.execute(select(reply).where(reply.c.id == reply_id))).one()
    return row.attempts, (row.publish_after - row.published_at).total_seconds()


async def test_what_nobody_settles_is_produced_again_and_each_time_later(
    city: ToldCity, assigned: CaseEvent
) -> None:
    """A lost message comes again after one minute, two, four, and in the end every hour."""
    await keep(city, assigned)
    reply_id = replies.reply_id(assigned.id, "petitioner", ReplyBy.SMS)
    found = []
    for _ in range(3):
        async with city.store.engine.begin() as conn:
            await replies.mark_published(conn, [reply_id])
        found.append(await state_of(city, reply_id))
        assert await pending(city) == []
    assert found == [(1, 60), (2, 120), (3, 240)]
    async with city.store.engine.begin() as conn:
        await conn.execute(update(reply).values(attempts=replies.MOST_ATTEMPTS))
        await replies.mark_published(conn, [reply_id])
    assert await state_of(city, reply_id) == (replies.MOST_ATTEMPTS, 3600)


async def test_a_settled_reply_is_settled_for_good(city: ToldCity, assigned: CaseEvent) -> None:
    """The first outcome stands, and the relay leaves the reply alone."""
    await keep(city, assigned)
    reply_id = replies.reply_id(assigned.id, "petitioner", ReplyBy.SMS)
    async with city.store.engine.begin() as conn:
        assert await replies.settle(conn, reply_id, DeliveryOutcome.DELIVERED, reference="r1")
        assert not await replies.settle(conn, reply_id, DeliveryOutcome.FAILED)
        stored = await replies.find_reply(conn, reply_id)
        assert stored is not None
        await replies.put_back(conn, stored, now=PAST, wait=timedelta())
        await replies.mark_published(conn, [reply_id])
    assert stored.outcome is DeliveryOutcome.DELIVERED
    assert await pending(city) == []
    [told] = await city.replies(assigned.case)
    assert (told.row.attempts, told.row.publish_after) == (0, PAST)


async def test_an_event_awaits_its_notice_until_it_is_marked(
    city: ToldCity, assigned: CaseEvent
) -> None:
    """Marked once, it never comes again; an event that is not in the outbox awaits nothing."""
    async with city.store.engine.begin() as conn:
        assert await replies.awaits_notice(conn, assigned.id)
        await replies.mark_noticed(conn, assigned.id)
        assert not await replies.awaits_notice(conn, assigned.id)
        assert not await replies.awaits_notice(conn, UUID(int=0))


async def test_replies_go_to_their_channels_topic_and_erased_ones_nowhere(
    city: ToldCity, assigned: CaseEvent
) -> None:
    """One CloudEvent a reply, keyed by case; an erased one is settled and holds up no other."""
    await keep(city, assigned)
    other = await city.event(await city.file(), EventKind.ASSIGNED)
    await keep(city, other)
    await city.erase(other.case)
    async with city.store.engine.begin() as conn:
        [outgoing] = await REPLIES.pending(conn, city.store, 10)
    event = CloudEvent.model_validate_json(outgoing.value)
    message = OutboundMessage.model_validate(event.data)
    assert outgoing.topic == reply_topic(Channel.WEB_FORM)
    assert (outgoing.key, event.subject, event.id) == (
        assigned.case,
        assigned.case,
        str(message.id),
    )
    assert message.to == PHONE
    [erased] = await outcomes(city, other.case)
    assert erased == DeliveryOutcome.FAILED


async def outcomes(city: ToldCity, number: str) -> list[str | None]:
    """What became of the replies of a case."""
    async with city.store.engine.connect() as conn:
        rows = await conn.scalars(select(reply.c.outcome).where(reply.c.case_number == number))
        return list(rows)


async def test_a_staff_notice_is_kept_and_published_once(
    city: ToldCity, assigned: CaseEvent
) -> None:
    """One for each event and inbox, on `notice.staff` until it is marked as published."""
    inbox = "6110000.roads:officer"
    async with city.store.engine.begin() as conn:
        kept = [
            await staff_notices.keep_staff_notice(
                conn, assigned, recipient=inbox, template="new_case", urgent=False
            )
            for _ in range(2)
        ]
        [outgoing] = await STAFF.pending(conn, city.store, 10)
        await STAFF.mark(conn, [outgoing.row_id])
        assert await STAFF.pending(conn, city.store, 10) == []
    assert kept == [True, False]
    event = CloudEvent.model_validate_json(outgoing.value)
    assert outgoing.topic == STAFF_NOTICES
    assert isinstance(event.data, dict)
    assert (event.data["recipient"], event.data["case"]) == (inbox, assigned.case)
