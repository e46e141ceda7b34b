"""One act on many cases: foreseen, kept once, carried out to its end, told case by case."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import update

from activities.housekeeping import Housekeeping
from schema.codes import Action, EventKind
from storage.bulk import BulkOutcome, items_of, request_of
from storage.cases import events_of, find_case
from storage.tables import command as command_table
from tests.web.conftest import CLEANSING, ROADS, City
from tests.web.test_first_line import unanswered
from tests.web.test_officer import csrf_in

ANSWER = (
    "현장을 확인한 결과 파손이 있어 이번 주 안에 보수합니다. 도로과 02-0000-1234로 문의해 주세요."
)


async def chosen(city: City, many: int = 3) -> tuple[httpx.AsyncClient, list[str], str]:
    """An officer, cases of the department, and the word of the session's forms."""
    numbers = [await city.case() for _ in range(many)]
    browser = await city.staff()
    return browser, numbers, csrf_in((await browser.get("/staff")).text)


async def swept(city: City) -> int:
    """What the worker's housekeeping does a minute later: the same commands, sent again."""

    async def start(number: str) -> None:
        """There is no Temporal here."""

    async with city.store.engine.begin() as conn:
        long_ago = datetime.now(UTC) - timedelta(minutes=1)
        await conn.execute(update(command_table).values(created_at=long_ago))

    async def send(command: object) -> object:
        outcome = await city.recorder.record(command)  # type: ignore[arg-type]
        return outcome.refusal or outcome

    housekeeping = Housekeeping(city.store, city.recorder, start=start, send=send)
    return await housekeeping.send_unanswered()


async def test_a_preview_tells_what_happens_to_each_and_does_nothing(city: City) -> None:
    """Owner, clock and notice of each case; the one that is answered already is refused with the
    reason, and left out of what is sent; nothing is kept."""
    browser, numbers, csrf = await chosen(city)
    await city.record(numbers[2], Action.ANSWER, text=ANSWER)
    form = {
        "csrf": csrf,
        "case": numbers,
        "action": "transfer",
        "request_id": str(uuid4()),
        "department": CLEANSING,
        "reason": "청소 소관입니다",
    }
    page = (await browser.post("/staff/bulk/preview", data=form)).text
    assert "2건을 처리할 수 있습니다" in page
    assert "1건은 처리할 수 없어 빠집니다" in page
    row = page.split(f">{numbers[0]}</a>")[1].split("</tr>")[0]
    assert "도로과 → " in row
    assert "기한은 그대로입니다" in row
    refused = page.split(f">{numbers[2]}</a>")[1].split("</tr>")[0]
    assert "처리할 수 없음" in refused
    sending = page.split('action="/staff/bulk/jobs"')[1].split("</form>")[0]
    assert re.findall(r'name="case" value="([^"]+)"', sending) == numbers[:2]
    assert await unanswered(city) == ()


async def test_a_job_is_done_once_and_told_case_by_case(city: City) -> None:
    """Sent three times it is one command a case; what was overtaken meanwhile is refused with its
    reason, all others are answered, and the page says so of each."""
    browser, numbers, csrf = await chosen(city)
    job = uuid4()
    form = {
        "csrf": csrf,
        "case": numbers,
        "action": "answer",
        "request_id": str(job),
        "text": ANSWER,
    }
    for _ in range(3):
        answer = await browser.post("/staff/bulk/jobs", data=form)
        assert answer.headers["location"] == f"/staff/bulk/{job}"
    page = (await browser.get(f"/staff/bulk/{job}")).text
    assert "3건 중 0건 끝남" in page
    await city.record(numbers[0], Action.ANSWER, text="먼저 답변했습니다. 120으로 문의해 주세요.")
    assert await swept(city) == 3
    assert await swept(city) == 0
    page = (await browser.get(f"/staff/bulk/{job}")).text
    assert "3건 중 3건 끝남" in page
    async with city.store.engine.connect() as conn:
        items = await items_of(conn, job)
        logs = {number: await events_of(conn, number) for number in numbers}
    outcomes = Counter(one.outcome for one in items)
    assert outcomes == {BulkOutcome.RECORDED: 2, BulkOutcome.REFUSED: 1}
    (refused,) = [one for one in items if one.refusal is not None]
    assert refused.number == numbers[0]
    assert refused.refusal is not None
    assert refused.refusal.message_ko in page
    for number in numbers:
        kinds = Counter(event.kind for event in logs[number])
        assert kinds[EventKind.ANSWERED] == 1
    by_job = [event.request_id == request_of(job) for event in logs[numbers[1]]]
    assert by_job.count(True) == 1


async def test_what_a_dead_process_left_is_carried_out(city: City) -> None:
    """A job whose commands are kept and whose sender is gone, having sent one of three: the sweep
    does the other two, and that one is not done again."""
    browser, numbers, csrf = await chosen(city)
    job = uuid4()
    officer = await city.account(department=ROADS)
    form = {
        "csrf": csrf,
        "case": numbers,
        "action": "assign",
        "request_id": str(job),
        "officer": officer,
    }
    await browser.post("/staff/bulk/jobs", data=form)
    waiting = await unanswered(city)
    assert {one.case for one in waiting} == set(numbers)
    await city.recorder.record(waiting[0])
    assert await swept(city) == 2
    async with city.store.engine.connect() as conn:
        for number in numbers:
            case = await find_case(conn, number)
            assert case is not None
            assert case.officer == officer
            kinds = [event.kind for event in await events_of(conn, number)]
            assert kinds.count(EventKind.OFFICER_ASSIGNED) == 1


async def test_a_job_is_its_owners_and_its_cases_are_the_departments(city: City) -> None:
    """Nobody else sees the job; a case of another department is refused before anything is kept."""
    browser, numbers, csrf = await chosen(city, 1)
    job = uuid4()
    form = {
        "csrf": csrf,
        "case": numbers,
        "action": "answer",
        "request_id": str(job),
        "text": ANSWER,
    }
    await browser.post("/staff/bulk/jobs", data=form)
    assert f"/staff/bulk/{job}" in (await browser.get("/staff/bulk")).text
    colleague = await city.staff()
    assert (await colleague.get(f"/staff/bulk/{job}")).status_code == 404
    assert str(job) not in (await colleague.get("/staff/bulk")).text
    stranger = await city.staff(department=CLEANSING)
    csrf = csrf_in((await stranger.get("/staff")).text)
    refused = await stranger.post(
        "/staff/bulk/jobs", data=form | {"csrf": csrf, "request_id": str(uuid4())}
    )
    assert refused.status_code == 403
    assert len(await unanswered(city)) == 1


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"action": "withdraw"}, 422),
        ({"request_id": "not-an-id"}, 422),
        ({"text": "김철수 님 010-9876-5432로 연락하세요."}, 422),
        ({"case": ["no number"]}, 303),
    ],
)
async def test_what_cannot_be_a_job(city: City, changed: dict[str, object], status: int) -> None:
    """An act that is not for many, an id that is none, an answer with somebody's number in it, no
    case at all: nothing is kept."""
    browser, numbers, csrf = await chosen(city, 1)
    form: dict[str, object] = {
        "csrf": csrf,
        "case": numbers,
        "action": "answer",
        "request_id": str(UUID(int=7)),
        "text": ANSWER,
    }
    answer = await browser.post("/staff/bulk/jobs", data=form | changed)
    assert answer.status_code == status
    assert await unanswered(city) == ()
