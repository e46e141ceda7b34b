"""The role reply over the whole life of a case: what the law wants told, in words, once."""

from datetime import date, timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from adapters.replying import Noticed
from rules.calendar import Override
from rules.waking import SYSTEM
from schema.codes import Action, Channel, EventKind, ReplyBy, Role
from schema.commands import Command
from schema.events import Actor, CaseEvent
from schema.submission import Contact, Thread
from storage.calendars import declare_day
from storage.store import Store
from storage.tables import cases, staff_notice
from tests.adapters.told_city import MAIL, NOON, PAGES, ToldCity, told_city

CITIZEN = Actor(role=Role.CITIZEN)
NOISE = "마포구 성산동 아파트 층간소음을 관리사무소가 여러 달 방치합니다. 조치해 주세요."
ADDRESS = {"address": "마포구 월드컵로 212"}
POST = Thread(network="x", account="seoul", post_id="1700000000000000009")


@pytest_asyncio.fixture
async def city(store: Store) -> ToldCity:
    """A city on an empty database."""
    return await told_city(store)


async def grievance(city: ToldCity, **fields: object) -> str:
    """A petition with a period of 7 days (영 §17①), of a department."""
    return await city.file(**{"item": "HB04", "text": NOISE, "location": ADDRESS, **fields})  # type: ignore[arg-type]


async def officer_of(city: ToldCity, number: str) -> Actor:
    department = (await city.case(number)).department
    assert department is not None
    return await city.officer(department)


async def last_told(city: ToldCity, number: str) -> tuple[str, str]:
    """The template and the words of the last message to the petitioner."""
    await city.notice(number)
    told = (await city.replies(number))[-1]
    return told.row.template, told.message.body


async def extend(city: ToldCity, number: str, actor: Actor) -> CaseEvent:
    return await city.act(
        number,
        Action.EXTEND,
        actor=actor,
        days=7,
        reason_code="fact_finding",
        reason="관리사무소를 찾아가 소음을 재야 합니다. 문의 010-0000-1234",
    )


async def test_an_extension_says_why_and_until_when(city: ToldCity) -> None:
    """영 §21③, §31: the reason, the new day, and who answers for it."""
    number = await grievance(city)
    event = await extend(city, number, await officer_of(city, number))
    template, body = await last_told(city, number)
    assert template == "extended"
    due = event.legal_due_at
    assert due is not None
    for part in ("사실관계·현장 확인 필요", "소음을 재야", "김하늘", "02-0000-9999"):
        assert part in body
    assert f"처리완료 예정일: {(due + timedelta(hours=9)).month}월" in body


async def test_a_supplement_says_what_is_missing_and_until_when(city: ToldCity) -> None:
    """영 §24: what, until when, that there may be more time; then each step is acknowledged."""
    number = await grievance(city)
    officer = await officer_of(city, number)
    await city.act(
        number, Action.REQUEST_SUPPLEMENT, actor=officer, text="소음을 잰 기록을 내 주세요.", days=5
    )
    template, body = await last_told(city, number)
    assert template == "supplement_requested"
    for part in ("소음을 잰 기록을 내 주세요.", "11월 30일(월)까지 보완", "두 번까지", "김하늘"):
        assert part in body
    await city.act(number, Action.EXTEND_SUPPLEMENT, actor=CITIZEN, days=3)
    template, body = await last_told(city, number)
    assert template == "supplement_extended"
    assert "12월 3일(목)까지 늘렸습니다" in body
    await city.act(number, Action.SUPPLEMENT, actor=CITIZEN, text="기록입니다.")
    template, body = await last_told(city, number)
    assert template == "supplemented"
    assert "까지 답변드릴 예정입니다." in body
    inbox = {name for _, name in await city.inboxes(number)}
    assert {"supplement_longer", "supplement_here"} <= inbox


