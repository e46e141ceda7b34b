"""One's own page, the administrator's page for people, deputies at work, sessions, the log."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from schema.audit import AuditEntry, AuditKind, Doer
from schema.codes import Action, EventKind, Role
from storage.audit import AuditFilter, entries, note_reading
from storage.cases import events_of
from storage.duties import set_absence
from storage.inbox import inbox
from storage.sessions import IDLE_LASTS, SESSION_LASTS
from storage.staff_notices import keep_staff_notice
from tests.web.conftest import CLEANSING, FIRST_LINE, PASSWORD, ROADS, City
from web.passwords import FAILURES_ALLOWED, FAILURES_FROM_ADDRESS
from web.sign_in import SESSION_COOKIE, csrf_of

LATER = timedelta(hours=4)


async def enter(city: City, login: str, password: str = PASSWORD) -> httpx.AsyncClient:
    """A browser in which `login` has signed in."""
    browser = city.browser()
    answer = await browser.post("/staff/sign-in", data={"login": login, "password": password})
    assert answer.status_code == 303, answer.text
    return browser


def csrf(browser: httpx.AsyncClient) -> dict[str, str]:
    return {"csrf": csrf_of(browser.cookies[SESSION_COOKIE])}


async def logged(city: City, **chosen: object) -> list[AuditEntry]:
    async with city.store.engine.connect() as conn:
        return list(await entries(conn, AuditFilter(**chosen)))


async def stand_in(city: City, absent: str, deputy: str) -> int:
    now = datetime.now(UTC)
    async with city.store.engine.begin() as conn:
        return await set_absence(
            conn,
            absent,
            deputy=deputy,
            starts_at=now - LATER,
            ends_at=now + LATER,
            set_by=absent,
        )


def move_clock(city: City, by: timedelta) -> None:
    """Have the pages believe that it is so much later."""
    city.app.state.site = replace(city.app.state.site, now=lambda: datetime.now(UTC) + by)


def field(moment: datetime) -> str:
    """What a browser sends for an instant, in Seoul's time."""
    return (moment + timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M")


async def test_a_deputy_reads_and_acts_for_the_absent_officer(city: City) -> None:
    """Case, notices and acts; event, timeline and log say «대리»; with the absence it ends."""
    number = await city.case()
    absent = await city.account(Role.OFFICER, ROADS)
    deputy = await city.account(Role.OFFICER, CLEANSING, name="이대리")
    browser = await enter(city, deputy)
    assert (await browser.get(f"/staff/cases/{number}")).status_code == 403
    await stand_in(city, absent, deputy)
    page = await browser.get(f"/staff/cases/{number}")
    assert page.status_code == 200
    assert number in (await browser.get("/staff")).text
    act = csrf(browser) | {"request_id": "a", "text": "현장에 다녀왔습니다."}
    done = await browser.post(f"/staff/cases/{number}/actions/comment", data=act)
    assert done.status_code == 303
    async with city.store.engine.connect() as conn:
        event = (await events_of(conn, number))[-1]
    assert (event.kind, event.actor.account) == (EventKind.COMMENTED, deputy)
    assert (event.actor.department, event.actor.instead_of) == (ROADS, absent)
    assert f"{deputy} ({absent} 대리)" in (await browser.get(f"/staff/cases/{number}")).text
    (acted,) = await logged(city, kind=AuditKind.ACTED_AS_DEPUTY)
    assert (acted.doer.account, acted.doer.instead_of) == (deputy, absent)
    read = await logged(city, kind=AuditKind.CASE_READ, person=deputy)
    assert {one.doer.instead_of for one in read} == {absent}
    message = event.to_cloud_event().to_bytes().decode()
    assert absent not in message
    move_clock(city, LATER + timedelta(minutes=1))
    assert (await browser.get(f"/staff/cases/{number}")).status_code in (303, 403)


async def test_the_absent_officers_notices_are_the_deputys_too(city: City) -> None:
    """They stay the officer's, and the deputy's inbox shows them as its own."""
    number = await city.case()
    absent, deputy = await city.account(), await city.account(Role.OFFICER, CLEANSING)
    async with city.store.engine.begin() as conn:
        event = (await events_of(conn, number))[-1]
        await keep_staff_notice(
            conn, event, recipient=f"{ROADS}:officer", template="new_case", urgent=False
        )
        assert len(await inbox(conn, [f"{ROADS}:officer"])) == 1
    browser = await enter(city, deputy)
    assert number not in (await browser.get("/staff/inbox")).text
    await stand_in(city, absent, deputy)
    assert number in (await browser.get("/staff/inbox")).text


async def test_the_own_duty_acts_before_the_deputys(city: City) -> None:
    """Who may act anyway does not act for somebody else."""
    number = await city.case()
    kim, lee = await city.account(), await city.account()
    await stand_in(city, kim, lee)
    browser = await enter(city, lee)
    act = csrf(browser) | {"request_id": "a", "text": "확인"}
    await browser.post(f"/staff/cases/{number}/actions/comment", data=act)
    async with city.store.engine.connect() as conn:
        assert (await events_of(conn, number))[-1].actor.instead_of is None


async def test_an_absence_is_entered_and_ended_on_ones_own_page(city: City) -> None:
    """With a deputy; what cannot be is said, and what was typed stays."""
    me, deputy = await city.account(), await city.account(name="이대리")
    browser, now = await enter(city, me), datetime.now(UTC)
    wrong = csrf(browser) | {"starts": field(now), "ends": field(now + LATER), "deputy": "no-one"}
    refused = await browser.post("/staff/me/absences", data=wrong)
    assert refused.status_code == 422
    assert "그런 아이디의 직원이 없습니다" in refused.text
    assert 'value="no-one"' in refused.text
    right = await browser.post("/staff/me/absences", data=wrong | {"deputy": deputy})
    assert right.headers["location"] == "/staff/me?done=absence"
    page = (await browser.get("/staff/me")).text
    assert "이대리" in page
    end = re.search(r"/staff/me/absences/\d+/end", page)
    assert end is not None
    other = await enter(city, deputy)
    assert "대리: " in (await other.get("/staff/me")).text
    assert (await other.post(end[0], data=csrf(other))).status_code == 404
    assert (await browser.post(end[0], data=csrf(browser))).status_code == 303
    assert [one.kind for one in await logged(city, person=me)][:2] == [
        AuditKind.ABSENCE_ENDED,
        AuditKind.ABSENCE_SET,
    ]


@pytest.mark.parametrize("when", ["", "tomorrow", "2026-01-01T09:00+09:00", "2020-01-01T09:00"])
async def test_an_absence_needs_a_time_to_come(city: City, when: str) -> None:
    """Nothing is guessed of what is no time, or past."""
    browser = await city.staff()
    form = csrf(browser) | {"starts": when, "ends": when}
    assert (await browser.post("/staff/me/absences", data=form)).status_code == 422


async def test_sessions_are_listed_and_ended_by_their_person(city: City) -> None:
    """One of them, or all but the one that asks."""
    me = await city.account()
    first, second, third = [await enter(city, me) for _ in range(3)]
    page = (await first.get("/staff/me")).text
    ends = set(re.findall(r"/staff/me/sessions/[0-9a-f-]{36}/end", page))
    assert len(ends) == 3
    stranger = await city.staff()
    for end in ends:
        await stranger.post(end, data=csrf(stranger))
    assert (await second.get("/staff/me")).status_code == 200
    await first.post("/staff/me/sessions/end", data=csrf(first))
    assert [(await one.get("/staff/me")).status_code for one in (first, second, third)] == [
        200,
        303,
        303,
    ]


async def test_another_password_ends_the_other_sessions(city: City) -> None:
    """For whoever knows the one in use; this session stays."""
    me = await city.account()
    here, elsewhere = await enter(city, me), await enter(city, me)
    new = "another long password"
    form = csrf(here) | {"current": "wrong", "password": new, "again": new}
    assert (await here.post("/staff/me/password", data=form)).status_code == 422
    form |= {"current": PASSWORD}
    short = form | {"password": "short", "again": "short"}
    assert "10자" in (await here.post("/staff/me/password", data=short)).text
    assert (await here.post("/staff/me/password", data=form | {"again": "x"})).status_code == 422
    assert (await here.post("/staff/me/password", data=form)).status_code == 303
    assert (await here.get("/staff/me")).status_code == 200
    assert (await elsewhere.get("/staff/me")).status_code == 303
    assert await enter(city, me, new)


async def test_a_session_ends_unused_and_goes_on_used(city: City) -> None:
    """What a page asks for by itself is no use; extending is; the last hour holds for all."""
    browser = await city.staff()
    move_clock(city, IDLE_LASTS - timedelta(minutes=1))
    told = (await browser.get("/staff/session")).json()
    assert told["ends_at"] > told["now"]
    extended = (await browser.post("/staff/session", data=csrf(browser))).json()
    assert extended["ends_at"] > told["ends_at"]
    move_clock(city, 2 * IDLE_LASTS - timedelta(minutes=2))
    assert (await browser.get("/staff/session")).status_code == 200
    move_clock(city, 2 * IDLE_LASTS)
    assert (await browser.get("/staff/session")).status_code == 303
    long = await city.staff()
    step = IDLE_LASTS / 2
    for n in range(1, int(SESSION_LASTS / step) + 1):
        move_clock(city, n * step)
        answer = await long.get("/staff/me")
        assert answer.status_code == (200 if n * step < SESSION_LASTS else 303), n * step


async def test_a_page_says_when_its_session_ends(city: City) -> None:
    """In words, and for the warning that comes before."""
    page = (await (await city.staff()).get("/staff/me")).text
    assert "자동으로 로그아웃됩니다" in page
    assert 'id="session" data-ends="' in page
    assert 'data-session="extend"' in page


async def test_the_administrator_makes_an_account_and_its_duties_hold_at_once(city: City) -> None:
    """The password is shown once; a duty that is taken away is gone at the next click."""
    browser = await city.staff(Role.ADMINISTRATOR, FIRST_LINE)
    form = csrf(browser) | {
        "login": "new.one",
        "name": "새주무",
        "role_0": "officer",
        "department_0": ROADS,
        "role_1": "department_head",
        "department_1": CLEANSING,
    }
    assert (await browser.post("/staff/people/new", data=form | {"login": "A"})).status_code == 422
    made = await browser.post("/staff/people/new", data=form)
    assert made.status_code == 201
    password = re.findall(r'class="number">([^<]+)<', made.text)[-1]
    assert "이미 있는 아이디" in (await browser.post("/staff/people/new", data=form)).text
    new_one = await enter(city, "new.one", password)
    assert (await new_one.get("/staff/board")).status_code == 200
    form = {name: value for name, value in form.items() if not name.endswith("_1")}
    del form["login"]
    assert (await browser.post("/staff/people/new.one", data=form)).status_code == 303
    assert (await new_one.get("/staff/board")).status_code == 403
    page = (await browser.get("/staff/people?words=새주")).text
    assert "new.one" in page
    assert "부서관리자" not in page.split("<tbody>")[1]
    details = [one.detail for one in await logged(city, kind=AuditKind.ACCOUNT_CHANGED)]
    assert details == [{"duties": [f"{ROADS}:officer"]}]


async def test_the_administrator_ends_anybodys_sessions_and_closes_accounts(city: City) -> None:
    """Out at once; a closed account comes back only by being opened again; never one's own."""
    login = await city.account()
    person = await enter(city, login)
    me = await city.account(Role.ADMINISTRATOR, FIRST_LINE)
    browser = await enter(city, me)
    await browser.post(f"/staff/people/{login}/sessions/end", data=csrf(browser))
    assert (await person.get("/staff/me")).status_code == 303
    again = await browser.post(f"/staff/people/{login}/password", data=csrf(browser))
    password = re.search(r'<strong class="number">([^<]+)<', again.text)
    assert password is not None
    person = await enter(city, login, password[1])
    await browser.post(f"/staff/people/{login}/disable", data=csrf(browser))
    assert (await person.get("/staff/me")).status_code == 303
    assert "사용이 중지된" in (await browser.get(f"/staff/people/{login}")).text
    await browser.post(f"/staff/people/{login}/enable", data=csrf(browser))
    assert await enter(city, login, password[1])
    own = await browser.post(f"/staff/people/{me}/disable", data=csrf(browser))
    assert own.status_code == 403


async def test_a_department_head_sees_to_the_absences_of_the_own_people(city: City) -> None:
    """Not to others' people, and not to anybody's account."""
    mine, other = await city.account(), await city.account(Role.OFFICER, CLEANSING, "박주무")
    head = await city.staff(Role.DEPARTMENT_HEAD, ROADS)
    page = (await head.get("/staff/people")).text
    assert mine in page
    assert other not in page
    assert (await head.get(f"/staff/people?department={CLEANSING}")).status_code == 403
    assert (await head.get(f"/staff/people/{other}")).status_code == 403
    now = datetime.now(UTC)
    form = csrf(head) | {"starts": field(now), "ends": field(now + LATER)}
    assert (await head.post(f"/staff/people/{mine}/absences", data=form)).status_code == 303
    assert (await head.post(f"/staff/people/{other}/absences", data=form)).status_code == 403
    assert "부재 (" in (await head.get("/staff/people")).text
    (entry,) = await logged(city, kind=AuditKind.ABSENCE_SET)
    assert entry.person == mine
    assert entry.doer.role is Role.DEPARTMENT_HEAD


async def test_the_contact_is_opened_for_a_reason_that_is_logged(city: City) -> None:
    """Without one it stays shut; «another reason» needs words; the log has it before the page."""
    number = await city.case()
    browser = await city.staff()
    for form in ({}, {"why": "curious"}, {"why": "other"}, {"why": "other", "words": "  "}):
        answer = await browser.post(f"/staff/cases/{number}/petitioner", data=csrf(browser) | form)
        assert answer.status_code == 422
        assert "홍길동" not in answer.text
    form = {"why": "other", "words": "민원인이 다시 물어봄"}
    answer = await browser.post(f"/staff/cases/{number}/petitioner", data=csrf(browser) | form)
    assert "홍길동" in answer.text
    (entry,) = await logged(city, kind=AuditKind.CONTACT_READ)
    assert (entry.case, entry.why, entry.words) == (number, "other", "민원인이 다시 물어봄")


async def test_the_auditor_finds_by_person_case_and_day(city: City) -> None:
    """Each filter alone; nobody else reads the log."""
    number = await city.case()
    login = await city.account()
    officer = await enter(city, login)
    await officer.get(f"/staff/cases/{number}")
    auditor = await city.staff(Role.AUDITOR, FIRST_LINE)
    today = (datetime.now(UTC) + timedelta(hours=9)).date()
    for query, shown in (
        (f"person={login}", True),
        (f"case={number}", True),
        (f"kind=case_read&since={today}&until={today}", True),
        (f"case={number}&until={today - timedelta(days=1)}", False),
        (f"case={number}&kind=exported", False),
        ("since=yesterday", True),
    ):
        page = (await auditor.get(f"/staff/audit?{query}")).text
        assert (f">{number}</a>" in page) is shown, query
    assert (await officer.get("/staff/audit")).status_code == 403
    checked = await auditor.post("/staff/audit/check", data=csrf(auditor))
    assert "빠진 기록이 없습니다" in checked.text


async def test_an_export_of_the_log_is_logged_and_opens_as_text(city: City) -> None:
    """It needs a reason, and no cell is a formula to a spreadsheet."""
    number = await city.case()
    officer = await city.staff()
    form = csrf(officer) | {"why": "other", "words": "=HYPERLINK(1)"}
    await officer.post(f"/staff/cases/{number}/petitioner", data=form)
    auditor = await city.staff(Role.AUDITOR, FIRST_LINE)
    asked = csrf(auditor) | {"case": number}
    assert (await auditor.post("/staff/audit/export", data=asked)).status_code == 422
    answer = await auditor.post("/staff/audit/export", data=asked | {"why": "inspection"})
    assert answer.headers["content-type"].startswith("text/csv")
    lines = answer.text.splitlines()
    assert lines[0].startswith("\ufeffat,kind,account")
    assert any("contact_read" in line and ",'=HYPERLINK" in line for line in lines)
    (entry,) = await logged(city, kind=AuditKind.EXPORTED)
    assert (entry.case, entry.why, entry.detail["what"]) == (number, "inspection", "audit")


async def test_pages_of_the_log_lead_on(city: City) -> None:
    """Each entry on one page, whatever is written meanwhile."""
    number = await city.case()
    for _ in range(60):
        await note_reading(city.store, Doer(account="kim"), AuditKind.CASE_READ, case=number)
    auditor = await city.staff(Role.AUDITOR, FIRST_LINE)
    address, seen = f"/staff/audit?case={number}", []
    while address:
        page = (await auditor.get(address)).text
        seen += re.findall(r"\d{4}-\d\d-\d\d / \d+ / \d+", page)
        link = re.search(r'rel="next" href="([^"]+)"', page)
        address = link[1].replace("&amp;", "&") if link else ""
    assert len(seen) == len(set(seen)) == 60


async def test_failed_sign_ins_are_logged_without_what_was_typed(city: City) -> None:
    """An account that there is is named; whatever else was typed may be a password."""
    login, browser = await city.account(), city.browser()
    for typed in (login, "my secret password"):
        await browser.post("/staff/sign-in", data={"login": typed, "password": "wrong"})
    unknown, known = await logged(city, kind=AuditKind.SIGN_IN_FAILED)
    assert (known.person, unknown.person) == (login, None)
    assert "secret" not in str(unknown)


async def test_one_address_cannot_try_many_logins(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond a bound even a right password waits, and every login looks the same."""
    assert FAILURES_FROM_ADDRESS > FAILURES_ALLOWED
    monkeypatch.setattr("web.passwords.FAILURES_FROM_ADDRESS", 4)
    login, browser = await city.account(), city.browser()
    for n in range(4):
        form = {"login": f"guess{n}", "password": "wrong"}
        assert (await browser.post("/staff/sign-in", data=form)).status_code == 401
    right = {"login": login, "password": PASSWORD}
    assert (await browser.post("/staff/sign-in", data=right)).status_code == 429
    unknown = {"login": "nobody", "password": PASSWORD}
    assert (await browser.post("/staff/sign-in", data=unknown)).status_code == 429


async def test_the_deputys_act_reaches_no_other_case(city: City) -> None:
    """Standing in for roads opens roads alone; the action is still the life table's."""
    number = await city.case("쓰레기가 쌓였습니다", item="CL01")
    absent, deputy = await city.account(), await city.account(Role.OFFICER, f"{ROADS[:7]}.parks")
    await stand_in(city, absent, deputy)
    browser = await enter(city, deputy)
    async with city.store.engine.connect() as conn:
        assert ROADS not in {event.department for event in await events_of(conn, number)}
    act = {"request_id": "x", "text": "메모"}
    answer = await browser.post(f"/api/v1/cases/{number}/actions/{Action.COMMENT}", json=act)
    assert answer.status_code == 403
