"""The administrator's pages: the city's data and the calendar, their effect first."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest

from rules.organisation import department
from rules.reply_templates import reply_templates
from rules.tables import CityData, package_text, put_in_force
from schema.audit import AuditKind
from schema.codes import Role
from storage.calendars import overrides, versions
from storage.cases import find_case
from storage.city_data import newest_data
from storage.recomputing import recomputations
from tests.web.conftest import FIRST_LINE, City
from tests.web.test_people import LATER, csrf, logged, move_clock, stand_in

TEMPLATES = "reply_templates.toml"
DEPARTMENTS = "departments.csv"


@pytest.fixture(autouse=True)
def _the_packages_own_data() -> Iterator[None]:
    """What a test puts in force is in force in it alone."""
    yield
    put_in_force(CityData())


def form_in(page: str, path: str) -> dict[str, str | list[str]]:
    """The hidden fields of the form that confirms, as a browser would send them."""
    form = page.split(f'action="/staff/city/{path}"')[1].split("</form>")[0]
    texts = re.findall(r'<textarea name="text"[^>]*>\n(.*?)</textarea>', form, re.DOTALL)
    found: dict[str, str | list[str]] = {
        name: unescape(value)
        for name, value in re.findall(r'type="hidden" name="([a-z]+)" value="([^"]*)"', form)
    }
    if texts:
        names = re.findall(r'name="name" value="([^"]*)"', form)
        found |= {"name": names, "text": [unescape(text) for text in texts]}
    return found


async def test_a_file_is_edited_its_effect_shown_and_only_then_in_force(city: City) -> None:
    """Nothing is stored by looking; a source is asked for; the version names who and what, and the
    log has it."""
    browser = await city.staff(Role.ADMINISTRATOR, FIRST_LINE)
    page = (await browser.get(f"/staff/city/files/{TEMPLATES}")).text
    assert "질의 답변" in page
    text = package_text(TEMPLATES).replace("질의 답변", "물음에 답하기")
    edit = csrf(browser) | {"base": "0", "name": TEMPLATES, "text": text.replace("\n", "\r\n")}
    shown = await browser.post("/staff/city/check", data=edit)
    assert shown.status_code == 200
    assert "물음에 답하기" in shown.text
    async with city.store.engine.connect() as conn:
        assert (await newest_data(conn)).version == 0
    form = form_in(shown.text, "load")
    without = await browser.post("/staff/city/load", data=form)
    assert without.status_code == 422
    assert "근거를 적어 주세요" in without.text
    done = await browser.post("/staff/city/load", data=form | {"source": "훈령 제1호"})
    assert done.headers["location"] == "/staff/city?done=1"
    assert "물음에 답하기" in [one.title_ko for one in reply_templates()]
    overview = (await browser.get("/staff/city?done=1")).text
    assert "훈령 제1호" in overview
    (entry,) = await logged(city, kind=AuditKind.CITY_DATA_LOADED)
    assert entry.detail == {"version": 1, "files": [TEMPLATES]}
    again = await browser.post("/staff/city/load", data=form | {"source": "훈령 제1호"})
    assert again.status_code == 422
    stale = edit | {"text": text.replace("물음에", "묻는 말에"), "source": "x"}
    told = await browser.post("/staff/city/load", data=stale)
    assert "그 사이 다른 판이 적용되어" in told.text


async def test_an_uploaded_table_is_read_like_an_edited_one(city: City) -> None:
    """With a spreadsheet's mark and line ends; a fault names its line, what was typed is kept."""
    browser = await city.staff(Role.ADMINISTRATOR, FIRST_LINE)
    text = (await browser.get(f"/staff/city/files/{DEPARTMENTS}/download")).text
    assert text == package_text(DEPARTMENTS)
    wrong = csrf(browser) | {"base": "0", "name": DEPARTMENTS, "text": text + "x,y\n"}
    refused = await browser.post("/staff/city/check", data=wrong)
    assert refused.status_code == 422
    assert f"{len(text.splitlines()) + 1}번째 줄" in refused.text
    assert "x,y\n</textarea>" in refused.text
    line = next(one for one in text.splitlines() if one.startswith("6110000.parking-planning"))
    cells = dict(zip(text.splitlines()[0].split(","), line.split(","), strict=False))
    renamed = line.replace(cells["name_ko"], "주차정책과")
    changed = text.replace(line, renamed)
    files = {"files": (DEPARTMENTS, b"\xef\xbb\xbf" + changed.replace("\n", "\r\n").encode())}
    shown = await browser.post("/staff/city/upload", data=csrf(browser), files=files)
    assert shown.status_code == 200, shown.text
    assert "주차정책과" in shown.text
    form = form_in(shown.text, "load") | {"source": "조직 개편"}
    assert (await browser.post("/staff/city/load", data=form)).status_code == 303
    assert department(cells["code"]).name_ko == "주차정책과"