async def test_a_refusal_says_how_to_object_and_until_when(city: ToldCity) -> None:
    """민원처리법 §27③: the reason and the remedies, with the last day to object."""
    number = await grievance(city)
    await city.act(
        number,
        Action.REFUSE,
        actor=await officer_of(city, number),
        text="관리규약의 일이라 시가 명할 수 없습니다.",
        remedy="행정심판법에 따라 90일 안에 행정심판을 청구할 수 있습니다.",
    )
    template, body = await last_told(city, number)
    assert template == "refused"
    for part in ("시가 명할 수 없습니다.", "구제절차: 행정심판법", "12월 24일(목)까지"):
        assert part in body


async def test_a_decline_names_the_ground_of_the_law(city: ToldCity) -> None:
    """민원처리법 §21: which of the nine grounds, and why."""
    number = await grievance(city)
    await city.act(
        number,
        Action.DECLINE,
        actor=await officer_of(city, number),
        decline_ground="private_matter",
        reason="두 집 사이의 다툼입니다.",
    )
    template, body = await last_told(city, number)
    assert template == "declined"
    for part in ("민원처리법 제21조 8호 사인 간", "두 집 사이의 다툼입니다.", "이의신청"):
        assert part in body


async def test_a_return_says_why_and_that_one_may_file_again(city: ToldCity) -> None:
    """영 §25①: the reason in words."""
    number = await grievance(city)
    officer = await officer_of(city, number)
    await city.act(number, Action.REQUEST_SUPPLEMENT, actor=officer, text="기록", days=2)
    later = NOON + timedelta(days=10)
    await city.act(
        number, Action.REQUEST_SUPPLEMENT_AGAIN, actor=officer, at=later, text="기록", days=2
    )
    template, body = await last_told(city, number)
    assert (template, "아직 보완되지 않은 것이 있어 다시" in body) == ("supplement_requested", True)
    await city.act(
        number,
        Action.CLOSE_UNSUPPLEMENTED,
        actor=officer,
        at=later + timedelta(days=10),
        return_ground="not_supplemented",
        reason="두 번 요청드렸으나 받지 못했습니다.",
    )
    template, body = await last_told(city, number)
    assert template == "returned"
    assert "두 번 요청드렸으나 받지 못했습니다." in body
    assert "다시 신청하실 수 있습니다." in body


async def test_a_part_that_is_split_off_is_told_with_its_number(city: ToldCity) -> None:
    """The petitioner of both learns the number of the new one."""
    number = await grievance(city)
    officer = await officer_of(city, number)
    await city.act(number, Action.SPLIT, actor=officer, text="가로등도 꺼져 있습니다.")
    template, body = await last_told(city, number)
    async with city.store.engine.connect() as conn:
        split_off = await conn.scalar(select(cases.c.number).where(cases.c.linked_to == number))
    assert template == "split"
    assert split_off is not None
    assert split_off in body


async def test_a_rung_of_the_petitioner_tells_the_petitioner_and_no_staff(city: ToldCity) -> None:
    """보완 기한: the reminder names the last day and lies in nobody's inbox."""
    number = await grievance(city)
    officer = await officer_of(city, number)
    await city.act(number, Action.REQUEST_SUPPLEMENT, actor=officer, text="기록", days=10)
    await city.notice(number)
    before = await city.inboxes(number)
    await city.record(
        Command(
            request_id="rung/supplement/1/near",
            case=number,
            action=Action.REMIND,
            actor=SYSTEM,
            at=NOON + timedelta(days=7),
            detail={
                "timer": "supplement",
                "term": 1,
                "rung": "near",
                "to": "petitioner",
                "due_at": (NOON + timedelta(days=10)).isoformat(),
            },
        )
    )
    template, body = await last_told(city, number)
    assert template == "supplement_awaited"
    assert "12월 4일(금) 12:00까지 내 주세요" in body
    assert await city.inboxes(number) == before


