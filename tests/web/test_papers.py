"""The papers of a case and the registers, as they are printed."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import httpx
import pytest
from sqlalchemy import delete, select, update

from schema.audit import AuditKind, Why
from schema.codes import Action, Role
from schema.events import Actor
from schema.party import FiledAs, Party, Person
from storage.audit import AuditFilter, entries
from storage.tables import cases, data_key
from tests.web.conftest import CLEANSING, FIRST_LINE, ROADS, City
from tests.web.life import asked, first_line
from tests.web.test_officer import csrf_in


async def paper(city: City, number: str, title: str, browser: httpx.AsyncClient) -> str:
    """The newest paper of that title, found as an officer finds it: by its link on the case's
    page; its text without tags."""
    page = (await browser.get(f"/staff/cases/{number}")).text
    links = re.findall(rf'href="(/staff/cases/{number}/papers/\d+)">{re.escape(title)}', page)
    assert links, f"no link to {title}"
    answer = await browser.get(links[0])
    assert answer.status_code == 200
    return plain(answer.text)


def plain(html: str) -> str:
    """What is read of a page's sheet."""
    sheet = html.split('class="sheet')[1].split("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", sheet)))


async def test_the_extension_notice_has_the_forms_words_and_who_signs(city: City) -> None:
    """별지 제5호: old and new due, the ground, the reason, the agency's head, and (영 §31) the
    officer's department, name and telephone."""
    login = await city.account(name="박정비")
    number = await city.case("보도 파손", item="RD02")
    await city.record(number, Action.ASSIGN, officer=login)
    await city.record(
        number, Action.EXTEND, days=3, reason_code="fact_finding", reason="굴착 확인이 필요합니다"
    )
    read = await paper(
        city, number, "민원 처리기간(이의신청 결정기간) 연장 통지서", await city.staff()
    )
    for words in (
        "[별지 제5호서식]",
        "홍길동 귀하",
        number,
        "3일 (1차)",
        "사실관계·현장 확인 필요",
        "굴착 확인이 필요합니다",
        "「민원 처리에 관한 법률 시행령」 제21조제3항, 같은 법 시행규칙 제6조제1항",
        "마포구청장",
        "마포구 도로과",
        "박정비",
        "02-",
    ):
        assert words in read, words
    dues = re.search(
        r"당초 처리기한 ([^ ]+ [^ ]+ [^ ]+ [^ ]+).*처리완료 예정일 ([^ ]+ [^ ]+ [^ ]+ [^ ]+)", read
    )
    assert dues is not None
    assert dues[1] != dues[2]


async def test_the_supplement_request_says_what_until_when_and_what_may_be_asked(
    city: City,
) -> None:
    """보완요구서: what is missing, the period, two extensions, the return; once and again."""
    number = await city.case("보도 파손", item="RD02")
    await city.record(number, Action.REQUEST_SUPPLEMENT, text="사진을 보내 주세요", days=7)
    read = await paper(city, number, "민원문서 보완요구서", await city.staff())
    for words in (
        "보완할 사항 사진을 보내 주세요",
        "보완기간 7일",
        "보완요구 1차",
        "두 차례까지 기간 연장을 요청",
        "제22조제1항, 같은 법 시행령 제24조",
    ):
        assert words in read, words
    assert re.search(r"보완기한 \d{4}\. \d+\. \d+\.", read)


async def test_the_transfer_notice_is_signed_by_the_agency_that_had_it(city: City) -> None:
    """이송: from whom to whom; within an agency the period runs on, and the officer is not named
    who passed it on."""
    number = await city.case("보도 파손", item="RD02")
    await city.record(number, Action.TRANSFER, department=CLEANSING, reason="내부 의견입니다")
    read = await paper(city, number, "민원문서 이송 통지서", await first_line(city))
    assert "이송한 기관·부서 마포구 도로과" in read
    assert "이송받은 기관·부서 마포구 청소행정과" in read
    assert "처음 접수한 때부터 이어서 셉니다" in read
    assert "제16조제1항, 같은 법 시행령 제13조" in read
    assert "마포구청장" in read
    assert "내부 의견입니다" not in read


async def test_a_transfer_to_another_agency_counts_anew(city: City) -> None:
    """The sending district signs; the new agency is named with its own receipt."""
    number = await city.case("보도 파손", item="RD02")
    await city.record(
        number, Action.TRANSFER, department="6110000.road-management", reason="시도입니다"
    )
    read = await paper(city, number, "민원문서 이송 통지서", await first_line(city))
    assert "이송받은 기관이 접수한 때부터 새로 셉니다" in read
    assert "서울특별시 재난안전실 도로관리과" in read
    assert "마포구청장" in read


