"""The manager's figures."""

import re
from datetime import UTC, datetime, timedelta

from schema.codes import Action, Role
from storage.cases import DepartmentFigures
from tests.web.conftest import CLEANSING, FIRST_LINE, ROADS, City
from web.day import end_of_day
from web.manager.board import total_of


def test_the_day_ends_in_seoul() -> None:
    """«Due today» is Seoul's today, whatever the clock of the machine."""
    evening = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    end = end_of_day(evening)
    assert (end.day, end.hour, end.utcoffset()) == (24, 23, timedelta(hours=9))


def test_totals_are_the_sums_of_what_is_shown() -> None:
    """The number above is the number below, added."""
    rows = [
        DepartmentFigures(department=name, open=5, due_today=2, overdue=1, answered=3)
        for name in ("a", "b")
    ]
    total = total_of(rows)
    assert (total.open, total.due_today, total.overdue, total.answered) == (10, 4, 2, 6)


def _row(page: str, department: str) -> list[str]:
    """The figures of a department as the board shows them."""
    row = page.split(f"/staff?department={department}")[1].split("</tr>")[0]
    return re.findall(r'<td class="n[^>]*>(\d+)</td>', row)


async def test_the_board_counts_what_the_queue_shows(city: City) -> None:
    """Open and overdue of a department equal the lines of the queue that the link leads to."""
    department = "3010000.parking"
    late = datetime.now(UTC) - timedelta(days=20)
    numbers = [
        await city.case(
            "중구 명동 불법 주차", item="TR01", at=at, location={"address": "중구 명동"}
        )
        for at in (late, late, datetime.now(UTC))
    ]
    await city.record(numbers[0], Action.ANSWER, text="단속했습니다")
    browser = await city.staff(Role.EXECUTIVE, FIRST_LINE)
    figures = _row((await browser.get("/staff/board")).text, department)
    assert (figures[0], figures[2], figures[3]) == ("2", "1", "1")
    queue = (await browser.get(f"/staff?department={department}")).text
    assert all(number in queue for number in numbers)


async def test_a_department_head_sees_the_own_department(city: City) -> None:
    """Figures of others are for those above."""
    await city.case()
    await city.case("마포구 서교동 쓰레기 무단투기", item="CL01")
    page = (await (await city.staff(Role.DEPARTMENT_HEAD, ROADS)).get("/staff/board")).text
    assert f"department={ROADS}" in page
    assert f"department={CLEANSING}" not in page
    assert (await (await city.staff(Role.OFFICER, ROADS)).get("/staff/board")).status_code == 403
