"""What an answer is made with: drafts, templates, the check before sending, the words that go."""

import re
from html import unescape

import httpx
from sqlalchemy import select

from schema.codes import Action, Role
from schema.events import Actor
from storage.cases import events_of
from storage.drafts import drafts_of
from storage.tables import act_draft
from tests.adapters.told_city import ToldCity, told_city
from tests.web.conftest import ROADS, City
from tests.web.life import PETITIONER, asked
from tests.web.test_officer import program
from tests.web.test_people import csrf, enter

ANSWER = (
    "현장을 확인한 결과 보도블록 세 장이 깨져 있어 11월 30일까지 교체합니다. "
    "문의: 도로과 김주무 주무관 02-0000-1234"
)


async def begin(
    browser: httpx.AsyncClient, number: str, path: str, **fields: str
) -> httpx.Response:
    """Post a form of the case's page, as that page would."""
    data = csrf(browser) | {"request_id": f"r-{path}"} | fields
    return await browser.post(f"/staff/cases/{number}/{path}", data=data)


async def test_a_draft_is_sealed_its_writers_own_and_gone_when_the_act_is_done(city: City) -> None:
    """Kept as it is typed, offered back on the next visit, read by nobody else, not by the
    database; done or thrown away it is gone."""
    number = await city.case("보도 파손", item="RD02")
    login = await city.account()
    browser = await enter(city, login)
    await begin(browser, number, "drafts/extend", days="3", reason="업체를 알아보고")
    kept = await begin(browser, number, "drafts/answer", text="내일 고치겠")
    assert kept.headers["location"].endswith("#act-answer")
    page = (await browser.get(f"/staff/cases/{number}")).text
    assert "내일 고치겠</textarea>" in page
    assert "업체를 알아보고</textarea>" in page
    assert page.count("나만 볼 수 있습니다") == 2
    assert "내일 고치겠" not in (await (await city.staff()).get(f"/staff/cases/{number}")).text
    async with city.store.engine.connect() as conn:
        stored = (await conn.execute(select(act_draft.c.sealed))).scalars().all()
    assert not [one for one in stored if "내일".encode() in one]
    await begin(browser, number, "drafts/extend/drop")
    await begin(browser, number, "actions/comment", text="메모")
    await begin(browser, number, "drafts/answer", text=" ")
    async with city.store.engine.connect() as conn:
        assert await drafts_of(conn, city.store, number, login=login) == {}
    await begin(browser, number, "drafts/comment", text="고친 메모")
    await begin(browser, number, "actions/comment", text="고친 메모", request_id="once-more")
    async with city.store.engine.connect() as conn:
        assert await drafts_of(conn, city.store, number, login=login) == {}


async def test_the_preview_is_word_for_word_what_is_sent_and_does_nothing(city: City) -> None:
    """State, deadline and notice come from the record itself, which is left as it was; what the law
    does not allow is said with its article before anybody tries."""
    number = await city.case("보도 파손", item="RD02")
    login = await city.account(name="김주무")
    browser = await enter(city, login)
    async with city.store.engine.connect() as conn:
        before = await events_of(conn, number)
    shown = await begin(browser, number, "preview/answer", text=ANSWER)
    words = re.search(
        r'<blockquote class="words"><strong>(.*?)</strong>(.*?)</blockquote>', shown.text, re.S
    )
    assert words is not None
    unlawful = await begin(
        browser, number, "preview/extend", days="3", reason_code="overload", reason="바쁨"
    )
    assert "지금은 할 수 없습니다" in unlawful.text
    assert "시행령 §21" in unlawful.text
    async with city.store.engine.connect() as conn:
        assert await events_of(conn, number) == before
    _, outcome = await asked(
        city,
        number,
        Action.ANSWER,
        actor=Actor(role=Role.OFFICER, department=ROADS, account=login),
        text=ANSWER,
    )
    assert outcome.refusal is None
    told: ToldCity = await told_city(city.store)
    await told.notice(number)
    sent = (await told.replies(number))[-1].message
    assert ANSWER in unescape(words[2])
    assert unescape(words[2]).strip() in sent.body
    assert unescape(words[1]) == sent.subject


async def test_somebody_elses_data_goes_out_only_when_that_is_confirmed(city: City) -> None:
    """By page and by program; a warning never stops an answer, and the petitioner's own name is
    no secret from the petitioner."""
    number = await city.case("보도 파손", item="RD02")
    browser = await city.staff()
    about_other = f"{ANSWER} 옆집 박영수 님께 물었습니다."
    held = await begin(browser, number, "actions/comment", text="박영수 님 010-9999-8888")
    assert held.status_code == 303
    held = await begin(browser, number, "actions/answer", text=about_other)
    assert held.status_code == 422
    assert "보내지 않았습니다" in held.text
    assert "다른 사람의 개인정보(이름)로 보입니다: «박영수»" in held.text
    assert 'name="confirmed"' in held.text
    api = await program(city)
    body = {"request_id": "api-1", "text": about_other}
    refused = await api.post(f"/api/v1/cases/{number}/actions/answer", json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "personal_data")
    sent = await begin(browser, number, "actions/answer", text=about_other, confirmed="true")
    assert sent.status_code == 303
    other = await city.case("보도 파손", item="RD02")
    thin = await begin(browser, other, "actions/answer", text="홍길동 님, 적극 검토하겠습니다.")
    assert thin.status_code == 303


