"""The officer's pages and API: the queue, the case, every act."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from rules.transitions import allowed_actions
from schema.codes import Action, Channel, Role, State
from schema.quarantine import QuarantineReason
from storage.cases import events_of
from storage.quarantine import list_quarantine, put_in_quarantine
from storage.sealing import new_data_key
from storage.staff_notices import keep_staff_notice
from tests.web.conftest import CLEANSING, FIRST_LINE, ROADS, City
from tests.web.test_accounts import basic

SINKHOLES = "6110000.underground-safety"


def csrf_in(html: str) -> str:
    """The word that the session's forms carry."""
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', html)
    assert found is not None
    return found[1]


async def program(
    city: City, role: Role = Role.OFFICER, department: str = ROADS
) -> httpx.AsyncClient:
    """A program with the password of a new account."""
    browser = city.browser()
    browser.headers.update(basic(await city.account(role, department)))
    return browser


async def test_the_queue_is_ordered_by_deadline(city: City) -> None:
    """The nearest deadline first, page after page without a gap or a repetition."""
    now = datetime.now(UTC)
    numbers = [
        await city.case("신호등 고장 아님, 보도 파손", item="RD02", at=now - timedelta(hours=hours))
        for hours in (3, 30, 12)
    ]
    reader = await program(city)
    seen: list[dict[str, str]] = []
    cursor = None
    while True:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await reader.get("/api/v1/cases", params=query)).json()
        seen += page["cases"]
        cursor = page["next"]
        if cursor is None:
            break
    found = [case["number"] for case in seen]
    assert len(found) == len(set(found))
    assert [number for number in found if number in numbers] == [numbers[1], numbers[2], numbers[0]]
    dues = [
        case["legal_due_at"] or case["target_due_at"]
        for case in seen
        if case["state"] != "ANSWERED"
    ]
    assert dues == sorted(dues)


async def test_the_queue_page_says_how_long_there_is(city: City) -> None:
    """Overdue and urgent are words, not only colours."""
    overdue = await city.case(at=datetime.now(UTC) - timedelta(days=30))
    urgent = await city.case("지하철역 앞 땅이 꺼져요", item="RD04")
    page = (await (await city.staff(Role.FIRST_LINE, FIRST_LINE)).get("/staff?department=all")).text
    row = page.split(f'id="row-{overdue}"')[1].split("</tr>")[0]
    assert "지남" in row
    assert "긴급" in page.split(f">{urgent}<")[1].split("</tr>")[0]


async def test_an_officer_sees_the_own_departments_cases_only(city: City) -> None:
    """Queue, page, photos, API: another department's case is refused on each."""
    number = await city.case()
    page, api = await city.staff(department=CLEANSING), await program(city, department=CLEANSING)
    assert number not in (await page.get("/staff")).text
    assert (await page.get("/staff?department=all")).status_code == 403
    assert (await page.get(f"/staff/cases/{number}")).status_code == 403
    assert (await api.get("/api/v1/cases?department=all")).status_code == 403
    refused = await api.get(f"/api/v1/cases/{number}")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_your_department")


async def test_who_had_a_case_may_still_read_it(city: City) -> None:
    """After a transfer the first department can follow what it began, and no longer act."""
    number = await city.case()
    await city.record(number, Action.TRANSFER, department=CLEANSING, reason="청소 소관")
    page = (await (await city.staff()).get(f"/staff/cases/{number}")).text
    assert "청소 소관" in page
    assert "actions/answer" not in page