async def test_a_transfer_back_and_forth_comes_to_the_first_line_with_its_history(
    city: ToldCity,
) -> None:
    """A→B→A: the desk decides, and sees where the case has been; the petitioner hears the truth."""
    number = await grievance(city)
    first = (await city.case(number)).department
    assert first is not None
    second = "3220000.roads"
    for target in (second, first):
        actor = await officer_of(city, number)
        await city.act(number, Action.TRANSFER, actor=actor, department=target, reason="소관")
    template, body = await last_told(city, number)
    assert template == "contested"
    assert "다시 정하고 있습니다" in body
    async with city.store.engine.connect() as conn:
        message = await conn.scalar(
            select(staff_notice.c.message).where(staff_notice.c.template == "contested_transfer")
        )
    assert message is not None
    assert message["detail"]["history"][-2:] == [first, second]
    assert ("6110000.first-line:first_line", "contested_transfer") in await city.inboxes(number)


async def test_a_department_that_is_asked_for_its_part_finds_it_in_its_inbox(
    city: ToldCity,
) -> None:
    """협조: the joined department is asked, the owner hears of its part; no petitioner."""
    number = await grievance(city)
    officer = await officer_of(city, number)
    joined = "3220000.roads"
    await city.act(
        number, Action.JOIN_DEPARTMENT, actor=officer, department=joined, days=3, text="의견은?"
    )
    await city.act(number, Action.COOPERATE, actor=await city.officer(joined), text="없습니다.")
    await city.notice(number)
    inboxes = await city.inboxes(number)
    assert (f"{joined}:officer", "cooperation_asked") in inboxes
    assert (f"{officer.department}:officer", "cooperation_given") in inboxes
    assert [told.row.template for told in await city.replies(number)] == ["assigned"]


async def test_a_new_holiday_is_told_where_the_promise_moved(city: ToldCity) -> None:
    """Old day, new day and why: once, to the petitioner and the officer."""
    number = await grievance(city)
    await city.notice(number)
    due = (await city.case(number)).legal_due_at
    assert due is not None
    holiday = date(2026, 11, 27)
    async with city.store.engine.begin() as conn:
        override = Override(day=holiday, name_ko="임시공휴일", kind="closed", source="관보")
        await declare_day(conn, override)
    await city.act(number, Action.START, actor=await officer_of(city, number))
    event = await city.event(number, EventKind.RECOMPUTED)
    assert event.detail["promise_moved"] is True
    template, body = await last_told(city, number)
    assert template == "recomputed"
    for part in (f"{due.day}일", "에서", "2026-11-27 임시공휴일"):
        assert part in body
    assert "deadline_moved" in {name for _, name in await city.inboxes(number)}


async def merged(city: ToldCity, **fields: object) -> tuple[str, str]:
    """A case, and another about the same matter that was merged into it."""
    root = await grievance(city)
    reporter = await grievance(city, **fields)
    await city.act(reporter, Action.MERGE, actor=await officer_of(city, reporter), into=root)
    return root, reporter


async def test_whoever_reported_the_same_matter_is_told_under_the_own_number(
    city: ToldCity,
) -> None:
    """One notice for each reporter, with the own number, page and key; what the officer wrote about
    the other's case is masked; a redelivery tells nobody again."""
    root, reporter = await merged(
        city, contact=Contact(name="이몽룡", email=MAIL), reply_by="email"
    )
    template, body = await last_told(city, reporter)
    assert template == "merged"
    assert root not in body
    await city.notice(root)
    await extend(city, root, await officer_of(city, root))
    found = await city.notice(root)
    assert found[-1].replies == 2
    assert await city.notice(root) == [Noticed()] * len(found)
    (own,) = [told for told in await city.replies(root) if told.row.template == "extended"]
    theirs = (await city.replies(reporter))[-1]
    assert (theirs.row.template, theirs.row.means) == ("extended", ReplyBy.EMAIL)
    assert theirs.row.recipient == f"petitioner:{reporter}"
    assert own.row.recipient == "petitioner"
    key = city.store.keyring.citizen_key(reporter, 1)
    assert reporter in theirs.message.body + theirs.message.subject
    assert f"{PAGES}/cases/{reporter}?key={key}" in theirs.message.body
    assert root not in theirs.message.body + theirs.message.subject
    assert "010-0000-1234" in own.message.body
    assert "010-0000-1234" not in theirs.message.body
    assert theirs.message.case == reporter


