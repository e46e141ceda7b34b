"""The petitioner's own case, by page and by program, and what everybody may see."""

import re

import httpx
import pytest

from schema.codes import Action, CaseKind, Channel
from schema.submission import Contact, Thread
from tests.web.conftest import POTHOLE, City


async def opened(city: City, number: str) -> httpx.AsyncClient:
    """A browser that holds the key of `number`."""
    browser = city.browser()
    answer = await browser.get(f"/cases/{number}?key={city.key(number)}")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/cases/{number}"
    return browser


async def test_the_key_does_not_stay_in_the_address(city: City) -> None:
    """It moves into a cookie that only this case's pages get and no script reads."""
    number = await city.case()
    answer = await city.browser().get(f"/cases/{number}?key={city.key(number)}")
    cookie = answer.headers["set-cookie"]
    assert "key=" not in answer.headers["location"]
    assert f"Path=/cases/{number}" in cookie
    assert "HttpOnly" in cookie


async def test_a_wrong_key_and_no_such_case_look_the_same(city: City) -> None:
    """Nobody learns from an answer whether a number exists."""
    number = await city.case()
    nobody = "250101-999999-" + number[-1]
    wrong = await city.browser().get(f"/cases/{number}?key=wrong")
    none = await city.browser().get(f"/cases/{nobody}?key=wrong")
    assert wrong.status_code == none.status_code == 404
    assert wrong.text.replace(number, "") == none.text.replace(nobody, "")
    api = [
        await city.browser().get(f"/api/v1/petitions/{n}", headers={"x-minwon-key": "wrong"})
        for n in (number, nobody)
    ]
    assert api[0].status_code == api[1].status_code == 404
    assert api[0].content == api[1].content


async def test_the_page_says_who_has_it_until_when_and_why(city: City) -> None:
    """Department with telephone, deadline with its reason, the steps so far, the own words."""
    number = await city.case()
    page = (await (await opened(city, number)).get(f"/cases/{number}")).text
    assert "마포구 도로과" in page
    assert "02-0000-" in page
    assert re.search(r"답변 기한</dt>\s*<dd><strong><time datetime=", page)
    assert "민원처리법 시행령 §16" in page
    assert "010-1234-5678" in page
    assert "마포구 도로과에서 맡았습니다." in page


async def test_typed_with_spaces_and_small_letters_the_case_is_found(city: City) -> None:
    """A number as people write it down."""
    number = await city.case()
    typed = number.lower().replace("-", " ")
    answer = await city.browser().post("/cases", data={"number": typed, "key": city.key(number)})
    assert answer.headers["location"] == f"/cases/{number}"


async def test_urgent_says_119_first(city: City) -> None:
    """The first thing on the page of an urgent case is whom to call."""
    number = await city.case("도로가 꺼져 큰 구멍이 났어요", item="RD04")
    page = (await (await opened(city, number)).get(f"/cases/{number}")).text
    assert page.index('href="tel:119"') < page.index('id="progress"')


async def test_the_answer_and_what_is_internal(city: City) -> None:
    """The petitioner reads the answer and never a comment."""
    number = await city.case()
    await city.record(number, Action.COMMENT, text="업체에 전화함")
    await city.record(number, Action.ANSWER, text="내일 보수합니다. 담당 김주무")
    page = (await (await opened(city, number)).get(f"/cases/{number}")).text
    assert "내일 보수합니다. 담당 김주무" in page
    assert "업체에 전화함" not in page


async def test_rating_is_recorded_once(city: City) -> None:
    """The page says «recorded» because the event is there; the same form again adds nothing."""
    number = await city.case()
    await city.record(number, Action.ANSWER, text="보수했습니다")
    browser = await opened(city, number)
    form = {"request_id": f"rate-{number}", "grade": "2", "text": "아직 그대로예요"}
    for _ in range(2):
        answer = await browser.post(f"/cases/{number}/rate", data=form)
        assert answer.status_code == 303, answer.text
    page = (await browser.get(answer.headers["location"])).text
    assert "기록되었습니다." in page
    assert page.count("만족도를 평가하셨습니다.") == 1
    assert "아직 그대로예요" in page


async def test_a_withdrawal_waits_while_temporal_is_away(city: City) -> None:
    """It is stored and on its way; nobody is told that it is done before it is."""
    number = await city.case()
    browser = await opened(city, number)
    answer = await browser.post(f"/cases/{number}/withdraw", data={"request_id": f"w-{number}"})
    page = (await browser.get(answer.headers["location"])).text
    assert "전달 중입니다." in page
    assert "기록되었습니다." not in page


