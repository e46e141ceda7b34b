"""What a petitioner does on the own page: files, a note, a rating with its reason, a withdrawal."""

import io
from uuid import uuid4

import httpx
import pytest
from PIL import Image
from sqlalchemy import func, select

from schema.codes import Action, Channel, EventKind, Role
from schema.submission import Contact, Thread
from storage.cases import events_of, find_case
from storage.tables import attachment
from tests.web.conftest import ROADS, City
from tests.web.life import PETITIONER, asked, erased, merged
from tests.web.test_case_pages import opened


def picture(colour: str = "red") -> bytes:
    """A small photograph."""
    made = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(made, "JPEG")
    return made.getvalue()


async def send(
    browser: httpx.AsyncClient, number: str, action: Action, *files: bytes, **fields: str
) -> httpx.Response:
    """Post an act with files, as a browser does."""
    parts = [
        ("photos", (f"사진 {n}.jpg", content, "image/jpeg")) for n, content in enumerate(files)
    ]
    data = {"request_id": str(uuid4()), **fields}
    return await browser.post(f"/cases/{number}/{action}", data=data, files=parts or None)


async def files_of(city: City, number: str) -> int:
    """How many files the case has."""
    async with city.store.engine.connect() as conn:
        statement = select(func.count()).where(attachment.c.case_number == number)
        return int(await conn.scalar(statement) or 0)


async def test_the_first_thing_says_where_who_and_until_when(city: City) -> None:
    """In plain words, with the officer's name and the department's telephone (영 §31), before
    anything else of the case; the public page never names the officer."""
    number = await city.case()
    login = await city.account(Role.OFFICER, ROADS, name="김담당")
    await city.record(number, Action.ASSIGN, officer=login)
    await city.record(number, Action.START)
    browser = await opened(city, number)
    first = (await browser.get(f"/cases/{number}")).text.split('id="events"')[0]
    where, who, until = (
        first.index(words)
        for words in ("담당 부서가 처리하고 있습니다.", "마포구 도로과 김담당", "답변 기한")
    )
    assert where < who < until
    assert 'href="tel:02-0000-' in first
    assert "김담당" not in (await city.browser().get(f"/public/{number}")).text
    api = await city.browser().get(
        f"/api/v1/petitions/{number}", headers={"x-minwon-key": city.key(number)}
    )
    assert api.json()["officer"] == "김담당"
    assert api.json()["next_ko"]


async def test_withdrawing_is_asked_about_first(city: City) -> None:
    """The page says what it means, does nothing by being read, and leads back."""
    number = await city.case()
    browser = await opened(city, number)
    assert f'href="/cases/{number}/withdraw"' in (await browser.get(f"/cases/{number}")).text
    page = (await browser.get(f"/cases/{number}/withdraw")).text
    assert "되돌릴 수 없습니다" in page
    assert f'action="/cases/{number}/withdraw"' in page
    async with city.store.engine.connect() as conn:
        case = await find_case(conn, number)
    assert case is not None
    assert not case.ended
    await asked(city, number, Action.WITHDRAW, actor=PETITIONER)
    again = await browser.get(f"/cases/{number}/withdraw")
    assert again.headers["location"] == f"/cases/{number}"


async def test_nobody_without_the_key_is_asked_about_withdrawing(city: City) -> None:
    """The page is the one of every wrong key."""
    number = await city.case()
    assert (await city.browser().get(f"/cases/{number}/withdraw")).status_code == 404


async def test_words_and_photos_are_added_at_any_time_and_move_no_deadline(city: City) -> None:
    """Also to a closed case; the photos are shown with the petition, the line says how many."""
    number = await city.case()
    async with city.store.engine.connect() as conn:
        before = await find_case(conn, number)
    browser = await opened(city, number)
    sent = await send(browser, number, Action.ADD, picture(), picture("blue"), text="더 커졌어요")
    assert sent.status_code == 303, sent.text
    page = (await browser.get(f"/cases/{number}")).text
    assert "더 커졌어요" in page
    assert "사진·동영상 2개" in page
    assert page.count(f'<img src="/cases/{number}/photos/') == 2
    async with city.store.engine.connect() as conn:
        after = await find_case(conn, number)
    assert before is not None
    assert after is not None
    assert (after.legal_due_at, after.state) == (before.legal_due_at, before.state)
    await asked(city, number, Action.WITHDRAW, actor=PETITIONER)
    assert (await send(browser, number, Action.ADD, picture("green"))).status_code == 303
    assert await files_of(city, number) == 3


async def test_a_form_with_files_sent_twice_is_one(city: City) -> None:
    """The same request id: one event, each file once."""
    number = await city.case()
    browser = await opened(city, number)
    request_id = str(uuid4())
    for _ in range(2):
        sent = await send(
            browser, number, Action.ADD, picture(), text="한 번", request_id=request_id
        )
        assert sent.status_code == 303
    assert await files_of(city, number) == 1
    async with city.store.engine.connect() as conn:
        kinds = [event.kind for event in await events_of(conn, number)]
    assert kinds.count(EventKind.ADDED) == 1


