"""What makes the states that the pages are looked at in: each returns the address to open."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from pydantic import JsonValue
from sqlalchemy import select

from schema.codes import Action, Channel, Role
from schema.events import Actor
from schema.quarantine import QuarantineReason
from storage.bulk import keep_job, unsent
from storage.cases import events_of
from storage.exceptions import ExceptionKind, raise_exception
from storage.quarantine import list_quarantine, put_in_quarantine
from storage.sealing import new_data_key
from storage.staff_notices import keep_staff_notice
from storage.tables import staff_account, staff_session
from tests.web import life
from tests.web.conftest import ROADS, City
from tests.web.test_my import MINE

LONG = "보도블록이 여러 장 깨져 유모차가 지나가지 못합니다. " * 12


def own(city: City, number: str, rest: str = "") -> str:
    """The petitioner's way into a case, with its key."""
    return f"/cases/{number}{rest}?key={city.key(number)}"


async def filed(city: City) -> str:
    """A petition from the page that waits in the journal; its number."""
    answer = await city.browser().post(
        "/api/v1/petitions",
        json={
            "text": "가로등이 꺼졌습니다",
            "contact": {"phone": "010-1234-5678"},
            "consent": None,
        },
        headers={"idempotency-key": str(uuid4())},
    )
    found = re.search(r"\d{6}-\d{6}-[2-9A-Y]", answer.text)
    assert found is not None, answer.text
    return found[0]


async def waiting(city: City) -> str:
    """Journalled, not registered yet."""
    return own(city, await filed(city))


async def similar(city: City) -> str:
    """The form, with a public case nearby that could be the same."""
    await city.case("서교동 골목 가로등이 꺼져 어둡습니다", item="RD05")
    return "/petitions/new"


async def same_here(city: City) -> str:
    """The form of somebody who joins a public case."""
    return f"/petitions/new?same_as={await city.case('가로등이 꺼졌습니다', item='RD05')}"


async def receipt(city: City) -> str:
    """The receipt of a petition just filed."""
    return own(city, await filed(city), "/receipt")


async def assigned(city: City) -> str:
    """A case that its department has."""
    return own(city, await city.case(LONG, item="RD02"))


async def urgent(city: City) -> str:
    """A case that is dangerous."""
    return own(city, await city.case("지하철역 앞 땅이 꺼져요", item="RD04"))


async def _supplement(city: City) -> str:
    number = await city.case("보도 파손", item="RD02")
    await city.record(
        number, Action.REQUEST_SUPPLEMENT, text="건물 이름을 알려 주세요", days=7, found_later=1
    )
    return number


async def supplement(city: City) -> str:
    """The petitioner is asked for more."""
    return own(city, await _supplement(city))


async def extended(city: City) -> str:
    """Extended once: consent to a second extension is asked for."""
    number = await city.case("보도 파손", item="RD02")
    await city.record(number, Action.EXTEND, days=2, reason_code="cooperation", reason="협의")
    return own(city, number)


async def _answered(city: City) -> str:
    number = await city.case(LONG)
    await city.record(number, Action.START)
    await city.record(number, Action.COMMENT, text="업체에 전화함")
    await city.record(number, Action.ANSWER, text="내일 보수합니다.\n담당 김주무 02-2133-0000")
    return number


async def answered(city: City) -> str:
    """Answered: to be rated, asked again, objected to."""
    return own(city, await _answered(city))


async def board(city: City) -> str:
    """The board of a city in which something was answered and something is open."""
    await _answered(city)
    await city.case()
    return "/staff/board"


async def rated_low(city: City) -> str:
    """Answered and not found good: asked whether to ask again."""
    number = await _answered(city)
    await life.asked(city, number, Action.RATE, actor=life.PETITIONER, grade=2, text="왜요")
    return own(city, number)


async def late(city: City) -> str:
    """The deadline has passed."""
    return own(city, await city.case(LONG, item="RD02", at=datetime.now(UTC) - timedelta(days=30)))


async def erased(city: City) -> str:
    """What could be read of it was erased."""
    number = await city.case()
    await life.erased(city, number)
    return own(city, number)


