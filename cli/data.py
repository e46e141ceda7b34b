"""`minwon data …`: another version of departments, owners, ladders and texts, its effect first."""

from collections.abc import Sequence
from datetime import date, datetime
from getpass import getuser
from itertools import groupby
from pathlib import Path

import typer

from cli.calendars import carry_out
from cli.state import CliError
from rules.city_changes import Effect, effect
from rules.city_data import faults
from rules.city_files import read_file
from rules.packs import SEOUL
from rules.tables import CityData, Fault, file_names
from settings import Settings, SettingsError
from storage.city_data import (
    StaleDataError,
    Touched,
    newest_data,
    touched,
    versions,
    with_loaded,
)
from storage.city_loading import load_version, order_name
from worker import Composition

SHOWN = 40
"""How many changes of one file are printed."""


async def run_check(settings: Settings, directory: Path) -> int:
    """Print every fault in DIR and exit 1, or print what loading it would change.

    Without a database it is compared with the package's own data, and no cases are counted.
    """
    files, wrong = read_directory(directory)
    made = Composition(settings, "data") if settings.database_url else None
    before = await _newest(made) if made else CityData()
    after = with_loaded(before, files)
    good = _without_fault(wrong, before, after)
    if good:
        await _show(made, before, after)
    if made:
        await made.store.close()
    return 0 if good else 1


async def run_load(
    settings: Settings, directory: Path, *, source: str, yes: bool, wait: bool
) -> int:
    """Check DIR, show the effect, ask, and store it as the next version.

    Where somebody else loads in between, the effect on top of theirs is shown and asked anew.
    """
    files, wrong = read_directory(directory)
    made = Composition(settings, "data")
    while True:
        before = await _newest(made)
        after = with_loaded(before, files)
        if not _without_fault(wrong, before, after):
            return await _ended(made, 1)
        seen = await _show(made, before, after)
        if not seen.changes or not (yes or typer.confirm("적용할까요? Load this?")):
            print("바뀐 것이 없습니다. Nothing was changed.")
            return await _ended(made, 0)
        try:
            await _keep(made, after, seen, source)
            break
        except StaleDataError as error:
            print(f"그 사이에 다른 판이 적용되어 다시 봅니다. {error} Looking again.")
    print(f"{after.version}판을 적용했습니다. Version {after.version} is in force.")
    if not seen.recount:
        return await _ended(made, 0)
    return await _recompute(made, settings, after, wait=wait)


async def run_list(settings: Settings) -> int:
    """Print a line for each version, newest first."""
    made = Composition(settings, "data")
    async with made.store.engine.connect() as conn:
        for one in await versions(conn):
            at = f"{one.created_at.astimezone(SEOUL):%Y-%m-%d %H:%M}"
            print(f"{one.version:>4}  {at}  {one.digest[:12]}  {one.loaded_by}  {one.source}")
            print(f"      {', '.join(one.files) or '(기본 데이터 the package alone)'}")
    print("   0  기본 데이터 the data that came with the package")
    return await _ended(made, 0)


def read_directory(directory: Path) -> tuple[dict[str, str], list[Fault]]:
    """The files in `directory` by name, and what is wrong with them as files.

    Raises CliError where there is none.
    """
    files: dict[str, str] = {}
    wrong: list[Fault] = []
    for path in sorted(directory.iterdir()):
        if path.is_dir() or path.name.startswith("."):
            continue
        read = read_file(path.name, path.read_bytes())
        if isinstance(read, Fault):
            wrong.append(read)
        else:
            files[path.name] = read
    if not files and not wrong:
        raise CliError(f"{directory} has no file; the city's data are {', '.join(file_names())}.")
    return files, wrong


def _without_fault(wrong: Sequence[Fault], before: CityData, after: CityData) -> bool:
    """Print what is wrong; True where nothing is."""
    found = [*wrong, *faults(after, before=before, today=_today())]
    for fault in found:
        print(fault)
    if found:
        print(
            f"오류 {len(found)}건을 고친 뒤 다시 해 주세요. {len(found)} faults: mend them first."
        )
    return not found


async def _show(made: Composition | None, before: CityData, after: CityData) -> Effect:
    """Print what differs, and whom it touches."""
    seen = effect(before, after)
    print(f"{before.version}판과 비교 Compared with version {before.version}:")
    for _, of_file in groupby(seen.changes, key=lambda change: change.file):
        changes = list(of_file)
        for change in changes[:SHOWN]:
            print(f"  {change}")
        if len(changes) > SHOWN:
            print(f"  … {changes[0].file}: {len(changes) - SHOWN} more")
    if not seen.changes:
        print("  같습니다. The same.")
    elif made is not None:
        async with made.store.engine.connect() as conn:
            counted = await touched(conn, departments=seen.ending.keys(), items=seen.owners)
        _show_cases(seen, counted)
    return seen


def _show_cases(seen: Effect, counted: Touched) -> None:
    for code, last in sorted(seen.ending.items()):
        number = counted.by_department.get(code, 0)
        print(
            f"  {code}: {last} 폐지, 처리 중 {number}건. Ends; {number} open cases: transfer them."
        )
    for item in sorted(seen.owners):
        number = counted.by_item.get(item, 0)
        print(f"  {item}: 담당 변경, 처리 중 {number}건. Other owner; {number} open cases stay.")
    if seen.recount:
        print("  처리 중인 민원을 다시 계산합니다. The open cases will be recomputed.")


async def _newest(made: Composition) -> CityData:
    async with made.store.engine.connect() as conn:
        return await newest_data(conn)


async def _keep(made: Composition, after: CityData, seen: Effect, source: str) -> None:
    async with made.store.engine.begin() as conn:
        await load_version(conn, after, recount=seen.recount, source=source, loaded_by=_user())


async def _recompute(made: Composition, settings: Settings, after: CityData, *, wait: bool) -> int:
    try:
        return await carry_out(made, settings, order_name(after), wait=wait)
    except SettingsError:
        print("worker가 다시 계산합니다. A worker recomputes the open cases as soon as one runs.")
        return await _ended(made, 0)


async def _ended(made: Composition, code: int) -> int:
    await made.store.close()
    return code


def _today() -> date:
    return datetime.now(SEOUL).date()


def _user() -> str:
    try:
        return getuser()
    except (KeyError, ImportError, OSError):
        return "unknown"