async def test_a_supplement_takes_files(city: City) -> None:
    """They are stored with the command at once, though Temporal is away: it waits, they do not."""
    number = await city.case("보도 파손", item="RD02")
    await city.record(
        number, Action.REQUEST_SUPPLEMENT, text="사진을 보내 주세요", days=7, found_later=1
    )
    browser = await opened(city, number)
    page = (await browser.get(f"/cases/{number}")).text
    assert 'enctype="multipart/form-data"' in page
    sent = await send(browser, number, Action.SUPPLEMENT, picture(), text="여기 있습니다")
    assert sent.status_code == 303
    assert await files_of(city, number) == 1


async def test_a_file_that_cannot_be_read_is_refused_by_name(city: City) -> None:
    """What was written stays in the form; nothing is stored."""
    number = await city.case()
    browser = await opened(city, number)
    sent = await send(browser, number, Action.ADD, b"<svg onload=x>", text="보세요")
    assert sent.status_code == 422
    assert "사진 0.jpg" in sent.text
    assert ">보세요</textarea>" in sent.text
    assert await files_of(city, number) == 0


@pytest.mark.parametrize("grade", ["1", "2"])
async def test_who_is_not_satisfied_says_why_and_may_ask_again(city: City, grade: str) -> None:
    """Without a reason the rating is not taken, and the grade stays chosen; with it, asking again
    is offered, once, with the reason filled in."""
    number = await city.case()
    await city.record(number, Action.ANSWER, text="곧 합니다")
    browser = await opened(city, number)
    bare = await send(browser, number, Action.RATE, grade=grade)
    assert bare.status_code == 422
    assert "불만족스러우셨는지" in bare.text
    assert f'value="{grade}" required checked' in bare.text
    assert (
        await send(browser, number, Action.RATE, grade=grade, text="언제인지 없어요")
    ).status_code == 303
    page = (await browser.get(f"/cases/{number}")).text
    offer = page.split("한 번 더 물어보시겠습니까?")[1].split("</form>")[0]
    assert f'action="/cases/{number}/ask_again"' in offer
    assert "언제인지 없어요</textarea>" in offer
    assert page.count(f'action="/cases/{number}/ask_again"') == 1


async def test_who_is_satisfied_needs_no_words(city: City) -> None:
    """Three grades are taken as they are, and nothing is offered."""
    number = await city.case()
    await city.record(number, Action.ANSWER, text="했습니다")
    browser = await opened(city, number)
    for grade in ("3", "4", "5"):
        assert (await send(browser, number, Action.RATE, grade=grade)).status_code == 303
    assert "한 번 더 물어보시겠습니까?" not in (await browser.get(f"/cases/{number}")).text


async def test_a_link_opens_linked_cases_only(city: City) -> None:
    """No way leads from one's own case to another's."""
    number, other = await city.case(), await city.case()
    browser = await opened(city, number)
    assert (await browser.get(f"/cases/{number}/linked/{other}")).status_code == 404
    assert (await browser.get(f"/cases/{other}")).status_code == 404


async def test_a_merged_case_leads_nowhere_else(city: City) -> None:
    """It is told of the other, and given no key to it."""
    number, root = await merged(city)
    browser = await opened(city, number)
    assert (await browser.get(f"/cases/{number}/linked/{root}")).status_code == 404
    assert "함께 처리하고 있습니다" in (await browser.get(f"/cases/{number}")).text


async def test_an_erased_case_says_so_and_takes_nothing_more(city: City) -> None:
    """The record is left, without words, photos and forms."""
    number = await city.case()
    browser = await opened(city, number)
    await erased(city, number)
    page = (await browser.get(f"/cases/{number}")).text
    assert "파기했습니다" in page
    assert 'name="request_id"' not in page
    sent = await send(browser, number, Action.ADD, text="더")
    assert sent.status_code == 409
    assert "파기된 민원" in sent.text


async def test_a_post_deleted_at_its_source_says_so(city: City) -> None:
    """Its words are gone from the page; the case goes on, and the page says who decides."""
    number = await city.case(
        channel=Channel.SNS,
        thread=Thread(network="x", post_id="1", account="@city"),
        contact=Contact(),
    )
    channel = PETITIONER.model_copy(update={"role": Role.CHANNEL})
    await asked(city, number, Action.REMOVE_AT_SOURCE, actor=channel, revision=1)
    page = (await (await opened(city, number)).get(f"/cases/{number}")).text
    assert "글이 삭제되어" in page


async def test_programs_get_the_files_of_the_own_petition(city: City) -> None:
    """By the key; another's key gets nothing."""
    number = await city.case()
    browser = await opened(city, number)
    await send(browser, number, Action.ADD, picture(), text="사진")
    key = {"x-minwon-key": city.key(number)}
    (file,) = (await city.browser().get(f"/api/v1/petitions/{number}", headers=key)).json()[
        "attachments"
    ]
    answer = await city.browser().get(file["path"], headers=key)
    assert answer.headers["content-type"] == "image/jpeg"
    other = {"x-minwon-key": city.key(await city.case())}
    assert (await city.browser().get(file["path"], headers=other)).status_code == 404