async def withdrawing(city: City) -> str:
    """Asked before withdrawing."""
    return own(city, await city.case(), "/withdraw")


async def refused(city: City) -> str:
    """Refused, objected to: two cases that lead to each other."""
    number = await city.case("보상해 주세요", item="RD02")
    await city.record(number, Action.REFUSE, text="대상이 아닙니다", remedy="이의신청 30일")
    await life.asked(city, number, Action.OBJECT, actor=life.PETITIONER, text="다시 봐 주세요")
    return own(city, number)


async def merged(city: City) -> str:
    """Handled together with another's."""
    number, _ = await life.merged(city)
    return own(city, number)


async def withdrawn(city: City) -> str:
    """Withdrawn: nothing can be done any more."""
    number = await city.case()
    await life.asked(city, number, Action.WITHDRAW, actor=life.PETITIONER)
    return own(city, number)


async def public(city: City) -> str:
    """A case that everybody may read, answered."""
    number = await city.case(item="RD01", public=True)
    await city.record(number, Action.ANSWER, text="보수했습니다")
    return f"/public/{number}"


async def mine(city: City) -> str:
    """Petitions of one telephone: one that waits for the petitioner, one answered."""
    numbers = [await city.case("보도 파손", item="RD02", contact=MINE) for _ in range(2)]
    await city.record(numbers[0], Action.REQUEST_SUPPLEMENT, text="어디인가요", days=7)
    await city.record(numbers[1], Action.ANSWER, text="고쳤습니다")
    return "/my"


async def public_list(city: City) -> str:
    """Cases that everybody may read, with words of any length."""
    for words in (LONG, "가로등이 꺼졌습니다", "마포구 서교동 가로수 가지가 부러졌습니다"):
        await city.case(words, item="RD02", public=True)
    return "/public"


async def searched(city: City) -> str:
    """Cases that are found by a word."""
    await city.case("담장이 무너질 것 같습니다", item="RD02")
    return "/staff/search?q=%EB%8B%B4%EC%9E%A5"


async def person(city: City) -> str:
    """A person of the staff."""
    return f"/staff/people/{await city.account()}"


async def register(city: City) -> str:
    """A case stands in the register."""
    await city.case("보도 파손", item="RD02", at=datetime.now(UTC) - timedelta(days=14))
    return "/staff/register?since=2026-01-01"


async def paper(city: City) -> str:
    """A notice of extension, as it is printed."""
    number = await city.case("보도 파손", item="RD02")
    await city.record(number, Action.EXTEND, days=2, reason_code="cooperation", reason="협의")
    async with city.store.engine.connect() as conn:
        event = (await events_of(conn, number))[-1]
    return f"/staff/cases/{number}/papers/{event.seq}"


async def queue(city: City) -> str:
    """Cases of every kind of deadline: overdue, urgent, in a pause, answered."""
    await city.case(LONG, at=datetime.now(UTC) - timedelta(days=30))
    await city.case("지하철역 앞 땅이 꺼져요", item="RD04")
    await _supplement(city)
    await _answered(city)
    await extended(city)
    return "/staff?department=all"


async def several(city: City) -> str:
    """Two cases of the officer's department."""
    for _ in range(2):
        await city.case()
    return "/staff"


async def bulk_job(city: City) -> str:
    """A job of the officer's with one case done, one refused and one on its way."""
    async with city.store.engine.begin() as conn:
        login = await conn.scalar(
            select(staff_session.c.login)
            .join(staff_account, staff_account.c.login == staff_session.c.login)
            .where(staff_account.c.role == Role.OFFICER, staff_account.c.department == ROADS)
            .order_by(staff_session.c.created_at.desc())
            .limit(1)
        )
    numbers = [await city.case() for _ in range(3)]
    job, actor = uuid4(), Actor(role=Role.OFFICER, department=ROADS, account=login)
    async with city.store.engine.begin() as conn:
        await keep_job(
            conn,
            city.store,
            job=job,
            login=str(login),
            action=Action.ANSWER,
            body={"text": "확인했습니다. 이번 주에 고칩니다."},
            at=datetime.now(UTC),
            actors=dict.fromkeys(numbers, actor),
        )
    await city.record(numbers[1], Action.ANSWER, text="먼저 답변했습니다.")
    async with city.store.engine.connect() as conn:
        waiting = await unsent(conn, job)
    for command in waiting[:2]:
        await city.recorder.record(command)
    return f"/staff/bulk/{job}"