async def test_what_a_holiday_moves_is_counted_before_it_is_declared(city: City) -> None:
    """Looking changes nothing; what is told is what then happens; a day that is closed already is
    said to be; somebody else's declaration in between is looked at anew."""
    number = await city.case("층간소음을 방치합니다", item="HB04")
    async with city.store.engine.connect() as conn:
        case, listed = await find_case(conn, number), await versions(conn)
    assert case is not None
    due = case.due_at()
    assert due is not None
    assert case.received_at is not None
    day = (case.received_at + timedelta(days=1)).date()
    while day.weekday() > 4:
        day += timedelta(days=1)
    browser = await city.staff(Role.ADMINISTRATOR, FIRST_LINE)
    news = csrf(browser) | {
        "kind": "declare",
        "day": day.isoformat(),
        "name": "임시공휴일",
        "source": "관보",
    }
    for field in ("source", "day", "name"):
        bad = await browser.post("/staff/city/calendar/check", data=news | {field: ""})
        assert bad.status_code == 422
    shown = await browser.post("/staff/city/calendar/check", data=news)
    assert "1건의 기한이 바뀝니다" in shown.text
    assert number in shown.text
    async with city.store.engine.connect() as conn:
        assert await versions(conn) == listed
        assert await overrides(conn) == ()
    form = form_in(shown.text, "calendar/change")
    stale = await browser.post("/staff/city/calendar/change", data=form | {"base": "0"})
    assert "그 사이 달력이 바뀌어" in stale.text
    done = await browser.post("/staff/city/calendar/change", data=form)
    assert done.status_code == 303
    async with city.store.engine.connect() as conn:
        assert [one.day for one in await overrides(conn)] == [day]
        assert (await recomputations(conn))[-1].id == f"calendar/{listed[0].version + 1}"
    same = await browser.post("/staff/city/calendar/check", data=news)
    assert "이미 그렇게 되어 있습니다" in same.text
    back = await browser.post("/staff/city/calendar/check", data=news | {"kind": "withdraw"})
    assert "1건의 기한이 바뀝니다" not in back.text
    assert "달력 3판이 되고" in back.text
    (entry,) = await logged(city, kind=AuditKind.CALENDAR_CHANGED)
    assert entry.detail == {"version": listed[0].version + 1, "kind": "declare"}


async def test_an_outage_is_recorded_from_its_beginning_to_its_end(city: City) -> None:
    """The end after the start, in Seoul's time."""
    browser = await city.staff(Role.ADMINISTRATOR, FIRST_LINE)
    news = csrf(browser) | {
        "kind": "outage",
        "start": "2026-11-25T10:00",
        "end": "2026-11-25T09:00",
        "source": "장애 보고",
    }
    refused = await browser.post("/staff/city/calendar/check", data=news)
    assert "끝이 시작보다 늦어야" in refused.text
    shown = await browser.post(
        "/staff/city/calendar/check", data=news | {"end": "2026-11-25T15:00"}
    )
    done = await browser.post(
        "/staff/city/calendar/change", data=form_in(shown.text, "calendar/change")
    )
    assert done.status_code == 303
    page = (await browser.get("/staff/city/calendar")).text
    assert "2026. 11. 25.(수) 10:00 ~ 2026. 11. 25.(수) 15:00" in page


async def test_the_overview_says_who_stands_in_for_whom(city: City) -> None:
    """While somebody is away, with the way to change it."""
    absent, deputy = await city.account(name="김부재"), await city.account(name="이대리")
    await stand_in(city, absent, deputy)
    browser = await city.staff(Role.ADMINISTRATOR, FIRST_LINE)
    page = (await browser.get("/staff/city")).text
    deputies = page.split('id="people"')[1].split("</section>")[0]
    assert f'href="/staff/people/{absent}"' in deputies
    assert "이대리" in deputies
    move_clock(city, LATER + timedelta(minutes=1))
    assert "김부재" not in (await browser.get("/staff/city")).text