@pytest.mark.parametrize("role", [Role.OFFICER, Role.FIRST_LINE])
async def test_the_page_offers_exactly_what_the_table_allows(city: City, role: Role) -> None:
    """No button that is refused, none that is missing; page and program agree."""
    number = await city.case()
    department = ROADS if role is Role.OFFICER else FIRST_LINE
    page = (await (await city.staff(role, department)).get(f"/staff/cases/{number}")).text
    offered = set(re.findall(r"/actions/([a-z_]+)\"", page))
    ruled_out = {
        Action.SEND_TO_AUDIT,  # only for a grievance
        Action.START_INVESTIGATION,
        Action.EXTEND_INVESTIGATION,  # nothing that goes on could be ended or extended
        Action.END_INVESTIGATION,
        Action.CONVERT,  # a petition already
        Action.CONSULT,  # only for a proposal
        Action.END_CONSULTATION,
        Action.END_EXCLUSION,
        Action.COOPERATE,  # nobody was asked
        Action.APPROVE_ANSWER,  # no draft
        Action.RETURN_ANSWER,
        Action.ANSWER_DEMAND,
        Action.CONFIRM_PLATE,  # only where a fine may follow
        Action.UNHIDE,  # nothing is hidden
        Action.KEEP_HIDDEN,
    }
    allowed = {row.action for row in allowed_actions(State.ASSIGNED, role)}
    assert offered == allowed - ruled_out
    api = await program(city, role, department)
    assert set((await api.get(f"/api/v1/cases/{number}")).json()["allowed_actions"]) == offered


async def test_the_page_says_why_the_case_is_here(city: City) -> None:
    """Item, place and owner each with the reason in words, and both clocks."""
    number = await city.case()
    page = (await (await city.staff()).get(f"/staff/cases/{number}")).text
    for words in ("분류 이유", "장소 판단", "배정 이유", "법정 처리기한", "서비스 목표"):
        assert words in page


async def test_the_petitioner_stands_behind_a_click(city: City) -> None:
    """Name and number are not on the page until somebody asks, and asking takes a post."""
    number = await city.case("가로등이 꺼졌어요", item="RD05")
    browser = await city.staff()
    page = (await browser.get(f"/staff/cases/{number}")).text
    assert "홍길동" not in page
    opened = await browser.post(
        f"/staff/cases/{number}/petitioner", data={"csrf": csrf_in(page), "why": "call_back"}
    )
    assert "홍길동" in opened.text
    assert "010-1234-5678" in opened.text


async def test_those_who_only_watch_do_not_open_the_petitioner(city: City) -> None:
    """An auditor reads the case, not whom it is about."""
    number = await city.case()
    browser = await city.staff(Role.AUDITOR, FIRST_LINE)
    page = (await browser.get(f"/staff/cases/{number}")).text
    answer = await browser.post(
        f"/staff/cases/{number}/petitioner", data={"csrf": csrf_in(page), "why": "call_back"}
    )
    assert answer.status_code == 403


async def test_a_form_without_the_sessions_word_does_nothing(city: City) -> None:
    """Even a post from the same origin needs the word of this session's page."""
    number = await city.case()
    browser = await city.staff()
    form = {"request_id": "c1", "text": "메모", "csrf": "0" * 64}
    answer = await browser.post(f"/staff/cases/{number}/actions/comment", data=form)
    assert answer.status_code == 403
    async with city.store.engine.connect() as conn:
        assert "commented" not in {event.kind for event in await events_of(conn, number)}


async def test_a_comment_is_recorded_and_shown(city: City) -> None:
    """From the form to the log and back to the page, once however often it is sent."""
    number = await city.case()
    browser = await city.staff()
    csrf = csrf_in((await browser.get(f"/staff/cases/{number}")).text)
    form = {"request_id": f"c-{number}", "text": "현장 확인함", "csrf": csrf}
    for _ in range(2):
        answer = await browser.post(f"/staff/cases/{number}/actions/comment", data=form)
    page = (await browser.get(answer.headers["location"])).text
    assert "기록되었습니다." in page
    assert page.count("현장 확인함") == 1


async def test_a_refusal_keeps_what_was_typed(city: City) -> None:
    """The reason is shown, and the words are still in the form, ready to be sent again."""
    number = await city.case()
    browser = await city.staff()
    csrf = csrf_in((await browser.get(f"/staff/cases/{number}")).text)
    form = {"request_id": f"k-{number}", "text": "먼저 쓴 메모", "csrf": csrf}
    await browser.post(f"/staff/cases/{number}/actions/comment", data=form)
    answer = await browser.post(
        f"/staff/cases/{number}/actions/comment", data=form | {"text": "뒤에 고친 메모"}
    )
    assert answer.status_code == 409
    assert "처리할 수 없습니다." in answer.text
    assert "뒤에 고친 메모</textarea>" in answer.text
    assert f"k-{number}" not in answer.text