async def test_an_answer_begins_with_a_template_or_another_answer(city: City) -> None:
    """Filled for the case, in the form that the person may send; the check then finds what was left
    open."""
    earlier = await city.case("서교동 보도 파손", item="RD02")
    await city.record(earlier, Action.ANSWER, text=ANSWER)
    number = await city.case("서교동 보도 파손", item="RD02")
    browser = await city.staff()
    page = (await browser.get(f"/staff/cases/{number}?template=road_planned")).text
    typed = re.search(r'id="answer-text"[^>]*>(.*?)</textarea>', page, re.S)
    assert typed is not None
    assert "마포구 도로과 김주무입니다" in typed[1]
    looked = await begin(browser, number, "preview/answer", text=typed[1])
    assert "채우지 않은 자리가 있습니다: «[날짜]»" in looked.text
    like = (await browser.get(f"/staff/cases/{number}?like={earlier}")).text
    begun = like.split('id="answer-text"')[1].split("</textarea>")[0]
    assert "보도블록 세 장이 깨져 있어" in begun
    assert "0000-1234" not in begun


async def test_hard_words_are_covered_for_whoever_wants_it(city: City) -> None:
    """In the petition and in what the citizen adds; they can be read, they are in the record, and a
    person's own choice holds for that person alone."""
    number = await city.case("야 이 개 새끼들아 보도블록 고쳐라", item="RD02")
    await asked(city, number, Action.ADD, actor=PETITIONER, text="씨발 언제 고쳐")
    browser = await city.staff()
    page = (await browser.get(f"/staff/cases/{number}")).text
    shut = re.sub(r'<details class="veil.*?</details>', "", page, flags=re.S)
    for covered, plain in (("야 이 ● ●●들아", "야 이 개 새끼들아"), ("●● 언제", "씨발 언제")):
        assert covered in shut
        assert plain not in shut
        assert plain in page
    await browser.post("/staff/me/veil", data=csrf(browser))
    assert "야 이 ●" not in (await browser.get(f"/staff/cases/{number}")).text
    other = (await (await city.staff()).get(f"/staff/cases/{number}")).text
    assert "야 이 ●" in other
    again = csrf(browser) | {"veils": "true"}
    await browser.post("/staff/me/veil", data=again)
    assert "야 이 ●" in (await browser.get(f"/staff/cases/{number}")).text


async def test_every_act_says_beforehand_what_it_does_and_what_is_told(city: City) -> None:
    """No form of staff is without a line for the clock and a line for the petitioner."""
    number = await city.case("보도 파손", item="RD02")
    page = (await (await city.staff()).get(f"/staff/cases/{number}")).text
    forms = re.findall(
        r'<form method="post" action="[^"]*/actions/([a-z_]+)".*?</form>', page, re.S
    )
    said = re.findall(r'<p class="effect">(.+?) <span class="told">(.+?)</span>', page)
    assert len(said) == len([one for one in forms if one != "comment"])
    answer = page.split('id="act-answer"')[1].split("</form>")[0]
    assert "신청인에게 알림: «접수번호" in answer
    assert "답변이 도착했습니다" in answer
    start = page.split('id="act-start"')[1].split("</form>")[0]
    assert "기한은 움직이지 않습니다." in start


async def test_whoever_approves_reads_the_words_that_go_out(city: City) -> None:
    """The answer that waits, in the notice that carries it, with what there is to say of it."""
    number = await city.case("보도 파손", item="RD02")
    officer = Actor(role=Role.OFFICER, department=ROADS, account=await city.account())
    draft = f"{ANSWER} [날짜] 적극 검토하겠습니다."
    await asked(city, number, Action.SUBMIT_ANSWER, actor=officer, text=draft)
    head = await city.staff(Role.DEPARTMENT_HEAD, ROADS)
    page = (await head.get(f"/staff/cases/{number}")).text
    assert f'formaction="/staff/cases/{number}/preview/approve_answer"' in page
    shown = (await begin(head, number, "preview/approve_answer")).text
    seen = shown.split('id="act-approve_answer"')[1].split("</form>")[0]
    assert "답변이 도착했습니다" in seen
    assert "보도블록 세 장이 깨져 있어" in seen
    assert "«[날짜]»" in seen
