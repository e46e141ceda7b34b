"""`minwon calendar`, `minwon outage` and `minwon deadlines explain`, as an operator reads them."""

from datetime import timedelta
from pathlib import Path

import pytest

from cli.calendars import run_declare, run_list, run_outage, run_withdraw
from cli.explaining import run_explain
from cli.state import CliError
from rules.book import read_rule_book
from settings import Settings
from stack.processes import free_port
from storage.keys import Keyring, write_keyring
from storage.recomputing import Recomputing, recomputations
from storage.store import Store
from tests.woken_city import MONDAY, WokenCity

THURSDAY = "2026-03-12"
AWAY = "Temporal is away: the cases are recomputed as soon as it is back.\n"


@pytest.fixture
def settings(database_url: str, keyring: Keyring, tmp_path: Path) -> Settings:
    """The test's database; nothing listens where Temporal should be."""
    keys = tmp_path / "keys.json"
    write_keyring(keys, keyring)
    return Settings(
        database_url=database_url,
        keys_file=keys,
        temporal_address=f"127.0.0.1:{free_port()}",
        state_dir=tmp_path,
    )


async def recomputed(store: Store) -> None:
    """What housekeeping does as soon as Temporal is back."""
    recomputing = Recomputing(store, read_rule_book())
    async with store.engine.connect() as conn:
        names = [order.id for order in await recomputations(conn) if order.finished_at is None]
    for name in names:
        while not (await recomputing.next_batch(name, limit=10)).done:
            pass


async def test_a_declared_day_is_told_with_its_version_and_from_when(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """Once; the same day again changes nothing and says so."""
    assert await run_declare(settings, THURSDAY, "임시공휴일", source="관보", wait=True) == 0
    said = "Calendar version 2; deadlines from 2026-03-12 00:00 on may move.\n"
    assert capsys.readouterr().out == said + AWAY
    assert await run_declare(settings, THURSDAY, "임시공휴일", source="관보", wait=True) == 0
    assert capsys.readouterr().out == "The calendar says so already; nothing was changed.\n"


async def test_the_list_names_versions_days_outages_and_recomputations(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """What an operator looks for after a day of news."""
    await run_declare(settings, THURSDAY, "임시공휴일", source="관보 1호", wait=True)
    await run_outage(settings, "2026-06-10T09:00", "2026-06-10T18:00", source="점검", wait=True)
    capsys.readouterr()
    await run_list(settings)
    lines = capsys.readouterr().out.splitlines()
    assert next(line for line in lines if line.startswith("version")).startswith("version    3")
    assert "2026-03-12  closed  임시공휴일  (관보 1호)" in lines
    assert "outage  2026-06-10 09:00 ~ 2026-06-10 18:00" in lines
    assert "calendar/2: 0 open cases looked at, 0 deadlines moved, at the beginning" in lines


@pytest.mark.parametrize(
    ("day", "says"),
    [("2026-13-01", "«2026-13-01» is no day"), ("2099-01-01", "Nothing was changed")],
)
async def test_a_day_that_cannot_be_declared_is_told(
    settings: Settings, day: str, says: str
) -> None:
    """One sentence; nothing is written."""
    with pytest.raises(CliError, match=says):
        await run_declare(settings, day, "x", source="y", wait=True)


async def test_an_outage_that_ends_before_it_begins_is_told(settings: Settings) -> None:
    """With how to write it."""
    with pytest.raises(CliError, match="TO must lie after FROM"):
        await run_outage(settings, "2026-06-11", "2026-06-10", source="x", wait=True)
    with pytest.raises(CliError, match="«soon» is no instant"):
        await run_outage(settings, "soon", "2026-06-10", source="x", wait=True)


async def test_a_live_deadline_is_explained_before_and_after_a_holiday(
    settings: Settings, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both languages, with the articles, and the limits that run beside it."""
    number = await WokenCity(store).file(at=MONDAY)
    assert await run_explain(settings, number) == 0
    before = capsys.readouterr().out.splitlines()
    assert before[0] == "법정 처리기한 legal due: 2026-03-17 23:59:59"
    assert before[1] == "서비스 목표 service target: -"
    assert "- 2026-03-09부터 7일(근무일)  [민원처리법 §19②]" in before
    assert "  7 working days from 2026-03-09" in before
    assert "acceptance: 2026-03-09 14:00:00" in before
    await run_declare(settings, THURSDAY, "임시공휴일", source="관보", wait=True)
    await recomputed(store)
    capsys.readouterr()
    await run_explain(settings, number)
    after = capsys.readouterr().out
    assert "legal due: 2026-03-18 23:59:59" in after
    assert "- 3/12 임시공휴일 제외" in after
    await run_withdraw(settings, THURSDAY, source="취소", wait=True)
    await recomputed(store)
    capsys.readouterr()
    await run_explain(settings, number)
    assert capsys.readouterr().out.splitlines() == before


async def test_what_has_no_deadline_or_is_no_case_is_said(
    settings: Settings, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    """An opinion has a target only; a number that is none is told."""
    city = WokenCity(store)
    number = await city.file(at=MONDAY + timedelta(hours=1), kind="opinion", item=None)
    assert await run_explain(settings, number) == 0
    assert "An opinion has no legal deadline." in capsys.readouterr().out
    with pytest.raises(CliError, match="There is no case 1"):
        await run_explain(settings, "1")
