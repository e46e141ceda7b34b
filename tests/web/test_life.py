"""The whole life of a case on the officer's pages: forms, clocks, relations, exceptions."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import JsonValue
from sqlalchemy import update

from rules.transitions import fields_of
from schema.codes import Action, Role, TimerKind
from schema.events import Actor
from schema.numbers import receipt_number
from schema.party import FiledAs, Party, Person
from storage.exceptions import ExceptionKind, raise_exception
from storage.tables import cases
from tests.web.conftest import CLEANSING, FIRST_LINE, ROADS, City
from tests.web.life import asked, first_line, inputs_of, whole
from tests.web.test_case_pages import opened
from tests.web.test_officer import csrf_in, program
from web.acts import ActBody, act_body
from web.clocks import clock_panel


async def test_each_form_asks_for_exactly_the_fields_of_its_act(city: City) -> None:
    """No field of the table is forgotten, and none is asked for that the act does not take."""
    number = await city.case()
    page = (await (await first_line(city)).get(f"/staff/cases/{number}")).text
    actions = set(re.findall(r"/actions/([a-z_]+)\"", page))
    assert Action.EXTEND in actions
    for action in actions:
        assert inputs_of(page, action) == set(fields_of(Action(action))), action


async def test_what_the_law_forbids_can_be_chosen_and_is_refused_with_its_article(
    city: City,
) -> None:
    """Overload is in the list; the page that comes back says which article forbids it."""
    number = await city.case()
    browser = await first_line(city)
    assert 'value="overload"' in (await browser.get(f"/staff/cases/{number}")).text
    request_id, outcome = await asked(
        city, number, Action.EXTEND, days=3, reason_code="overload", reason="바쁩니다"
    )
    assert outcome.refusal is not None
    page = (await browser.get(f"/staff/cases/{number}?act={request_id}")).text
    assert "처리할 수 없습니다." in page
    assert "근거: 민원처리법 시행령 §21" in page


async def test_a_refused_form_keeps_counts_choices_and_words(city: City) -> None:
    """Three households are too few; what was entered is still there, and its group unfolded."""
    number = await city.case()
    browser = await first_line(city)
    form = {
        "csrf": csrf_in((await browser.get(f"/staff/cases/{number}")).text),
        "request_id": "few",
        "households": "3",
        "signatures": "41",
        "text": "연명부 확인",
    }
    answer = await browser.post(f"/staff/cases/{number}/actions/designate_group", data=form)
    assert answer.status_code == 409
    assert "민원처리법 §2 6호" in answer.text
    kept = answer.text.split('/actions/designate_group"')[1].split("</form>")[0]
    assert 'value="41"' in kept
    assert "연명부 확인" in kept
    assert re.search(r'<details class="acts" open>\s*<summary>다른 민원과의 관계', answer.text)


async def test_an_act_says_beforehand_what_it_does_to_the_clock(city: City) -> None:
    """An extension names the dues that it would give; a supplement says that the clock stands."""
    number = await city.case()
    page = (await (await first_line(city)).get(f"/staff/cases/{number}")).text
    extension = page.split('/actions/extend"')[1].split("</form>")[0]
    assert re.search(r"지금 연장하면: 1일 → \d{4}\. ", extension)
    supplement = page.split('/actions/request_supplement"')[1].split("</form>")[0]
    assert "오늘부터 보완이 들어올 때까지 기한이 멈춥니다." in supplement


async def test_the_page_says_step_by_step_why_until_then(city: City) -> None:
    """The counting with its articles, in the language of the page, for staff and petitioner."""
    number = await city.case(at=datetime.now(UTC) - timedelta(hours=1))
    staff = (await (await first_line(city)).get(f"/staff/cases/{number}")).text
    assert "왜 이 날짜인가" in staff
    assert '<ol class="counted">' in staff
    own = await (await opened(city, number)).get(f"/cases/{number}?lang=en")
    assert "Why until then" in own.text
    assert '<ol class="counted">' in own.text


async def test_every_limit_that_runs_is_on_the_page_and_in_the_api(city: City) -> None:
    """Beside the legal clock: acceptance, transfer, the cooperation of another department."""
    number = await city.case()
    await city.record(number, Action.JOIN_DEPARTMENT, department=CLEANSING, days=3, text="의견")
    page = (await (await first_line(city)).get(f"/staff/cases/{number}")).text
    assert "협조 회신" in page
    view = (await (await program(city)).get(f"/api/v1/cases/{number}")).json()
    timers = {clock["timer"]: clock for clock in view["clocks"]}
    assert {"legal", "acceptance", "transfer_to_agency", "cooperation"} <= set(timers)
    assert timers["cooperation"]["whom"] == CLEANSING
    assert all(0 <= clock["used"] <= 1 for clock in view["clocks"])
    assert view["steps"][0]["ko"]
    assert view["steps"][0]["en"]


async def test_p27_the_number_shown_is_the_number_sorted_by(city: City) -> None:
    """The due of the panel, of the API's clock and of the queue are one and the same."""
    number = await city.case()
    site, case = await whole(city, number)
    assert case.case is not None
    panel = clock_panel(case, site.book, site.now())
    assert [clock.due_at for clock in panel.main] == [case.case.due_at()]
    view = (await (await program(city)).get(f"/api/v1/cases/{number}")).json()
    shown = next(clock for clock in view["clocks"] if clock["timer"] == "legal")
    assert shown["due_at"] == view["case"]["legal_due_at"]