async def test_the_reminder_goes_to_the_head_in_the_inspectors_name(city: City) -> None:
    """독촉장 (영 §28②): how long overdue, who answers for it; no petitioner's name stands on it,
    so the inspector may open it too."""
    number = await city.case("보도 파손", item="RD02", at=datetime.now(UTC) - timedelta(days=60))
    await city.account(Role.INSPECTOR, "3130000.audit", name="최심사")
    request_id, outcome = await asked(
        city,
        number,
        Action.ESCALATE,
        actor=Actor(role=Role.SYSTEM),
        timer="legal",
        term=1,
        rung="overdue-8h",
        to="inspector",
    )
    assert outcome.refusal is None, request_id
    read = await paper(
        city, number, "민원 처리 독촉장", await city.staff(Role.INSPECTOR, FIRST_LINE)
    )
    for words in (
        "[별지 제7호서식]",
        "마포구 도로과의 장",
        "지난 시간",
        "민원심사관 최심사 (서명 또는 인)",
        "같은 법 시행령 제28조제2항, 같은 법 시행규칙 제10조",
    ):
        assert words in read, words
    assert "홍길동" not in read


async def test_a_rung_of_another_limit_is_no_reminder(city: City) -> None:
    """영 §28② speaks of the period of processing alone: not of the target, nor of a lower rung."""
    number = await city.case("보도 파손", item="RD02", at=datetime.now(UTC) - timedelta(days=60))
    for timer, rung, to in (("target", "overdue-8h", "inspector"), ("legal", "near", "officer")):
        _, outcome = await asked(
            city,
            number,
            Action.ESCALATE,
            actor=Actor(role=Role.SYSTEM),
            timer=timer,
            term=1,
            rung=rung,
            to=to,
        )
        assert outcome.refusal is None, outcome.refusal
    page = (await (await first_line(city)).get(f"/staff/cases/{number}")).text
    assert "독촉장" not in page


async def test_the_result_letter_carries_the_answer(city: City) -> None:
    """처리결과 통지: the answer word for word, nothing about remedies where nothing was refused."""
    number = await city.case("보도 파손", item="RD02")
    await city.record(number, Action.ANSWER, text="다음 주에 <고칩니다>.\n감사합니다.")
    read = await paper(city, number, "민원 처리결과 통지서", await city.staff())
    assert "처리내용 다음 주에 <고칩니다>. 감사합니다." in read
    assert "처리결과 처리 완료 (답변)" in read
    assert "구제절차" not in read
    assert "제27조, 같은 법 시행령 제29조제1항" in read


async def test_a_refusal_says_why_and_how_to_contest_it(city: City) -> None:
    """법 §27③: reasons and remedies, the officer's and those that the law gives anyway."""
    number = await city.case("보도 파손", item="RD02")
    await city.record(number, Action.REFUSE, text="사유지입니다", remedy="구청 민원실에 내세요")
    read = await paper(city, number, "민원 처리결과 통지서", await city.staff())
    for words in (
        "처리내용과 거부 이유 사유지입니다",
        "구청 민원실에 내세요",
        "30일 이내",
        "「행정기본법」 제36조제1항",
        "「행정심판법」 제27조",
        "「행정소송법」 제20조",
    ):
        assert words in read, words


async def test_what_is_not_processed_names_the_ground_of_the_act(city: City) -> None:
    """법 §21: the ground in its words, and the reason."""
    number = await city.case("보도 파손", item="RD02")
    await city.record(
        number, Action.DECLINE, decline_ground="private_matter", reason="이웃 사이의 다툼입니다"
    )
    read = await paper(city, number, "민원 처리 예외 통지서", await city.staff())
    assert "8호 사인 간 권리관계·사생활" in read
    assert "이웃 사이의 다툼입니다" in read
    assert "「민원 처리에 관한 법률」 제21조" in read


async def test_the_decision_on_an_objection_says_how_to_go_on(city: City) -> None:
    """영 §40②, 행정기본법 §36④: ninety days from the decision; no second objection."""
    number = await city.case("보도 파손", item="RD02")
    await city.record(number, Action.REFUSE, text="사유지입니다", remedy="이의신청")
    _, outcome = await asked(
        city, number, Action.OBJECT, actor=Actor(role=Role.CITIZEN), text="다시 봐 주세요"
    )
    assert outcome.refusal is None
    async with city.store.engine.connect() as conn:
        other = await conn.scalar(select(cases.c.number).where(cases.c.linked_to == number))
    await city.activities.take_in(str(other))
    await city.record(str(other), Action.REFUSE, text="기각합니다", remedy="-")
    desk = await first_line(city)
    read = await paper(city, str(other), "이의신청 결정 통지서", desk)
    assert "「행정기본법」 제36조제4항" in read
    assert "이의신청: 이 처분" not in read
    today = datetime.now(UTC).date()
    period = f"since={today - timedelta(days=30)}&until={today + timedelta(days=30)}"
    part = f"/staff/register?which=objections&department=all&{period}"
    register = plain((await desk.get(part)).text)
    assert "[별지 제12호서식]" in register
    assert str(other) in register
    assert number in register
    assert "거부" in register


