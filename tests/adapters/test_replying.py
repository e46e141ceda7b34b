"""The role reply: everybody whom an event concerns is told once, in the right words and time."""

import asyncio
import json
from datetime import timedelta
from uuid import uuid4

import pytest
import pytest_asyncio

from adapters.consuming import NotOursError
from adapters.kafka import Broker, ensure_topics, producer
from adapters.replying import Noticed, Replying, notice_event
from rules.organisation import full_name_ko
from rules.quiet_hours import SEOUL
from schema.codes import Action, Channel, EventKind, ReplyBy, Role
from schema.envelope import CASE_EVENTS
from schema.events import Actor
from schema.submission import Contact, Thread
from storage.store import Store
from tests.adapters.told_city import MORNING, NIGHT, NOON, PAGES, PHONE, ToldCity, told_city

CHANNEL = Actor(role=Role.CHANNEL)


@pytest_asyncio.fixture
async def city(store: Store) -> ToldCity:
    """A city on an empty database."""
    return await told_city(store)


async def department_of(city: ToldCity, number: str) -> str:
    assigned = await city.event(number, EventKind.ASSIGNED)
    assert assigned.department is not None
    return assigned.department


async def test_a_petition_is_acknowledged_in_one_message(city: ToldCity) -> None:
    """Received and assigned in one breath: one SMS with number, department, telephone, deadline
    and the page with its key; one line in the department's inbox."""
    number = await city.file()
    await city.notice(number)
    (told,) = await city.replies(number)
    department = await department_of(city, number)
    assigned = await city.event(number, EventKind.ASSIGNED)
    assert (told.row.template, told.row.means, told.message.to) == (
        "assigned",
        ReplyBy.SMS,
        PHONE,
    )
    key = city.store.keyring.citizen_key(number, 1)
    due = (assigned.legal_due_at or assigned.target_due_at).astimezone(SEOUL)  # type: ignore[union-attr]
    for part in (
        number,
        full_name_ko(department),
        f"{due.month}월 {due.day}일",
        f"{PAGES}/cases/{number}?key={key}",
    ):
        assert part in told.message.body
    assert await city.inboxes(number) == {(f"{department}:officer", "new_case")}


async def test_an_event_met_again_changes_nothing(city: ToldCity) -> None:
    """However often Kafka delivers an event, its people are told once."""
    number = await city.file()
    first = await city.notice(number)
    again = await city.notice(number)
    assert sum(found.replies for found in first) == 1
    assert again == [Noticed()] * len(first)
    assert len(await city.replies(number)) == 1
    assert await city.unnoticed() == []


async def test_two_repliers_at_once_tell_once(city: ToldCity) -> None:
    """The same event handled by two processes at the same time makes one reply."""
    number = await city.file()
    assigned = await city.event(number, EventKind.ASSIGNED)
    found = await asyncio.gather(
        *(notice_event(city.store, city.telling, assigned, now=NOON) for _ in range(4))
    )
    assert sorted(one.replies for one in found) == [0, 0, 0, 1]


async def test_an_event_that_is_not_in_the_record_tells_nobody(city: ToldCity) -> None:
    """A message is only a name: an event that the outbox does not know changes nothing."""
    number = await city.file()
    forged = (await city.event(number, EventKind.ASSIGNED)).model_copy(update={"id": uuid4()})
    assert await notice_event(city.store, city.telling, forged, now=NOON) == Noticed()
    assert await city.replies(number) == []


async def test_the_answer_reaches_the_petitioner_with_who_gave_it(city: ToldCity) -> None:
    """The answer in full, with department, name and telephone (민원처리법 시행령 §31)."""
    number = await city.file()
    officer = await city.officer(await department_of(city, number))
    await city.act(number, Action.ANSWER, actor=officer, text="오늘 오후에 보수했습니다.")
    await city.notice(number)
    answer = (await city.replies(number))[-1]
    assert answer.row.template == "answered"
    for part in (number, "오늘 오후에 보수했습니다.", "김하늘", "02-0000-9999"):
        assert part in answer.message.body


async def test_what_was_answered_on_the_telephone_is_told_once(city: ToldCity) -> None:
    """즉시답변: one message with the answer, and no acknowledgement beside it."""
    number = await city.file(
        channel=Channel.SMS_120, answer_on_call="내일까지 보수한다고 안내했습니다."
    )
    await city.notice(number)
    (told,) = await city.replies(number)
    assert told.row.template == "answered_on_call"
    assert "내일까지 보수한다고 안내했습니다." in told.message.body