async def test_p28_the_share_used_stands_still_in_a_pause(city: City) -> None:
    """While a supplement is awaited the page says so, and tomorrow shows the same share."""
    number = await city.case("보도 파손", item="RD02")
    await city.record(
        number, Action.REQUEST_SUPPLEMENT, text="사진을 보내 주세요", days=7, found_later=1
    )
    site, case = await whole(city, number)
    now = site.now()
    panels = [clock_panel(case, site.book, now + timedelta(days=days)) for days in (0, 1)]
    assert panels[0].standing is not None
    assert panels[0].standing == panels[1].standing
    assert TimerKind.LEGAL not in {clock.timer for panel in panels for clock in panel.running}
    page = (await (await first_line(city)).get(f"/staff/cases/{number}")).text
    assert "보완을 기다리는 중이라 기한이 멈춰 있습니다." in page


async def test_p28_the_share_used_stands_still_during_an_investigation(city: City) -> None:
    """A pause that has a last day leaves the share where it was, day after day."""
    number = await city.case(
        "층간소음이 심한데 관리소가 조치하지 않습니다",
        item="HB04",
        at=datetime.now(UTC) - timedelta(days=3),
    )
    await city.record(number, Action.START_INVESTIGATION)
    site, case = await whole(city, number)
    now = site.now()
    shares = {
        clock.used
        for days in (0, 1, 5)
        for clock in clock_panel(case, site.book, now + timedelta(days=days)).main
        if clock.timer is TimerKind.LEGAL
    }
    assert len(shares) == 1
    page = (await (await first_line(city)).get(f"/staff/cases/{number}")).text
    assert "현장조사 중인 시간은 처리기간에 넣지 않습니다." in page


async def test_an_extended_case_wears_the_badge(city: City) -> None:
    """For staff, in the queue and for the petitioner; the timeline gives ground and new due."""
    number = await city.case("보도 파손", item="RD02")
    await city.record(
        number, Action.EXTEND, days=3, reason_code="fact_finding", reason="굴착 확인이 필요합니다"
    )
    desk = await first_line(city)
    own = (await (await opened(city, number)).get(f"/cases/{number}")).text
    queue = (await desk.get("/staff?department=all")).text
    row = queue.split(f">{number}<")[1].split("</tr>")[0]
    for page in (own, row, (await desk.get(f"/staff/cases/{number}")).text):
        assert "기간 연장됨" in page
    assert "3일 · 사실관계·현장 확인 필요 · 새 기한" in own


async def test_a_joined_department_reads_the_case_and_gives_its_part_only(city: City) -> None:
    """It may answer what it was asked, and comment; everything else is the owner's."""
    number = await city.case()
    browser = await city.staff(department=CLEANSING)
    assert (await browser.get(f"/staff/cases/{number}")).status_code == 403
    await city.record(number, Action.JOIN_DEPARTMENT, department=CLEANSING, days=3, text="의견")
    page = (await browser.get(f"/staff/cases/{number}")).text
    assert set(re.findall(r"/actions/([a-z_]+)\"", page)) == {"cooperate", "comment"}


@pytest.mark.parametrize(
    ("action", "body", "says"),
    [
        ("extend", {"days": 3, "reason_code": "tired", "reason": "t"}, "reason_code"),
        ("extend", {"days": 0, "reason_code": "cooperation", "reason": "t"}, "days"),
        ("decline", {"decline_ground": "boring", "reason": "t"}, "decline_ground"),
        ("comment", {"text": "t", "days": 3}, "days"),
        ("designate_group", {"households": 5, "signatures": 100_001}, "signatures"),
    ],
)
async def test_a_wrong_choice_is_named(
    city: City, action: str, body: dict[str, str | int], says: str
) -> None:
    """422 with a sentence and the field: nothing odd slips into a command."""
    number = await city.case()
    answer = await (await program(city, Role.FIRST_LINE, FIRST_LINE)).post(
        f"/api/v1/cases/{number}/actions/{action}", json={"request_id": "r"} | body
    )
    assert answer.status_code == 422
    assert answer.json()["message_ko"]
    assert says in answer.text


