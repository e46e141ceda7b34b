"""Taking out what a search finds: within the rights, logged, whole or not at all, safe to open."""

import asyncio
import csv
import io
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4
from zipfile import ZipFile

import httpx
import pytest
from openpyxl import load_workbook
from sqlalchemy import RowMapping, func, select, text, update

from schema.audit import AuditKind
from schema.codes import Role
from schema.numbers import receipt_number
from storage.exports import (
    KEPT,
    LEASE,
    MOST_TRIES,
    SearchExport,
    expire,
    find,
    keep_file,
    rows_wanted,
    take_up,
)
from storage.staff_search import Wanted
from storage.tables import audit_entry, search_export_piece, staff_account
from tests.web.conftest import CLEANSING, FIRST_LINE, PASSWORD, City
from web.officer.export_file import COLUMNS
from web.officer.export_work import make_next
from web.sign_in import SESSION_COOKIE, csrf_of

LAMP = "서교동 골목 가로등이 꺼져 있습니다"
HOSTILE = ("=1+1 가로등", "+가로등", "-가로등", "@SUM(가로등)", "\t=가로등", " =가로등", "＝가로등")


async def ordered(
    browser: httpx.AsyncClient, query: str, **fields: str
) -> tuple[httpx.Response, str]:
    """Order an export; the answer, and the export's id."""
    csrf = csrf_of(browser.cookies[SESSION_COOKIE])
    form = {"csrf": csrf, "id": str(uuid4()), "form": "csv", "why": "inspection", **fields}
    answer = await browser.post(f"/staff/exports/new?{query}", data=form)
    return answer, form["id"]


async def taken_out(city: City, browser: httpx.AsyncClient, query: str, form: str) -> bytes:
    """The file of a search, ordered, made and loaded."""
    answer, export = await ordered(browser, query, form=form)
    assert answer.status_code == 303, answer.text
    assert await make_next(city.store, asyncio.Event())
    loaded = await browser.get(f"/staff/exports/{export}/file")
    assert loaded.status_code == 200
    assert loaded.headers["content-length"] == str(len(loaded.content))
    return loaded.content


def lines_of(file: bytes) -> list[list[str]]:
    """The lines of a CSV file that begins as spreadsheets want it."""
    assert file.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")))


async def noted(city: City) -> list[RowMapping]:
    """What the log keeps of exports."""
    async with city.store.engine.connect() as conn:
        kind = audit_entry.c.kind == AuditKind.EXPORTED
        rows = await conn.execute(select(audit_entry).where(kind).order_by(audit_entry.c.at))
        return [row._mapping for row in rows]


async def kept(city: City, export: str, login: str) -> SearchExport:
    """An export as it stands."""
    async with city.store.engine.connect() as conn:
        found = await find(conn, UUID(export), login)
    assert found is not None
    return found


async def test_what_is_found_is_taken_out_and_no_cell_is_a_formula(city: City) -> None:
    """CSV and XLSX have the same cases as the search, in its order and masked; a spreadsheet reads
    every cell as the text it is; order and loading stand in the log with the reason."""
    made = [await city.case(f"{words} 010-2345-6789") for words in HOSTILE]
    await city.case("포트홀")
    browser = await city.staff(Role.FIRST_LINE, FIRST_LINE)
    heading, *lines = lines_of(await taken_out(city, browser, "q=가로등", "csv"))
    assert len(heading) == len(COLUMNS)
    assert [line[0] for line in lines] == sorted(made, reverse=True)
    assert not [
        cell for line in lines for cell in line if cell.strip(" ")[:1] in "=+-@\t\r＝" and cell
    ]
    assert "2345" not in str(lines)
    book = await taken_out(city, browser, "q=가로등", "xlsx")
    sheet = load_workbook(io.BytesIO(book)).active
    assert sheet is not None
    cells = list(sheet.iter_rows())
    assert [row[0].value for row in cells[1:]] == [line[0] for line in lines]
    assert {cell.data_type for row in cells for cell in row} <= {"s", "inlineStr", "n"}
    assert b"<f>" not in ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml")
    said = [(one["why"], one["detail"]["step"], one["detail"]["form"]) for one in await noted(city)]
    assert said == [
        ("inspection", "ordered", "csv"),
        (None, "loaded", "csv"),
        ("inspection", "ordered", "xlsx"),
        (None, "loaded", "xlsx"),
    ]
    assert "가로등" not in str([one["detail"] for one in await noted(city)])


async def test_nobody_takes_out_what_they_may_not_see_or_another_ordered(city: City) -> None:
    """The rights are those of the search; the file is for who ordered it; without a reason, or
    from another site's form, nothing is ordered."""
    await city.case(LAMP)
    cleansing = await city.staff(Role.OFFICER, CLEANSING)
    assert lines_of(await taken_out(city, cleansing, "q=가로등", "csv"))[1:] == []
    roads, colleague = await city.staff(), await city.staff()
    answer, export = await ordered(roads, "q=가로등")
    assert answer.status_code == 303
    again, _ = await ordered(roads, "q=가로등", id=export)
    assert again.status_code == 303
    assert await make_next(city.store, asyncio.Event())
    assert not await make_next(city.store, asyncio.Event())
    assert (await colleague.get(f"/staff/exports/{export}/file")).status_code == 404
    assert (await roads.get(f"/staff/exports/{export}/file")).status_code == 200
    for fields, status in (({"why": ""}, 422), ({"csrf": "x"}, 403), ({"why": "other"}, 422)):
        answer, _ = await ordered(roads, "q=가로등", **fields)
        assert answer.status_code == status
    assert (await ordered(roads, "q=!!"))[0].status_code == 404
    assert not await make_next(city.store, asyncio.Event())


