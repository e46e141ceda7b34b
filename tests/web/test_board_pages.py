"""The board's other pages: the monthly report, the map, people, the system."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from adapters.intake import GROUP
from adapters.intake_lag import intake_lag
from adapters.kafka import Broker, consumer, producer
from rules.figures import figures, gauges
from schema.codes import Action, Channel, Role
from schema.envelope import intake_topic
from storage.figures import Value
from tests.web.conftest import FIRST_LINE, ROADS, City
from web.district_map import LEVELS
from web.manager.map_page import level, span_of
from web.manager.people_page import gini
from web.manager.report import COLUMNS, SECTIONS


async def _lived(city: City) -> list[str]:
    """Three cases: one answered, one open, one overdue."""
    now = datetime.now(UTC)
    numbers = [await city.case(at=now - timedelta(hours=n)) for n in (1, 2)]
    numbers.append(await city.case(at=now - timedelta(days=20)))
    await city.record(numbers[0], Action.ANSWER, text="정비했습니다")
    return numbers


def _line(page: str, name: str) -> str:
    """The first number in the line of a figure."""
    report = page.split('<div class="report">')[1]
    row = report.split(f">{name}</a>")[1].split("</tr>")[0]
    found = re.search(r'<td class="n"[^>]*>([^<]*)</td>', row)
    assert found is not None
    return found[1]


async def test_the_report_says_on_paper_and_in_the_workbook_what_the_board_says(
    city: City,
) -> None:
    """Every section with its figures; the same numbers on the page, in the cells and on the
    board; cells are numbers, not texts."""
    await _lived(city)
    browser = await city.staff(Role.EXECUTIVE, FIRST_LINE)
    page = (await browser.get("/staff/board/report")).text
    answer = await browser.get("/staff/board/report.xlsx")
    assert "attachment" in answer.headers["content-disposition"]
    book = load_workbook(BytesIO(answer.content))
    cells = {row[1]: row[2] for row in book.worksheets[0].iter_rows(min_row=4, values_only=True)}
    shown = {code for codes in SECTIONS.values() for code in codes}
    assert set(cells) == {figures()[code].names[0] for code in shown}
    for code, number in (("resolved", 1), ("overdue", 1), ("open", 2)):
        name = figures()[code].names[0]
        assert cells[name] == number
        assert _line(page, name) == str(number)
        board = (await browser.get(f"/staff/board/figures/{code}")).text
        assert f'<p class="biggest">{number}</p>' in board
    by_agency = list(book.worksheets[1].iter_rows(values_only=True))
    assert len(by_agency[0]) == 1 + len(COLUMNS)
    resolved = 1 + COLUMNS.index("resolved")
    assert sum(int(str(row[resolved] or 0)) for row in by_agency[1:]) == 1


async def test_the_report_is_of_what_its_reader_may_see(city: City) -> None:
    """A head's report is the own department's, on the page and in the workbook."""
    await _lived(city)
    await city.case("마포구 서교동 쓰레기 무단투기", item="CL01")
    head = await city.staff(Role.DEPARTMENT_HEAD, ROADS)
    book = load_workbook(BytesIO((await head.get("/staff/board/report.xlsx")).content))
    departments = [row[0] for row in book.worksheets[3].iter_rows(min_row=2, values_only=True)]
    assert departments == ["마포구 도로과"]
    everybody = await city.staff(Role.EXECUTIVE, FIRST_LINE)
    whole = load_workbook(BytesIO((await everybody.get("/staff/board/report.xlsx")).content))
    assert whole.worksheets[3].max_row > book.worksheets[3].max_row


async def test_the_map_agrees_with_the_figure(city: City) -> None:
    """A district's number on the map is as many as its list is long; what lies in no district is
    said beside."""
    numbers = await _lived(city)
    await city.case("어디인지 모르겠습니다", item=None, location={})
    browser = await city.staff(Role.EXECUTIVE, FIRST_LINE)
    page = (await browser.get("/staff/board/map?figure=open")).text
    place = re.search(r'aria-label="마포구: (\d+)"', page)
    assert place is not None
    listed = (await browser.get("/staff/board/figures/open/cases?district=11440")).text
    found = re.findall(r"/staff/cases/([^\"]+)\"", listed)
    assert len(found) == int(place[1])
    assert set(found) <= set(numbers)
    assert "자치구가 정해지지 않은 민원: 1" in page
    assert (await browser.get("/staff/board/map?figure=nonsense")).status_code == 200


@pytest.mark.parametrize(
    ("code", "values", "levels"),
    [
        ("late", (0, 1, 8), (0, 1, LEVELS)),
        ("on_time", (0.9, 0.97, 1.0), (1, 3, LEVELS)),
        ("on_time", (0.9, 0.9, None), (1, 1, 0)),
        ("on_time", (None, None, None), (0, 0, 0)),
    ],
)
def test_the_colours_tell_districts_apart(
    code: str, values: tuple[float | None, ...], levels: tuple[int, ...]
) -> None:
    """A count from nought, a share from the lowest of the districts; nothing is pale."""
    found = [Value(value=value, n=1, of=1) for value in values]
    span = span_of(figures()[code], found)
    assert tuple(level(value, span) for value in values) == levels


async def test_arrivals_are_by_seouls_clock(city: City) -> None:
    """Monday 00:30 in Seoul is Sunday afternoon in UTC: it stands under Monday; and the hours of a
    period are as many as were filed in it."""
    monday = datetime(2026, 11, 15, 15, 30, tzinfo=UTC)
    for at in (monday, monday, monday + timedelta(days=1, hours=9)):
        await city.register(at=at)
    browser = await city.staff(Role.EXECUTIVE, FIRST_LINE)
    page = (await browser.get("/staff/board/groups/flow?step=week&on=2026-11-18")).text
    rows = page.split('<section class="heat">')[1].split("<tr>")[2:]
    counts = [[int(n) for n in re.findall(r"<td[^>]*>(\d+)</td>", row)] for row in rows]
    assert [len(row) for row in counts] == [7] * 24
    assert (counts[0][0], counts[9][1], sum(map(sum, counts))) == (2, 1, 3)
    assert "모두 3건입니다" in page


async def test_only_their_head_sees_people(city: City) -> None:
    """The head of the department sees who has how much, and gets to those cases; the board of an
    executive does not tell one officer from another, nor does an address."""
    numbers = await _lived(city)
    officer = await city.account(Role.OFFICER, ROADS, "이담당")
    await city.record(numbers[1], Action.ASSIGN, officer=officer)
    head = await city.staff(Role.DEPARTMENT_HEAD, ROADS)
    page = (await head.get("/staff/board/people")).text
    row = page.split("이담당")[1].split("</tr>")[0]
    address = re.search(r'<a href="([^"]+)">1</a>', row)
    assert address is not None
    cases = address[1].replace("&amp;", "&")
    listed = re.findall(r"/staff/cases/([^\"]+)\"", (await head.get(cases)).text)
    assert listed == [numbers[1]]
    executive = await city.staff(Role.EXECUTIVE, FIRST_LINE)
    assert (await executive.get("/staff/board/people")).status_code == 403
    told = (await executive.get(cases)).text
    assert set(re.findall(r"/staff/cases/([^\"]+)\"", told)) == set(numbers[1:])
    foreign = await city.staff(Role.DEPARTMENT_HEAD, "3010000.parking")
    assert numbers[1] not in (await foreign.get(cases)).text


def test_unevenness_is_ginis() -> None:
    """Nought where all have as many; near one where one of many has all."""
    assert gini([3, 3, 3]) == pytest.approx(0)
    assert gini([0, 0, 0, 4]) == pytest.approx(0.75)
    assert gini([1, 2, 3]) == pytest.approx(2 / 9)
    assert gini([]) == gini([0, 0]) == 0.0


async def test_the_systems_page_says_what_stands_still(city: City) -> None:
    """Each reading with its definition, and the numbers of the database; without a broker it says
    that none answers."""
    await _lived(city)
    browser = await city.staff(Role.EXECUTIVE, FIRST_LINE)
    page = (await browser.get("/staff/board/system")).text
    for one in gauges():
        assert one.names[0] in page
        assert one.says[0] in page
    assert "브로커가 답하지 않음" in page
    waiting = page.split("발행 대기")[1].split("</tr>")[0]
    assert int(re.findall(r'"n"[^>]*>([\d,]+)<', waiting)[0]) > 0
    assert "가장 오래된 것" in waiting


async def test_the_intake_lag_is_the_brokers(broker: Broker) -> None:
    """What was produced and not committed; asking disturbs nobody, and a broker that is away is
    said to be."""
    before = await intake_lag(broker)
    assert before is not None
    sending = producer(broker)
    await sending.start()
    topic = intake_topic(Channel.SNS)
    for n in range(3):
        await sending.send_and_wait(topic, b"{}", key=str(n).encode(), partition=5)
    await sending.stop()
    assert await intake_lag(broker) == before + 3
    reading = consumer(broker, [topic], group=GROUP)
    await reading.start()
    while True:
        for place, records in (await reading.getmany(timeout_ms=500)).items():
            if place.partition == 5:
                await reading.commit({place: records[-1].offset + 1})
                await reading.stop()
                assert await intake_lag(broker) == before
                assert await intake_lag(Broker("127.0.0.1:1", idempotence=False)) is None
                return
