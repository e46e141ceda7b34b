"""The city's own data, for its administrator: read, edited, uploaded; the effect before it counts.

It is the data of `minwon data`, by the same rules: what is checked, shown and stored here is what
the command line checks, shows and stores.
"""

import asyncio
import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from io import StringIO
from itertools import groupby, islice
from typing import Annotated

from fastapi import APIRouter, File, Form, HTTPException, Request, Response, UploadFile
from pydantic import Field

from rules.city_changes import SAID, Change, Effect, effect
from rules.city_data import faults
from rules.city_files import read_file
from rules.tables import CityData, Fault, file_names
from schema.audit import AuditKind, AuditNote
from schema.model import Frozen
from storage.audit import note
from storage.city_data import (
    StaleDataError,
    Touched,
    newest_data,
    take_newest,
    touched,
    versions,
    with_loaded,
)
from storage.city_loading import load_version, order_name
from storage.people import absent_now
from web.officer.own_form import check_own
from web.sign_in import Staff, StaffHere
from web.site import Site, SiteHere, page, see
from web.wording import SEOUL

router = APIRouter(prefix="/staff/city", include_in_schema=False)

GROUPS: Mapping[str, tuple[str, ...]] = {
    "organisation": (
        "departments.csv",
        "agencies.csv",
        "district_departments.csv",
        "districts.csv",
        "approvals.csv",
    ),
    "items": ("taxonomy.csv", "groups.csv", "keywords.toml", "channel_categories.csv"),
    "deadlines": ("ladders.toml", "packs.toml"),
    "texts": (
        "reply_templates.toml",
        "notice_texts.toml",
        "notices.toml",
        "quality.toml",
        "veil.toml",
        "moderation.toml",
    ),
}
"""The files by what somebody looks for; the rest comes last."""
MOST_ROWS = 120
MOST_CHANGES = 40
"""Of one file, on the page that asks whether it shall count."""


def grouped_files() -> dict[str, tuple[str, ...]]:
    """Every file of the city's data, each in one group."""
    known = {name for names in GROUPS.values() for name in names}
    return {**GROUPS, "others": tuple(name for name in file_names() if name not in known)}


class CityForm(Frozen):
    """Files to be checked or loaded, made on top of version `base`."""

    csrf: str = ""
    base: int = -1
    name: list[str] = Field(default_factory=list)
    text: list[str] = Field(default_factory=list)
    source: str = ""

    def files(self) -> dict[str, str]:
        """The texts by the names of the city's files; other names are left out."""
        pairs = zip(self.name, self.text, strict=False)
        return {name: text.replace("\r\n", "\n") for name, text in pairs if name in file_names()}


@dataclass(frozen=True)
class Checked:
    """What loading would do, or what keeps it from being done."""

    before: CityData
    after: CityData
    faults: Sequence[Fault] = ()
    effect: Effect | None = None
    touched: Touched | None = None


@router.get("")
async def overview(
    request: Request, site: SiteHere, staff: StaffHere, done: int | None = None
) -> Response:
    """What the city's data are, their versions, and who stands in for whom just now."""
    async with site.store.engine.connect() as conn:
        loaded = await versions(conn)
        data = await newest_data(conn)
        absent = await absent_now(conn, site.now())
    return page(
        request,
        "staff/city.html",
        account=staff.account,
        staff=staff,
        groups=grouped_files(),
        replaced=frozenset(data.replaced),
        versions=loaded,
        absent=absent,
        done=done,
    )


@router.get("/files/{name}")
async def one_file(request: Request, site: SiteHere, staff: StaffHere, name: str) -> Response:
    """One file as it is in force, to be read and edited."""
    if name not in file_names():
        raise HTTPException(404)
    async with site.store.engine.connect() as conn:
        data = await newest_data(conn)
    return _file_page(request, staff, name, data.text(name), base=data.version)


def _file_page(
    request: Request,
    staff: Staff,
    name: str,
    text: str,
    *,
    base: int,
    wrong: Sequence[Fault] = (),
    status: int = 200,
) -> Response:
    return page(
        request,
        "staff/city_file.html",
        status=status,
        account=staff.account,
        staff=staff,
        name=name,
        text=text,
        lines=text.count("\n") + 1,
        table=_table(name, text),
        base=base,
        wrong=wrong,
    )