async def test_who_was_given_other_duties_loads_nothing_of_before(city: City) -> None:
    """A file may hold what its owner may not read any more."""
    await city.case(LAMP)
    login = await city.account(Role.FIRST_LINE, FIRST_LINE)
    browser = city.browser()
    await browser.post("/staff/sign-in", data={"login": login, "password": PASSWORD})
    _, export = await ordered(browser, "q=가로등")
    assert await make_next(city.store, asyncio.Event())
    async with city.store.engine.begin() as conn:
        changed = update(staff_account).where(staff_account.c.login == login)
        await conn.execute(changed.values(role=Role.OFFICER, department=CLEANSING))
    assert (await browser.get(f"/staff/exports/{export}/file")).status_code == 403


async def test_a_killed_worker_leaves_nothing_half_and_another_begins_anew(city: City) -> None:
    """Nothing can be loaded before the whole is there; after the lease another worker takes it up,
    the first one's late result is not kept, and what fails each time is given up."""
    await city.case(LAMP)
    browser = await city.staff()
    _, export = await ordered(browser, "q=가로등")
    now = datetime.now(UTC)
    async with city.store.engine.begin() as conn:
        killed = await take_up(conn, at=now)
        assert killed is not None
        assert await take_up(conn, at=now + LEASE / 2) is None
    assert (await browser.get(f"/staff/exports/{export}/file")).status_code == 404
    page = (await browser.get("/staff/exports")).text
    assert 'hx-get="/staff/exports/progress"' in page
    async with city.store.engine.begin() as conn:
        second = await take_up(conn, at=now + LEASE * 2)
        assert second is not None
        assert second.tries == killed.tries + 1
        assert not await keep_file(conn, killed, io.BytesIO(b"late"), at=now, done=1)
    async with city.store.engine.begin() as conn:
        for _ in range(MOST_TRIES):
            now += LEASE * 4
            await take_up(conn, at=now)
    assert (await kept(city, export, second.account)).state == "failed"


async def test_a_file_expires_and_can_be_removed(city: City) -> None:
    """After its day, or when its owner says so, the pieces are gone and the order stays."""
    await city.case(LAMP)
    browser = await city.staff()
    exports = [(await ordered(browser, "q=가로등"))[1] for _ in range(2)]
    for _ in exports:
        assert await make_next(city.store, asyncio.Event())
    csrf = csrf_of(browser.cookies[SESSION_COOKIE])
    await browser.post(f"/staff/exports/{exports[0]}/remove", data={"csrf": csrf})
    async with city.store.engine.begin() as conn:
        assert await expire(conn, at=datetime.now(UTC) + KEPT - timedelta(minutes=1)) == 0
        assert await expire(conn, at=datetime.now(UTC) + KEPT) == 1
        assert await conn.scalar(select(func.count()).select_from(search_export_piece)) == 0
    for export in exports:
        assert (await browser.get(f"/staff/exports/{export}/file")).status_code == 404


async def test_three_at_once_are_enough(city: City) -> None:
    """A fourth order says what to do."""
    browser = await city.staff()
    for _ in range(3):
        assert (await ordered(browser, "q=가로등"))[0].status_code == 303
    answer, _ = await ordered(browser, "q=가로등")
    assert answer.status_code == 422
    assert "취소" in answer.text


@pytest.mark.parametrize("many", [0, 2500])
async def test_the_rows_are_read_in_batches_as_of_one_instant(city: City, many: int) -> None:
    """However many they are, and whatever is filed meanwhile: each once, the newest first."""
    number = await city.case(LAMP)
    async with city.store.engine.begin() as conn:
        columns = (
            await conn.scalars(
                text(
                    "SELECT string_agg(quote_ident(attname), ',') FROM pg_attribute "
                    "WHERE attrelid = 'cases'::regclass AND attnum > 0 AND NOT attisdropped "
                    "AND attgenerated = '' AND attname NOT IN ('number', 'external_id')"
                )
            )
        ).one()
        numbers = [receipt_number(date(2026, 1, 5), n) for n in range(many)]
        await conn.execute(
            text(
                f"INSERT INTO cases (number, external_id, {columns}) "
                f"SELECT n, n, {columns} FROM cases, unnest(CAST(:numbers AS text[])) AS n"
            ),
            {"numbers": numbers},
        )
    seen: list[str] = []
    async with city.store.engine.connect() as conn:
        async for rows in rows_wanted(conn, Wanted(readers=None)):
            assert len(rows) <= 1000
            seen += [row.number for row in rows]
            await city.case(LAMP)
    assert seen == sorted([number, *numbers], reverse=True)