async def test_a_supplement_is_asked_of_the_one_and_not_of_the_others(city: ToldCity) -> None:
    """Only the petitioner of the case has to hand something in; whoever has left the merger hears
    nothing of it any more."""
    root, reporter = await merged(city)
    officer = await officer_of(city, root)
    await city.notice(reporter)
    before = len(await city.replies(reporter))
    await city.act(root, Action.REQUEST_SUPPLEMENT, actor=officer, text="기록", days=5)
    await city.act(root, Action.SUPPLEMENT, actor=CITIZEN, text="기록입니다.")
    await city.notice(root)
    assert len(await city.replies(reporter)) == before
    await city.act(reporter, Action.UNMERGE, actor=await officer_of(city, reporter))
    await extend(city, root, officer)
    await city.notice(root)
    template, _ = await last_told(city, reporter)
    assert template == "unmerged"


async def test_the_answer_reaches_every_reporter_once(city: ToldCity) -> None:
    """Each by the event of the own case, with the own copy of the answer."""
    root, reporter = await merged(city)
    officer = await officer_of(city, root)
    await city.act(root, Action.ANSWER, actor=officer, text="관리사무소에 시정을 명했습니다.")
    for _ in range(2):
        await city.notice(root)
        await city.notice(reporter)
    for number, template in ((root, "answered"), (reporter, "answered_together")):
        told = [one for one in await city.replies(number) if "명했습니다" in one.message.body]
        assert [one.row.template for one in told] == [template]
        assert number in told[0].message.body
        assert "김하늘" in told[0].message.body


async def test_a_refusal_reaches_every_reporter_with_the_remedies(city: ToldCity) -> None:
    """Whoever reported the same matter may object too."""
    root, reporter = await merged(city)
    await city.act(
        root,
        Action.REFUSE,
        actor=await officer_of(city, root),
        text="할 수 없습니다.",
        remedy="행정심판을 청구할 수 있습니다.",
    )
    template, body = await last_told(city, reporter)
    assert template == "refused_together"
    for part in ("할 수 없습니다.", "구제절차: 행정심판을", "까지 안내 페이지나"):
        assert part in body


async def test_a_thread_is_told_what_the_law_wants_told_and_nothing_personal(
    city: ToldCity,
) -> None:
    """An extension of what was written on a social network is told there, without the officer's
    words, name or telephone; an investigation is not."""
    number = await grievance(
        city, channel=Channel.SNS, contact=Contact(), reply_by="thread", thread=POST
    )
    officer = await officer_of(city, number)
    await extend(city, number, officer)
    await city.act(number, Action.START_INVESTIGATION, actor=officer)
    await city.notice(number)
    told = await city.replies(number)
    assert [one.row.template for one in told] == ["received_in_thread", "extended"]
    for personal in ("소음을 재야", "010-0000-1234", "김하늘", "02-0000-9999", "key="):
        assert personal not in told[-1].message.body


@pytest.mark.parametrize(
    ("action", "template", "fields"),
    [
        (Action.NOTIFY_PROGRESS, "progress", {}),
        (Action.START_INVESTIGATION, "investigation_started", {}),
        (
            Action.START_EXCLUSION,
            "exclusion_started",
            {"exclusion_ground": "examination", "reason": "시험"},
        ),
    ],
)
async def test_progress_and_what_does_not_count_is_told(
    city: ToldCity, action: Action, template: str, fields: dict[str, Any]
) -> None:
    """영 §23, §17⑤, §20: each in words, with who answers for it."""
    number = await grievance(city)
    officer = await officer_of(city, number)
    await city.act(number, action, actor=officer, **fields)
    found, body = await last_told(city, number)
    assert found == template
    assert "담당: " in body
    assert "None" not in body