async def test_whoever_reported_the_same_matter_gets_a_letter_too(city: City) -> None:
    """Under the own number, with the answer to the common case."""
    root = await city.case("가로등이 꺼졌습니다", item="RD05")
    number = await city.case("가로등 고장 신고", item="RD05")
    await city.record(number, Action.MERGE, into=root, reason="같은 가로등")
    await city.record(root, Action.ANSWER, text="고쳤습니다.")
    read = await paper(city, number, "민원 처리결과 통지서", await first_line(city))
    assert number in read
    assert "고쳤습니다." in read


async def test_a_proxy_and_a_representative_are_addressed_as_such(city: City) -> None:
    """To the one for whom it was filed, by the one who filed it."""
    number = await city.case(
        item="RD02",
        party=Party(filed_as=FiledAs.PROXY, principal=Person(name="성춘향")),
    )
    await city.record(number, Action.ANSWER, text="고쳤습니다")
    read = await paper(city, number, "민원 처리결과 통지서", await city.staff())
    assert "성춘향 (대리인 홍길동) 귀하" in read


@pytest.mark.parametrize(
    ("role", "department", "status"),
    [
        (Role.OFFICER, CLEANSING, 403),
        (Role.AUDITOR, FIRST_LINE, 403),
        (Role.DEPARTMENT_HEAD, ROADS, 200),
    ],
)
async def test_a_paper_is_opened_by_those_whose_work_needs_the_name(
    city: City, role: Role, department: str, status: int
) -> None:
    """Another department's officer and who only looks on are refused."""
    number = await city.case("보도 파손", item="RD02")
    await city.record(number, Action.ANSWER, text="고쳤습니다")
    seq = await newest(city, number)
    answer = await (await city.staff(role, department)).get(f"/staff/cases/{number}/papers/{seq}")
    assert answer.status_code == status


async def test_who_opens_a_paper_stands_in_the_audit_log(city: City) -> None:
    """Before it is shown: a letter names the petitioner."""
    number = await city.case("보도 파손", item="RD02")
    await city.record(number, Action.ANSWER, text="고쳤습니다")
    await paper(city, number, "민원 처리결과 통지서", await city.staff())
    seq = await newest(city, number)
    async with city.store.engine.connect() as conn:
        noted = await entries(conn, AuditFilter(case=number, kind=AuditKind.PAPER_PRINTED))
    assert [one.detail for one in noted] == [{"paper": "result", "event": seq}]
    assert noted[0].doer.role is Role.OFFICER


async def newest(city: City, number: str) -> int:
    """The number of the case's last event."""
    async with city.store.engine.connect() as conn:
        return int(await conn.scalar(select(cases.c.seq).where(cases.c.number == number)) or 0)


async def test_an_event_without_a_paper_has_none(city: City) -> None:
    """404, not an empty sheet."""
    number = await city.case("보도 파손", item="RD02")
    browser = await city.staff()
    for seq in (1, 999):
        assert (await browser.get(f"/staff/cases/{number}/papers/{seq}")).status_code == 404


async def test_papers_of_an_erased_case_say_so(city: City) -> None:
    """410 with a sentence: the key is gone, and with it the name and the texts."""
    number = await city.case("보도 파손", item="RD02")
    await city.record(number, Action.ANSWER, text="고쳤습니다")
    seq = await newest(city, number)
    async with city.store.engine.begin() as conn:
        key = await conn.scalar(select(cases.c.data_key_id).where(cases.c.number == number))
        await conn.execute(delete(data_key).where(data_key.c.id == key))
    answer = await (await city.staff()).get(f"/staff/cases/{number}/papers/{seq}")
    assert answer.status_code == 410
    assert "개인정보를 지운 민원" in answer.text


async def test_every_paper_is_there_in_english_too(city: City) -> None:
    """The same sheet with English labels, for an officer who reads English."""
    number = await city.case("보도 파손", item="RD02")
    await city.record(number, Action.REFUSE, text="사유지입니다", remedy="-")
    seq = await newest(city, number)
    browser = await city.staff()
    read = plain((await browser.get(f"/staff/cases/{number}/papers/{seq}?lang=en")).text)
    assert "Notice of the result" in read
    assert "Mayor of Mapo-gu" in read
    assert "until" in read


