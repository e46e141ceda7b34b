"""The manager's board: every number leads to the very cases that make it."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from rules.figures import DERIVED, Group, Unit, figures
from schema.codes import Action, Role
from storage.figures import Dimension, Step, Value
from tests.web.conftest import CLEANSING, FIRST_LINE, ROADS, City
from web.day import end_of_day
from web.manager.asking import Asked
from web.manager.charts import Point, chart, parts
from web.manager.saying import Saying
from web.wording import Language, Wording

TODAY = date(2026, 11, 26)
PARKING = "3010000.parking"


def asked(step: Step, on: date = TODAY) -> Asked:
    """A page for `on`, looked at on TODAY, a Thursday."""
    return Asked(step=step, on=on, today=TODAY, where=(), departments=None)


def test_the_day_ends_in_seoul() -> None:
    """«Due today» is Seoul's today, whatever the clock of the machine."""
    evening = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    end = end_of_day(evening)
    assert (end.day, end.hour, end.utcoffset()) == (24, 23, timedelta(hours=9))


@pytest.mark.parametrize(
    ("step", "on", "period", "before"),
    [
        (Step.DAY, "2026-11-26", ("2026-11-26", "2026-11-26"), ("2026-11-25", "2026-11-25")),
        (Step.WEEK, "2026-11-26", ("2026-11-23", "2026-11-26"), ("2026-11-16", "2026-11-19")),
        (Step.WEEK, "2026-11-19", ("2026-11-16", "2026-11-22"), ("2026-11-09", "2026-11-15")),
        (Step.MONTH, "2026-11-26", ("2026-11-01", "2026-11-26"), ("2026-10-01", "2026-10-26")),
        (Step.MONTH, "2026-10-05", ("2026-10-01", "2026-10-31"), ("2026-09-01", "2026-09-30")),
        (Step.MONTH, "2026-03-31", ("2026-03-01", "2026-03-31"), ("2026-02-01", "2026-02-28")),
    ],
)
def test_a_period_is_compared_with_as_many_days_of_the_one_before(
    step: Step, on: str, period: tuple[str, str], before: tuple[str, str]
) -> None:
    """A running period ends today and is compared with what had run then; a whole one with a
    whole one."""
    found = asked(step, date.fromisoformat(on))
    assert (str(found.scope.since), str(found.scope.until)) == period
    assert (str(found.before.since), str(found.before.until)) == before


def test_the_way_through_the_periods_leads_back() -> None:
    """Earlier and then later is the same period; after the running one there is none."""
    for step in Step:
        here = asked(step)
        assert here.later() is None
        back = here.earlier().later()
        assert back is not None
        assert back.since == here.since


def test_an_address_keeps_what_was_asked() -> None:
    """The department, the item and the day go with every link; what is usual is left out."""
    narrowed = asked(Step.WEEK).within(Dimension.DEPARTMENT, ROADS).within(Dimension.ITEM, None)
    assert narrowed.address("/x") == f"/x?step=week&department={ROADS}&item=-"
    assert asked(Step.MONTH).address("/x") == "/x"
    assert narrowed.without(Dimension.ITEM).scope.where == ((Dimension.DEPARTMENT, ROADS),)


@pytest.mark.parametrize(
    ("code", "now", "before", "words", "tone"),
    [
        ("on_time", 0.95, 0.93, "+2.0 %p, better", "better"),
        ("on_time", 0.93, 0.95, "−2.0 %p, worse", "worse"),
        ("late", 7, 5, "+2, worse", "worse"),
        ("filed", 5, 7, "−2", "same"),
        ("on_time", 0.95001, 0.95, "No change", "same"),
        ("resolution_median", 3600, 7200, "−1 h, better", "better"),
    ],
)
def test_a_change_is_said_with_whether_it_is_good(
    code: str, now: float, before: float, words: str, tone: str
) -> None:
    """In words, not by colour alone; what is neither good nor bad is only said."""
    said = Saying(Wording(Language.EN)).change(
        figures()[code], Value(value=now, n=1, of=1), Value(value=before, n=1, of=1)
    )
    assert said is not None
    assert (said.words, said.tone) == (words, tone)


def test_nothing_is_said_of_nothing() -> None:
    """A share of no case is a dash, not 0 %, and has not changed."""
    saying, nothing = Saying(Wording(Language.KO)), Value(value=None, n=0, of=0)
    assert saying.value(figures()["on_time"], nothing) == "–"
    assert saying.change(figures()["on_time"], nothing, Value(value=1, n=1, of=1)) is None
    assert saying.amount(Unit.WORKING_TIME, 5400) == "근무시간 1.5시간"