async def test_a_blank_comment_is_refused_in_words(city: City) -> None:
    """What is missing is named."""
    number = await city.case()
    browser = await city.staff()
    csrf = csrf_in((await browser.get(f"/staff/cases/{number}")).text)
    form = {"request_id": f"b-{number}", "text": "  ", "csrf": csrf}
    answer = await browser.post(f"/staff/cases/{number}/actions/comment", data=form)
    assert answer.status_code == 409
    assert "다음 항목을 입력해 주세요: 내용" in answer.text


async def test_an_act_waits_while_temporal_is_away(city: City) -> None:
    """202 with the request id: stored, on its way, and never said to be recorded."""
    number = await city.case()
    answer = await (await program(city)).post(
        f"/api/v1/cases/{number}/actions/start", json={"request_id": f"s-{number}"}
    )
    assert answer.status_code == 202
    assert answer.json() == {"request_id": f"s-{number}", "status": "on_its_way"}


async def test_a_program_acts_and_reads(city: City) -> None:
    """200 with the event, then the case with its log, texts and what may be done next."""
    number, officer = await city.case(), await program(city)
    body = {"request_id": f"c-{number}", "text": "현장 확인"}
    done = await officer.post(f"/api/v1/cases/{number}/actions/comment", json=body)
    assert done.status_code == 200
    assert done.json()["kind"] == "commented"
    view = (await officer.get(f"/api/v1/cases/{number}")).json()
    assert view["events"][-1]["id"] == done.json()["id"]
    assert "현장 확인" in [text["text"] for text in view["texts"]]
    assert "answer" in view["allowed_actions"]
    other = await officer.post(
        f"/api/v1/cases/{number}/actions/comment", json=body | {"text": "다른 메모"}
    )
    assert (other.status_code, other.json()["code"]) == (409, "request_id_taken")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("comment", {"request_id": "r", "text": "t", "grade": 3}, 422),
        ("comment", {"request_id": "r", "text": "t", "colour": "red"}, 422),
        ("comment", {"text": "t"}, 422),
        ("fly", {"request_id": "r"}, 422),
        ("comment", {"request_id": "r-blank", "text": "   "}, 409),
    ],
)
async def test_a_wrong_act_is_named(
    city: City, path: str, body: dict[str, str | int], status: int
) -> None:
    """Nothing unknown slips into a command, and the answer says what was wrong."""
    number = await city.case()
    answer = await (await program(city)).post(f"/api/v1/cases/{number}/actions/{path}", json=body)
    assert answer.status_code == status
    assert answer.json()["code"]
    assert answer.json()["message_ko"]


async def test_no_account_and_no_case_are_told(city: City) -> None:
    """401 without an account, 404 without a case."""
    assert (await city.browser().get("/api/v1/cases")).status_code == 401
    missing = await (await program(city)).get("/api/v1/cases/250101-999999-K")
    assert (missing.status_code, missing.json()["code"]) == (404, "unknown_case")
    odd = await (await program(city)).get("/api/v1/cases?cursor=zzz")
    assert odd.status_code == 422


async def test_an_officer_enters_a_visit(city: City) -> None:
    """The same form, with how it came in; number and key are shown to be handed over."""
    browser = await city.staff()
    csrf = csrf_in((await browser.get("/staff/petitions/new")).text)
    form = {"csrf": csrf, "text": "민원실에 오셔서 말씀하심: 보도가 깨짐", "request_id": "visit-1"}
    missing = await browser.post("/staff/petitions/new", data=form)
    assert missing.status_code == 422
    assert "어떻게 받았는지" in missing.text
    done = await browser.post("/staff/petitions/new", data=form | {"received_via": "visit"})
    assert done.status_code == 201, done.text
    number = re.search(r"\d{6}-\d{6}-[2-9A-Y]", done.text)
    assert number is not None
    assert city.key(number[0]) in done.text