async def test_a_transfer_names_the_new_department_and_not_who_passed_it_on(
    city: ToldCity,
) -> None:
    """The citizen learns who has it now; the new department finds it in its inbox."""
    number = await city.file()
    sender = await city.officer(await department_of(city, number))
    target = "3220000.roads"
    await city.act(
        number, Action.TRANSFER, actor=sender, department=target, reason="관할이 다릅니다."
    )
    await city.notice(number)
    told = (await city.replies(number))[-1]
    assert told.row.template == "transferred"
    assert full_name_ko(target) in told.message.body
    assert "김하늘" not in told.message.body
    assert (f"{target}:officer", "transferred_case") in await city.inboxes(number)


async def test_at_night_only_the_receipt_of_a_fresh_message_is_told(city: ToldCity) -> None:
    """An acknowledgement within ten minutes goes out at night; one that is late, and an answer,
    wait for the morning."""
    fresh = await city.file(at=NIGHT)
    await city.notice(fresh, now=NIGHT + timedelta(minutes=5))
    late = await city.file(at=NIGHT)
    await city.act(late, Action.ANSWER, text="보수했습니다.")
    await city.notice(late, now=NIGHT + timedelta(minutes=11))
    (acknowledged,) = await city.replies(fresh)
    assert acknowledged.row.publish_after == NIGHT + timedelta(minutes=5)
    assert {told.row.publish_after for told in await city.replies(late)} == {MORNING}


async def test_an_urgent_case_is_told_in_the_night_and_wakes_the_duty_desk(
    city: ToldCity,
) -> None:
    """119 and 112 come first, at once; the desk on duty has it in its inbox."""
    number = await city.file(
        at=NIGHT, item="TR04", text="마포구 월드컵로 212 교차로 신호등이 꺼졌습니다."
    )
    await city.notice(number, now=NIGHT + timedelta(hours=2))
    (told,) = await city.replies(number)
    assert told.row.publish_after == NIGHT + timedelta(hours=2)
    assert "119" in told.message.body.splitlines()[0]
    duty = [name for name, template in await city.inboxes(number) if template == "urgent_case"]
    assert len(duty) == 1
    assert duty[0].endswith(".duty:officer")


async def test_what_nobody_can_place_is_acknowledged_and_put_before_the_first_line(
    city: ToldCity,
) -> None:
    """Without an item there is no department: the citizen still hears, and the desk knows."""
    number = await city.file(item=None, text="불편해요", location={})
    await city.notice(number)
    (told,) = await city.replies(number)
    assert told.row.template == "received"
    inbox = ("6110000.first-line:first_line", "unassigned_case")
    assert inbox in await city.inboxes(number)


@pytest.mark.parametrize(
    ("contact", "reply_by", "means"),
    [
        ({"phone": PHONE, "email": "a@minwon.test"}, "sms", ReplyBy.SMS),
        ({"phone": PHONE, "email": "a@minwon.test"}, "email", ReplyBy.EMAIL),
        ({"email": "a@minwon.test"}, "sms", ReplyBy.EMAIL),
        ({"phone": PHONE, "email": "a@minwon.test"}, "page", ReplyBy.PAGE),
        ({}, "sms", ReplyBy.PAGE),
        ({"phone": "02-000-0000"}, "sms", ReplyBy.PAGE),
    ],
)
async def test_a_petitioner_is_told_by_the_means_asked_for_else_the_next_that_works(
    city: ToldCity, contact: dict[str, str], reply_by: str, means: ReplyBy
) -> None:
    """The means asked for, then what there is an address for; with none, the page."""
    number = await city.file(contact=Contact(**contact), reply_by=reply_by)
    await city.notice(number)
    (told,) = await city.replies(number)
    assert told.row.means is means


POST = Thread(network="x", account="seoul", post_id="1700000000000000001")


async def test_a_post_is_answered_in_its_thread_with_nothing_personal(city: ToldCity) -> None:
    """Acknowledged at receipt, silent until the answer; the answer masked, without the officer's
    name or telephone, with the page's address without its key."""
    number = await city.file(
        channel=Channel.SNS, kind="opinion", contact=Contact(), reply_by="thread", thread=POST
    )
    officer = await city.officer(await department_of(city, number))
    answer = "오늘 보수했습니다. 문의 010-1234-5678"
    await city.act(number, Action.ANSWER, actor=officer, text=answer)
    first = await city.event(number, EventKind.RECEIVED)
    await city.notice(number)
    told = await city.replies(number)
    assert [one.row.template for one in told] == ["answered"]
    assert told[0].message.thread == POST
    assert told[0].row.event_id != first.id
    body = told[0].message.body
    assert "오늘 보수했습니다." in body
    for personal in ("010-1234-5678", "김하늘", "02-0000-9999", "key="):
        assert personal not in body


async def test_a_post_is_acknowledged_under_itself(city: ToldCity) -> None:
    """One reply at receipt, none at the assignment."""
    number = await city.file(
        channel=Channel.SNS, kind="opinion", contact=Contact(), reply_by="thread", thread=POST
    )
    await city.notice(number)
    (told,) = await city.replies(number)
    assert (told.row.template, told.row.means) == ("received_in_thread", ReplyBy.THREAD)
    assert number in told.message.body