def test_a_chart_keeps_to_its_plane() -> None:
    """Bars stand on the line or hang from it; a missing value is a gap; parts make the whole."""
    points = [Point(str(n), value, str(value)) for n, value in enumerate((3, None, -1, 0))]
    drawing = chart(points)
    for bar in drawing.bars:
        assert bar.y >= 0
        assert bar.y + bar.height <= drawing.height + 0.01
    assert [bar.height > 0 for bar in drawing.bars] == [True, False, True, False]
    assert drawing.most == "3"
    assert sum(part.width for part in parts((1, 2, 5))) == pytest.approx(100)
    assert chart([]).bars == ()


def _cells(page: str, department: str) -> list[tuple[str, str]]:
    """(address, number) of the figures of a department on the first page that are not nought."""
    row = page.split(f'<a href="/staff/board?department={department}">')[1].split("</tr>")[0]
    return re.findall(r'<a href="([^"]+)">([^<]+)</a>', row.replace("&amp;", "&"))


async def test_a_number_leads_to_its_cases(city: City) -> None:
    """From the department's row to the list: as many cases as the number says, and these."""
    late = datetime.now(UTC) - timedelta(days=20)
    numbers = [
        await city.case(
            "중구 명동 불법 주차", item="TR01", at=at, location={"address": "중구 명동"}
        )
        for at in (late, late, datetime.now(UTC))
    ]
    await city.record(numbers[0], Action.ANSWER, text="단속했습니다")
    await city.case()
    browser = await city.staff(Role.EXECUTIVE, FIRST_LINE)
    cells = dict(_cells((await browser.get("/staff/board")).text, PARKING))
    for code, listed in (("open", numbers[1:]), ("overdue", numbers[1:2])):
        address = next(one for one in cells if f"/{code}/cases" in one)
        assert cells[address] == str(len(listed))
        page = (await browser.get(address)).text
        assert sorted(re.findall(r"/staff/cases/([^\"]+)\"", page)) == sorted(listed)
    answered = (await browser.get(f"/staff/board/figures/resolved/cases?department={PARKING}")).text
    assert re.findall(r"/staff/cases/([^\"]+)\"", answered) == [numbers[0]]


async def test_a_long_list_goes_on(city: City) -> None:
    """Fifty to a page, every case on one of them, and the page says how many there are."""
    numbers = {await city.register(item=None) for _ in range(53)}
    browser = await city.staff(Role.EXECUTIVE, FIRST_LINE)
    page = (await browser.get("/staff/board/figures/filed/cases")).text
    assert "모두 53건" in page
    following = re.search(r'href="([^"]+after=[^"]+)"', page)
    assert following is not None
    rest = (await browser.get(following[1].replace("&amp;", "&"))).text
    seen = [re.findall(r"/staff/cases/([^\"]+)\"", one) for one in (page, rest)]
    assert [len(one) for one in seen] == [50, 3]
    assert set(seen[0]) | set(seen[1]) == numbers


async def test_a_department_head_sees_the_own_department(city: City) -> None:
    """Figures and cases of others are for those above, whatever the address asks for."""
    own = await city.case()
    other = await city.case("마포구 서교동 쓰레기 무단투기", item="CL01")
    head = await city.staff(Role.DEPARTMENT_HEAD, ROADS)
    page = (await head.get("/staff/board")).text
    assert f"department={ROADS}" in page
    assert f"department={CLEANSING}" not in page
    for narrowed in ("", f"?department={CLEANSING}"):
        listed = (await head.get(f"/staff/board/figures/filed/cases{narrowed}")).text
        assert other not in listed
        assert (own in listed) is (narrowed == "")
    officer = await city.staff(Role.OFFICER, ROADS)
    for path in ("", "/groups/flow", "/figures/filed", "/figures/filed/cases"):
        assert (await officer.get(f"/staff/board{path}")).status_code == 403


async def test_every_figure_has_its_page_with_its_definition(city: City) -> None:
    """What is counted, of which cases, and what reopened, merged, transferred and withdrawn ones
    do: one click from every number, in both languages; an address that makes no sense is read as
    far as it makes any."""
    await city.case()
    browser = await city.staff(Role.EXECUTIVE, FIRST_LINE)
    shown = ""
    for group in Group:
        shown += (await browser.get(f"/staff/board/groups/{group}")).text
    for one in figures().values():
        assert f'href="/staff/board/figures/{one.code}"' in shown
    for code in ("on_time", "open", "flow_ratio", "stage_processing", "moved_out", "satisfaction"):
        one = figures()[code]
        for language, words in (("ko", one.says[0]), ("en", one.says[1])):
            page = await browser.get(
                f"/staff/board/figures/{code}?lang={language}&step=week&on=never&by=channel"
            )
            assert page.status_code == 200
            assert words in page.text
        cases = await browser.get(f"/staff/board/figures/{code}/cases?lang=ko")
        assert cases.status_code == (404 if one.kind in DERIVED else 200)
    assert (await browser.get("/staff/board/figures/nothing")).status_code == 404