async def test_the_inbox_is_the_desks(city: City) -> None:
    """A notice to the officers of a department is read by them, and by nobody else."""
    number = await city.case()
    async with city.store.engine.begin() as conn:
        event = (await events_of(conn, number))[-1]
        await keep_staff_notice(
            conn, event, recipient=f"{ROADS}:officer", template="new_case", urgent=False
        )
    browser = await city.staff()
    page = (await browser.get("/staff/inbox")).text
    assert f"새 민원 {number}" in page
    assert number not in (await (await city.staff(department=CLEANSING)).get("/staff/inbox")).text
    newest = re.search(r'name="up_to" value="(\d+)"', page)
    assert newest is not None
    form = {"csrf": csrf_in(page), "up_to": newest[1]}
    await browser.post("/staff/inbox", data=form)
    assert number not in (await browser.get("/staff/inbox")).text
    assert number in (await browser.get("/staff/inbox?all=1")).text


async def test_the_quarantine_hides_what_it_holds(city: City) -> None:
    """The reason is listed; the record itself takes a click, and a role that may."""
    async with city.store.engine.begin() as conn:
        await put_in_quarantine(
            conn,
            channel=Channel.SMS_120,
            external_id="call-1",
            journal_id=None,
            reason=QuarantineReason.NO_TEXT,
            detail="summary: say what the caller asked",
            value=b'{"caller": "010-7777-6666"}',
            origin="intake.sms_120/0/1",
            key=await new_data_key(conn, city.store.keyring),
        )
        entry = (await list_quarantine(conn))[0]
    browser = await city.staff(Role.FIRST_LINE, FIRST_LINE)
    listed = (await browser.get("/staff/quarantine")).text
    assert "say what the caller asked" in listed
    page = (await browser.get(f"/staff/quarantine/{entry.id}")).text
    assert "7777" not in page
    opened = await browser.post(
        f"/staff/quarantine/{entry.id}", data={"csrf": csrf_in(page), "why": "repair"}
    )
    assert "010-7777-6666" in opened.text
    assert (await (await city.staff()).get("/staff/quarantine")).status_code == 403


async def test_signing_out_ends_the_session(city: City) -> None:
    """The cookie that was there opens nothing any more."""
    browser = await city.staff()
    token = browser.cookies["minwon_session"]
    csrf = csrf_in((await browser.get("/staff")).text)
    await browser.post("/staff/sign-out", data={"csrf": csrf})
    stranger = city.browser()
    stranger.cookies.set("minwon_session", token)
    assert (await stranger.get("/staff")).headers["location"].startswith("/staff/sign-in")


@pytest.mark.parametrize(
    "path",
    [
        "/cases/%00?key=a",
        "/public/%00",
        "/staff/cases/%00",
        "/staff/cases/250101-000001-A/photos/%00",
        "/staff?department=%00",
        "/staff?after=%00",
        "/api/v1/cases/%00",
        "/api/v1/petitions/%00",
    ],
)
async def test_odd_addresses_are_not_found_and_never_a_fault(city: City, path: str) -> None:
    """A NUL, which no text column takes, is refused before the database sees it."""
    answer = await (await city.staff(Role.FIRST_LINE, FIRST_LINE)).get(path)
    assert 400 <= answer.status_code < 500


async def test_invisible_characters_are_taken_out_of_an_act(city: City) -> None:
    """A comment pasted with a NUL in it is kept without it."""
    number, officer = await city.case(), await program(city)
    body = {"request_id": f"nul-{number}", "text": "현장\u0000 확인"}
    done = await officer.post(f"/api/v1/cases/{number}/actions/comment", json=body)
    assert done.status_code == 200, done.text
    texts = (await officer.get(f"/api/v1/cases/{number}")).json()["texts"]
    assert "현장 확인" in [text["text"] for text in texts]