async def test_the_register_lists_in_the_order_of_receipt_and_keeps_what_left(city: City) -> None:
    """별지 제1호: what the department received in the period, with the result and where it went."""
    days = [datetime(2026, 9, day, 2, tzinfo=UTC) for day in (9, 2, 3)]
    late, early, gone = [await city.case("보도 파손", item="RD02", at=at) for at in days]
    await city.record(early, Action.ANSWER, text="고쳤습니다")
    await city.record(gone, Action.TRANSFER, department=CLEANSING, reason="청소 소관")
    browser = await city.staff()
    page = (await browser.get("/staff/register?since=2026-09-01&until=2026-09-30")).text
    read = plain(page)
    assert "[별지 제1호서식]" in read
    assert [read.index(number) for number in (early, gone, late)] == sorted(
        read.index(number) for number in (early, gone, late)
    )
    rows = {number: read.split(number)[1] for number in (early, gone, late)}
    assert "처리 완료 (답변)" in rows[early].split(gone)[0]
    assert "이송: 마포구 청소행정과" in rows[gone].split(late)[0]
    assert "처리 중" in rows[late]
    assert "홍길동" not in read
    nothing = plain((await browser.get("/staff/register?since=2026-08-01&until=2026-08-31")).text)
    assert "이 기간에 접수한 민원이 없습니다." in nothing


async def test_the_register_leaves_out_what_is_no_petition_yet(city: City) -> None:
    """An SNS opinion until it is converted, and the synthetic case never."""
    at = datetime(2026, 9, 2, 2, tzinfo=UTC)
    number = await city.case("보도 파손", item="RD02", at=at)
    async with city.store.engine.begin() as conn:
        await conn.execute(update(cases).where(cases.c.number == number).values(synthetic=True))
    read = plain((await (await city.staff()).get("/staff/register?since=2026-09-01")).text)
    assert number not in read


async def test_names_in_the_register_take_a_click(city: City) -> None:
    """Hidden until asked for by somebody whose work needs them; a foreign form is refused."""
    number = await city.case("보도 파손", item="RD02", at=datetime(2026, 9, 2, 2, tzinfo=UTC))
    browser = await city.staff()
    part = "/staff/register?since=2026-09-01&until=2026-09-30"
    page = (await browser.get(part)).text
    csrf = csrf_in(page)
    asked_why = await browser.post(part, data={"csrf": csrf})
    assert asked_why.status_code == 422
    assert "홍길동" not in asked_why.text
    opened = plain((await browser.post(part, data={"csrf": csrf, "why": "inspection"})).text)
    assert "홍길동" in opened.split(number)[1]
    async with city.store.engine.connect() as conn:
        noted = await entries(conn, AuditFilter(case=number, kind=AuditKind.PAPER_PRINTED))
    assert [(one.why, one.detail) for one in noted] == [(Why.INSPECTION, {"paper": "register"})]
    assert (await browser.post(part, data={"csrf": "0"})).status_code == 403
    auditor = await city.staff(Role.AUDITOR, FIRST_LINE)
    assert "민원인 이름 보기" not in (await auditor.get(f"{part}&department=all")).text


async def test_another_departments_register_is_refused(city: City) -> None:
    """403 for its own officers only; those above choose any, or all."""
    browser = await city.staff(department=CLEANSING)
    assert (await browser.get(f"/staff/register?department={ROADS}")).status_code == 403
    assert (await browser.get("/staff/register?department=all")).status_code == 403
    assert (await browser.get("/staff/register?since=2026-13-01")).status_code == 404
    desk = await first_line(city)
    for department in (ROADS, "all"):
        answer = await desk.get(f"/staff/register?department={department}")
        assert answer.status_code == 200


async def test_a_long_register_is_read_page_by_page(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is left out between pages, nothing stands twice."""
    monkeypatch.setattr("web.officer.register_pages.PAGE_LENGTH", 2)
    at = datetime(2026, 9, 2, 2, tzinfo=UTC)
    numbers = [await city.case("보도 파손", item="RD02", at=at) for _ in range(5)]
    browser = await city.staff()
    address: str | None = "/staff/register?since=2026-09-01&until=2026-09-30"
    seen: list[str] = []
    while address is not None:
        page = (await browser.get(address)).text
        seen += re.findall(r'class="number" href="/staff/cases/([^"]+)"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = unescape(following[1]) if following else None
    assert seen == sorted(numbers)
