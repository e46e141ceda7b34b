"""`minwon data`: faults are said, the effect comes first, a load is once and of one piece."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rules.tables import package_text
from storage.city_data import newest_data, versions
from storage.keys import Keyring, write_keyring
from storage.recomputing import recomputations
from storage.store import Store
from tests.woken_city import WokenCity

LADDERS = "ladders.toml"
SOON = package_text(LADDERS).replace("share = 0.8 }", "share = 0.5 }", 1)
Run = Callable[..., "asyncio.Future[subprocess.CompletedProcess[str]]"]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Where the city keeps its files."""
    made = tmp_path / "city"
    made.mkdir()
    return made


@pytest.fixture
def run(database_url: str, keyring: Keyring, tmp_path: Path) -> Run:
    """The verb as a process of its own, beside the test's database and without Temporal."""
    keys = tmp_path / "keys.json"
    write_keyring(keys, keyring)
    settings = {
        "MINWON_DATABASE_URL": database_url.replace("+asyncpg", ""),
        "MINWON_KEYS_FILE": str(keys),
        "MINWON_STATE_DIR": str(tmp_path / "none"),
    }

    def started(*words: str, answer: str = "", alone: bool = False) -> object:
        beside = {name: text for name, text in os.environ.items() if "MINWON" not in name}
        return asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "cli", "data", *words],
            env=beside | ({"MINWON_STATE_DIR": str(tmp_path)} if alone else settings),
            input=answer,
            capture_output=True,
            text=True,
            check=False,
        )

    return started  # type: ignore[return-value]


async def test_each_fault_is_a_sentence_with_file_and_line(directory: Path, run: Run) -> None:
    """Exit 1; nothing of the effect is shown, and nothing is changed."""
    (directory / LADDERS).write_text(SOON.replace('to = "bureau"', 'to = "mayor"', 1))
    (directory / "ladder.toml").write_text("")
    (directory / "groups.csv").write_bytes("code,name_ko\nTR,교통".encode("cp949"))
    done = await run("check", str(directory))
    assert done.returncode == 1, done.stderr
    lines = done.stdout.splitlines()
    number = next(n for n, one in enumerate(SOON.splitlines(), 1) if 'to = "bureau"' in one)
    assert any(one.startswith(f"{LADDERS}:{number}: ") and "«mayor»" in one for one in lines)
    assert any(
        one.startswith("ladder.toml: ") and "has no file of this name" in one for one in lines
    )
    assert any(one.startswith("groups.csv: ") and "Save it as UTF-8." in one for one in lines)
    assert lines[-1].endswith("3 faults: mend them first.")


async def test_without_a_database_it_is_compared_with_the_packages_own(
    directory: Path, run: Run
) -> None:
    """A city can check its files first of all; what a spreadsheet adds to them does not matter."""
    text = package_text("agencies.csv").replace("서울교통공사", "서울지하철공사")
    (directory / "agencies.csv").write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))
    done = await run("check", str(directory), alone=True)
    assert done.returncode == 0, done.stderr
    assert "«서울교통공사» → «서울지하철공사»" in done.stdout
    assert done.stdout.count("agencies.csv") == 1


async def test_the_effect_is_shown_then_asked_and_a_no_changes_nothing(
    directory: Path, run: Run, store: Store
) -> None:
    """Only a yes stores the version."""
    (directory / LADDERS).write_text(SOON)
    done = await run("load", str(directory), "--source", "훈령 3호", answer="n\n")
    assert done.returncode == 0, done.stderr
    shown, asked, after = done.stdout.partition("Load this?")
    assert "near (remind officer, 80%) → near (remind officer, 50%)" in shown
    assert asked
    assert "Nothing was changed." in after
    async with store.engine.connect() as conn:
        assert await versions(conn) == ()


async def test_a_load_is_stored_with_the_order_to_recompute_and_only_once(
    directory: Path, run: Run, store: Store
) -> None:
    """The source is on record; without a worker the order waits for one; the same again is said
    to change nothing."""
    (directory / LADDERS).write_text(SOON)
    done = await run("load", str(directory), "--source", "훈령 3호", "--yes")
    assert done.returncode == 0, done.stderr
    assert "Version 1 is in force." in done.stdout
    assert "A worker recomputes the open cases" in done.stdout
    again = await run("load", str(directory), "--source", "훈령 3호", "--yes")
    assert again.returncode == 0, again.stderr
    assert "Nothing was changed." in again.stdout
    async with store.engine.connect() as conn:
        (one,) = await versions(conn)
        (order,) = await recomputations(conn)
        assert dict((await newest_data(conn)).replaced) == {LADDERS: SOON}
    assert (one.version, one.source, one.files) == (1, "훈령 3호", (LADDERS,))
    assert order.id == "data/1"
    assert "훈령 3호" in order.reason
    listed = await run("list")
    assert "훈령 3호" in listed.stdout


async def test_two_loads_at_once_both_stand(directory: Path, run: Run, store: Store) -> None:
    """Whichever is second looks again on top of the first."""
    other = directory.parent / "other"
    other.mkdir()
    (directory / LADDERS).write_text(SOON)
    text = package_text("agencies.csv").replace("서울교통공사", "서울지하철공사")
    (other / "agencies.csv").write_text(text)
    found = await asyncio.gather(
        *(run("load", str(one), "--source", "-", "--yes") for one in (directory, other))
    )
    assert [one.returncode for one in found] == [0, 0], [one.stderr for one in found]
    async with store.engine.connect() as conn:
        newest = await newest_data(conn)
    assert newest.version == 2
    assert dict(newest.replaced) == {LADDERS: SOON, "agencies.csv": text}


async def test_open_cases_of_a_department_that_ends_are_counted(
    directory: Path, run: Run, store: Store
) -> None:
    """Whoever loads it sees how many cases have to be transferred, and which items change owner."""
    city = WokenCity(store)
    case = await city.case(await city.file())
    assert case.department is not None
    slug = case.department.partition(".")[2]
    old = _row("district_departments.csv", f",{slug},")
    new = f",{slug}-new,새 부서,New Division,2999-01-01,"
    departments = package_text("district_departments.csv")
    (directory / "district_departments.csv").write_text(
        departments.replace(old, f"{old}2998-12-31\n{new}")
    )
    items = []
    for row in package_text("taxonomy.csv").splitlines():
        if f",{slug}," in row:
            items.append(f"{row}2998-12-31")
            later = row.replace(f",{slug},", f",{slug}-new,").replace("2016-02-12", "2999-01-01")
            items.append(later)
        else:
            items.append(row)
    (directory / "taxonomy.csv").write_text("\n".join(items) + "\n")
    done = await run("check", str(directory))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{case.department}: 2998-12-31 폐지, 처리 중 1건." in done.stdout
    assert "HB04: 담당 변경, 처리 중 1건." in done.stdout


async def test_an_empty_directory_is_said_to_be_empty(directory: Path, run: Run) -> None:
    """With the names of the files that there could be."""
    done = await run("check", str(directory))
    assert done.returncode == 2
    assert "has no file; the city's data are agencies.csv" in done.stderr


def _row(file: str, start: str) -> str:
    return next(row for row in package_text(file).splitlines() if row.startswith(start))