LONG_GUESS = "쓰레기가 쌓이고 가로등은 꺼졌고 도로도 파였습니다. 길에 세운 차도 있습니다."


async def first_line(city: City) -> str:
    """A petition that might be about several things."""
    await city.case(LONG_GUESS, item=None)
    return "/staff/first-line"


async def staff_case(city: City) -> str:
    """A case in the middle of its life, with words of any length, hard ones among them, notes, an
    executive's word, and an answer that was given to such a case."""
    earlier = await city.case(LONG, item="RD02")
    await city.record(earlier, Action.ANSWER, text="현장을 확인한 결과 11월 30일까지 교체합니다.")
    number = await city.case(f"{LONG} 야 이 개새끼들아", item="RD02")
    await city.record(number, Action.COMMENT, text="현장을 보고 왔습니다")
    await city.record(
        number, Action.COMMENT, role=Role.EXECUTIVE, text="통학로이니 이번 주 안에 살펴 주십시오."
    )
    return f"/staff/cases/{number}"


async def staff_supplement(city: City) -> str:
    """A case that waits for its petitioner."""
    return f"/staff/cases/{await _supplement(city)}"


async def staff_related(city: City) -> str:
    """A case into which another was merged."""
    _, root = await life.merged(city)
    return f"/staff/cases/{root}"


async def staff_answered(city: City) -> str:
    """A case that was answered."""
    return f"/staff/cases/{await _answered(city)}"


async def staff_refusal(city: City) -> str:
    """An act that the law does not allow, told with its article."""
    number = await city.case()
    request_id, outcome = await life.asked(
        city, number, Action.EXTEND, days=3, reason_code="overload", reason="바쁩니다"
    )
    assert outcome.refusal is not None
    return f"/staff/cases/{number}?act={request_id}"


async def inbox(city: City) -> str:
    """A notice to the officers of a department, and an urgent one."""
    for is_urgent in (False, True):
        number = await city.case()
        async with city.store.engine.begin() as conn:
            event = (await events_of(conn, number))[-1]
            await keep_staff_notice(
                conn, event, recipient=f"{ROADS}:officer", template="new_case", urgent=is_urgent
            )
    return "/staff/inbox"


async def exceptions(city: City) -> str:
    """A case of which nobody can be told."""
    number = await city.case()
    detail: dict[str, JsonValue] = {"timer": "legal", "tried": ["officer", "team_head"]}
    async with city.store.engine.begin() as conn:
        await raise_exception(conn, number, ExceptionKind.NOBODY_TO_TELL, detail)
    return "/staff/exceptions"


async def _quarantined(city: City) -> int:
    async with city.store.engine.begin() as conn:
        await put_in_quarantine(
            conn,
            channel=Channel.SMS_120,
            external_id=f"call-{uuid4().hex[:8]}",
            journal_id=None,
            reason=QuarantineReason.NO_TEXT,
            detail="summary: say what the caller asked",
            value=b'{"caller": "010-7777-6666"}',
            origin="intake.sms_120/0/1",
            key=await new_data_key(conn, city.store.keyring),
        )
        return (await list_quarantine(conn))[0].id


async def quarantine(city: City) -> str:
    """Records that could not be understood."""
    await _quarantined(city)
    return "/staff/quarantine"


async def quarantine_entry(city: City) -> str:
    """One such record."""
    return f"/staff/quarantine/{await _quarantined(city)}"


async def act_recorded(city: City) -> str:
    """What the petitioner did stands in the log, and the page says so."""
    number = await city.case()
    request_id, outcome = await life.asked(
        city, number, Action.CHANGE, actor=life.PETITIONER, text="위치를 고칩니다"
    )
    assert outcome.refusal is None
    return f"{own(city, number)}&act={request_id}"