async def test_a_post_that_its_author_deleted_is_replied_to_no_more(city: ToldCity) -> None:
    """The page is all that is left, and a person is told."""
    number = await city.file(
        channel=Channel.SNS,
        kind="opinion",
        contact=Contact(),
        reply_by="thread",
        thread=POST,
        external_id="x/1",
    )
    await city.remove("x/1", channel=Channel.SNS)
    await city.notice(number)
    (told,) = await city.replies(number)
    assert told.row.means is ReplyBy.PAGE
    department = await department_of(city, number)
    assert (f"{department}:officer", "removed_case") in await city.inboxes(number)


async def test_a_petitioner_who_wrote_in_english_is_told_in_english(city: ToldCity) -> None:
    """The language of the petition is the language of its replies."""
    number = await city.file(language="en")
    await city.notice(number)
    (told,) = await city.replies(number)
    assert "Your petition is number" in told.message.body


async def test_a_rung_tells_whom_the_ladder_names(city: ToldCity) -> None:
    """The head when it is due, the inspector when it is overdue; the citizen hears nothing."""
    number = await city.file()
    department = await department_of(city, number)
    await city.escalate(number, to="department_head", rung="due")
    await city.escalate(number, to="inspector", rung="overdue-8h")
    await city.notice(number)
    agency = department.partition(".")[0]
    assert {
        (f"{department}:department_head", "deadline_reached"),
        (f"{agency}:inspector", "deadline_passed"),
    } <= await city.inboxes(number)
    assert [told.row.template for told in await city.replies(number)] == ["assigned"]


async def test_an_erased_petitioner_is_not_told_and_holds_nothing_up(city: ToldCity) -> None:
    """Without the key there is nobody to tell; the event counts as told."""
    number = await city.file()
    await city.erase(number)
    await city.notice(number)
    async with city.store.engine.connect() as conn:
        kept = await conn.exec_driver_sql("SELECT count(*) FROM reply")
        assert kept.scalar() == 0
    assert await city.unnoticed() == []


async def test_a_staff_notice_carries_codes_only(city: ToldCity) -> None:
    """Neither text nor name nor contact lies in an inbox or on its topic."""
    number = await city.file()
    await city.act(number, Action.WITHDRAW, reason="해결됐어요")
    await city.notice(number)
    async with city.store.engine.connect() as conn:
        rows = await conn.exec_driver_sql("SELECT message::text FROM staff_notice")
        messages = [row[0] for row in rows]
    assert len(messages) == 2
    for message in messages:
        assert number in message
        for personal in (PHONE, "홍길동", "보도블록", "해결됐어요"):
            assert personal not in message


async def test_the_role_tells_what_comes_on_the_topic_and_passes_over_the_rest(
    city: ToldCity, broker: Broker
) -> None:
    """Broken messages and unknown events on `case.events` block nobody behind them."""
    number = await city.file()
    events = await city.events(number)
    unknown = events[0].model_copy(update={"id": uuid4()})
    await ensure_topics(broker)
    kafka = producer(broker)
    await kafka.start()
    try:
        for value in (
            b"\xff\xfe not json",
            b"[]",
            json.dumps({"specversion": "1.0"}).encode(),
            unknown.to_cloud_event().to_bytes(),
            *(event.to_cloud_event().to_bytes() for event in events),
            *(event.to_cloud_event().to_bytes() for event in events),
        ):
            await kafka.send_and_wait(CASE_EVENTS, value, key=number.encode())
    finally:
        await kafka.stop()
    stop = asyncio.Event()
    role = Replying(city.store, broker, city.telling, now=lambda: NOON)
    running = asyncio.create_task(role.run(stop))
    try:
        async with asyncio.timeout(30):
            await all_noticed(city)
    finally:
        stop.set()
        await running
    assert [told.row.template for told in await city.replies(number)] == ["assigned"]


async def all_noticed(city: ToldCity) -> None:
    """Wait until everybody was told of every event."""
    while True:
        if not await city.unnoticed():
            return
        await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (b"", "unreadable"),
        (b"\xff", "unreadable"),
        (b"[" * 100_000, "unreadable"),
        (b"{}", "no_envelope"),
        (b'{"specversion":"1.0","id":"x","source":"s","type":"t"}', "unreadable"),
    ],
)
async def test_a_message_that_names_no_event_is_told_by_its_code(
    city: ToldCity, broker: Broker, value: bytes, code: str
) -> None:
    """Each kind of broken message has its code, and raises nothing else."""
    role = Replying(city.store, broker, city.telling)
    with pytest.raises(NotOursError) as fault:
        await role.take(value)
    assert fault.value.code == code