async def test_a_synthetic_case_is_nowhere(city: City) -> None:
    """The case that watches the ladder is on no page, in no list and in no figure."""
    number = await city.case()
    async with city.store.engine.begin() as conn:
        await conn.execute(update(cases).where(cases.c.number == number).values(synthetic=True))
    desk, api = await first_line(city), await program(city, Role.FIRST_LINE, FIRST_LINE)
    for browser, path in (
        (desk, f"/staff/cases/{number}"),
        (api, f"/api/v1/cases/{number}"),
        (city.browser(), f"/public/{number}"),
        (city.browser(), f"/cases/{number}?key={city.key(number)}"),
    ):
        assert (await browser.get(path)).status_code == 404, path
    key = {"x-minwon-key": city.key(number)}
    own = await city.browser().get(f"/api/v1/petitions/{number}", headers=key)
    assert own.status_code == 404
    assert number not in (await desk.get("/staff?department=all")).text
    assert number not in (await api.get("/api/v1/cases?department=all&limit=200")).text


async def test_the_exceptions_queue_is_seen_to_by_a_person(city: City) -> None:
    """Who was looked for stands there; one click settles it; officers do not see the page."""
    number = await city.case()
    detail: dict[str, JsonValue] = {"timer": "legal", "tried": ["officer", "team_head"]}
    async with city.store.engine.begin() as conn:
        await raise_exception(conn, number, ExceptionKind.NOBODY_TO_TELL, detail)
    desk = await first_line(city)
    page = (await desk.get("/staff/exceptions")).text
    row = page.split(f">{number}<")[1].split("</tr>")[0]
    assert "담당자, 팀장" in row
    item = re.search(r'action="(/staff/exceptions/\d+)"', row)
    assert item is not None
    done = await desk.post(item[1], data={"csrf": csrf_in(page)})
    assert done.status_code == 303
    assert number not in (await desk.get("/staff/exceptions")).text
    assert (await (await city.staff()).get("/staff/exceptions")).status_code == 403


async def test_an_answer_waits_for_its_approval_on_the_page(city: City) -> None:
    """The head reads the draft and finds the two acts; the petitioner sees nothing of it."""
    number = await city.case()
    officer = Actor(role=Role.OFFICER, department=ROADS, account="kim")
    await asked(city, number, Action.SUBMIT_ANSWER, actor=officer, text="초안: 다음 주에 고칩니다")
    page = (await (await city.staff(Role.DEPARTMENT_HEAD)).get(f"/staff/cases/{number}")).text
    assert "초안: 다음 주에 고칩니다" in page
    assert {"approve_answer", "return_answer"} <= set(re.findall(r"/actions/([a-z_]+)\"", page))
    assert "초안" not in (await (await opened(city, number)).get(f"/cases/{number}")).text


async def test_the_panel_of_a_case_is_the_same_whoever_looks(city: City) -> None:
    """Deadline and share follow from the log and the instant alone."""
    number = await city.case()
    site, case = await whole(city, number)
    now = site.now()
    again = clock_panel(replace(case, texts={}, attachments=()), site.book, now)
    assert again == clock_panel(case, site.book, now)


async def test_who_stands_behind_a_petition_is_shown_with_the_petitioner_only(city: City) -> None:
    """A proxy's principal is a name like the petitioner's own: behind the same click."""
    number = await city.case(
        party=Party(
            filed_as=FiledAs.PROXY, principal=Person(name="성춘향"), households=6, signatures=9
        )
    )
    browser = await city.staff()
    page = (await browser.get(f"/staff/cases/{number}")).text
    assert "성춘향" not in page
    assert "다수인관련민원" in page
    asked_for = await browser.post(
        f"/staff/cases/{number}/petitioner", data={"csrf": csrf_in(page), "why": "call_back"}
    )
    assert "성춘향" in asked_for.text
    assert "대리인" in asked_for.text


def test_a_number_typed_as_people_write_it_names_the_case() -> None:
    """Small letters and no dashes: the merge is stored with the number as it is written."""
    number = receipt_number(date(2026, 11, 23), 1)
    given = ActBody(request_id="m", into=f" {number.replace(chr(45), '').lower()} ")
    assert act_body(Action.MERGE, given)["into"] == number
    odd = ActBody(request_id="m", into="somewhere")
    assert act_body(Action.MERGE, odd)["into"] == "somewhere"