async def test_what_the_state_does_not_allow_is_refused_with_its_reason(city: City) -> None:
    """Rating before there is an answer."""
    number = await city.case()
    browser = await opened(city, number)
    answer = await browser.post(
        f"/cases/{number}/rate", data={"request_id": f"early-{number}", "grade": "5"}
    )
    assert answer.status_code == 409
    assert "만족도 평가" in answer.text
    assert "민원처리법 §26" in answer.text


async def test_a_program_follows_a_petition(city: City) -> None:
    """State, timeline, deadline, department and answer, in both languages."""
    number = await city.case()
    await city.record(number, Action.ANSWER, text="보수했습니다")
    view = (
        await city.browser().get(
            f"/api/v1/petitions/{number}", headers={"x-minwon-key": city.key(number)}
        )
    ).json()
    assert view["status"] == "ANSWERED"
    assert view["answer"] == "보수했습니다"
    assert view["department"]["code"] == "3130000.roads"
    assert view["due_at"] is not None
    assert [line["kind"] for line in view["timeline"]] == [
        "submitted",
        "received",
        "assigned",
        "answered",
    ]


async def test_a_program_rates(city: City) -> None:
    """200 with the event; fields that rating does not take are named."""
    number = await city.case()
    await city.record(number, Action.ANSWER, text="보수했습니다")
    path = f"/api/v1/petitions/{number}/actions/rate"
    headers = {"x-minwon-key": city.key(number)}
    browser = city.browser()
    body = {"request_id": f"api-{number}", "grade": 5}
    done = await browser.post(path, json=body, headers=headers)
    assert done.status_code == 200, done.text
    assert done.json()["kind"] == "rated"
    odd = await browser.post(path, json=body | {"department": "x"}, headers=headers)
    assert odd.status_code == 422
    assert "department" in odd.json()["message_en"]


@pytest.mark.parametrize("action", ["answer", "close", "start"])
async def test_a_petitioner_does_not_do_what_staff_do(city: City, action: str) -> None:
    """The key opens withdraw and rate, nothing else."""
    number = await city.case()
    answer = await city.browser().post(
        f"/api/v1/petitions/{number}/actions/{action}",
        json={"request_id": "r1"},
        headers={"x-minwon-key": city.key(number)},
    )
    assert answer.status_code == 422


async def test_everybody_reads_a_public_case_masked(city: City) -> None:
    """State, department, masked words and masked answer: no number, no name of a login."""
    number = await city.case(POTHOLE)
    await city.record(number, Action.ANSWER, text="010-9999-8888로 연락드리고 보수했습니다")
    page = (await city.browser().get(f"/public/{number}")).text
    assert "답변완료" in page
    assert "포트홀" in page
    assert "보수했습니다" in page
    for personal in ("1234-5678", "9999-8888", "홍길동", "tester"):
        assert personal not in page


async def test_some_items_are_public_without_their_words(city: City) -> None:
    """A report of an unlawful building shows its state to everybody and its words to nobody."""
    number = await city.case("옥상에 무허가 건물을 올렸습니다", item="HB01")
    await city.record(number, Action.ANSWER, text="현장을 다시 조사하겠습니다")
    page = await city.browser().get(f"/public/{number}")
    assert page.status_code == 200
    assert "무허가 건물" not in page.text
    assert "다시 조사하겠습니다" not in page.text


@pytest.mark.parametrize("item", ["WF01", "WF04", "AD04", "AD05"])
async def test_some_kinds_are_never_public(city: City, item: str) -> None:
    """Welfare, children, grievance and misconduct: not even that there is a case."""
    number = await city.case("기초생활 수급 신청이 거절되어 막막합니다", item=item)
    page = await city.browser().get(f"/public/{number}")
    assert page.status_code == 404


async def test_what_is_not_public_is_not_there(city: City) -> None:
    """A private case and no case are one page."""
    number = await city.case(public=False)
    private = await city.browser().get(f"/public/{number}")
    none = await city.browser().get("/public/250101-999999-K")
    assert private.status_code == none.status_code == 404
    assert private.text.replace(number, "") == none.text.replace("250101-999999-K", "")


async def test_a_post_is_followed_on_its_public_page(city: City) -> None:
    """Nobody holds a key of an SNS case; its state is public, its author's name is not."""
    number = await city.case(
        "버스정류장 그늘막을 만들어 주세요",
        item=None,
        channel=Channel.SNS,
        kind=CaseKind.OPINION,
        contact=Contact(handle="@citizen_kim"),
        thread=Thread(network="x", account="seoul", post_id="1"),
    )
    page = (await city.browser().get(f"/public/{number}")).text
    assert "그늘막" in page
    assert "citizen_kim" not in page