@router.get("/files/{name}/download")
async def download(site: SiteHere, staff: StaffHere, name: str) -> Response:
    """The file as it is in force."""
    if name not in file_names():
        raise HTTPException(404)
    async with site.store.engine.connect() as conn:
        text = (await newest_data(conn)).text(name)
    kind = "text/csv" if name.endswith(".csv") else "application/toml"
    return Response(
        text.encode(),
        media_type=f"{kind}; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


@router.post("/check")
async def check(
    request: Request,
    site: SiteHere,
    staff: StaffHere,
    form: Annotated[CityForm, Form()],
) -> Response:
    """What the edited files would change, to be confirmed; nothing is stored."""
    check_own(staff, form.csrf)
    return await _effect_page(request, site, staff, form.files(), (), form)


@router.post("/upload")
async def upload(
    request: Request,
    site: SiteHere,
    staff: StaffHere,
    csrf: Annotated[str, Form()] = "",
    files: Annotated[list[UploadFile], File()] = [],  # noqa: B006 - read, never changed
) -> Response:
    """What the uploaded files would change together, to be confirmed; nothing is stored."""
    check_own(staff, csrf)
    read: dict[str, str] = {}
    wrong: list[Fault] = []
    for one in files:
        if not one.filename:
            continue
        found = read_file(one.filename, await one.read())
        if isinstance(found, Fault):
            wrong.append(found)
        else:
            read[one.filename] = found
    return await _effect_page(request, site, staff, read, wrong, CityForm())


@router.post("/load")
async def load(
    request: Request,
    site: SiteHere,
    staff: StaffHere,
    form: Annotated[CityForm, Form()],
) -> Response:
    """Put what was shown in force; where somebody loaded in between, it is shown anew."""
    check_own(staff, form.csrf)
    files = form.files()
    checked = await _checked(site, files, ())
    source = form.source.strip()[:200]
    stale = checked.before.version != form.base
    if checked.effect is None or not checked.effect.changes or stale or not source:
        return await _effect_page(request, site, staff, files, (), form, checked=checked)
    try:
        async with site.store.engine.begin() as conn:
            await load_version(
                conn,
                checked.after,
                recount=checked.effect.recount,
                source=source,
                loaded_by=staff.account.login,
            )
            await note(conn, _noted(staff, checked.after, sorted(files)))
    except StaleDataError:
        return await _effect_page(request, site, staff, files, (), form)
    async with site.store.engine.connect() as conn:
        await take_newest(conn)
    if checked.effect.recount:
        await site.acting.recompute(order_name(checked.after))
    return see(f"/staff/city?done={checked.after.version}")


def _noted(staff: Staff, data: CityData, names: list[str]) -> AuditNote:
    return AuditNote(
        kind=AuditKind.CITY_DATA_LOADED,
        doer=staff.doer(),
        detail={"version": data.version, "files": list(names)},
    )


async def _checked(site: Site, files: Mapping[str, str], wrong: Sequence[Fault]) -> Checked:
    async with site.store.engine.connect() as conn:
        before = await newest_data(conn)
        after = with_loaded(before, files)
        today = site.now().astimezone(SEOUL).date()
        found = [*wrong, *await asyncio.to_thread(faults, after, before=before, today=today)]
        if found or not files:
            return Checked(before, after, faults=found)
        seen = await asyncio.to_thread(effect, before, after)
        counted = await touched(conn, departments=seen.ending.keys(), items=seen.owners)
    return Checked(before, after, effect=seen, touched=counted)


async def _effect_page(
    request: Request,
    site: Site,
    staff: Staff,
    files: Mapping[str, str],
    wrong: Sequence[Fault],
    form: CityForm,
    *,
    checked: Checked | None = None,
) -> Response:
    seen = checked or await _checked(site, files, wrong)
    if seen.faults and len(files) == 1 and not wrong:
        (name, text), *_ = files.items()
        base = seen.before.version
        return _file_page(request, staff, name, text, base=base, wrong=seen.faults, status=422)
    loading = request.url.path.endswith("/load")
    good = seen.effect is not None and not loading
    return page(
        request,
        "staff/city_effect.html",
        status=200 if good else 422,
        account=staff.account,
        staff=staff,
        seen=seen,
        files=files,
        changes=_by_file(seen.effect.changes if seen.effect else ()),
        lines={name: _lines(seen.before.text(name), text) for name, text in files.items()},
        most=MOST_CHANGES,
        said=SAID,
        source=form.source,
        stale=loading and seen.before.version != form.base,
        no_source=loading and not form.source.strip(),
    )


def _table(name: str, text: str) -> list[list[str]]:
    """The rows of a table as they stand in the file, its head first; none of another file, or of a
    table too long to be read so."""
    if not name.endswith(".csv"):
        return []
    rows = [row for row in csv.reader(StringIO(text)) if row]
    return rows if len(rows) <= MOST_ROWS else []


def _lines(before: str, after: str) -> list[tuple[str, str]]:
    """The lines that go (-) and that come (+), without those around them."""
    found = unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [(line[0], line[1:]) for line in islice(found, 2, None) if line[0] in "+-"]


def _by_file(changes: Sequence[Change]) -> list[tuple[str, list[Change]]]:
    return [(name, list(of_file)) for name, of_file in groupby(changes, key=lambda one: one.file)]
