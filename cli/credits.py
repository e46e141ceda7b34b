"""`minwon credits`: volunteer hours to the volunteers' system, and the ledger computed again."""

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from schema.audit import AT_CONSOLE, AuditKind, AuditNote
from settings import Settings
from storage.audit import note_alone
from storage.credit_exports import ExportedRequest, export_requests, settle_requests
from storage.credits import bring_up_to_date, everybody
from worker import Composition

HEADINGS = ("신청번호", "1365 아이디", "이름", "활동일", "인정시간")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula at the beginning of a cell."""


async def run_export(settings: Settings, file: Path, batch: str | None) -> int:
    """Write what was requested to `file`, and note that it went out; `batch` writes one again."""
    made = Composition(settings, "credits")
    now = datetime.now(UTC)
    name = batch or f"{now:%Y%m%dT%H%M%SZ}"
    part = file.with_name(file.name + ".part")
    out = AuditNote(
        kind=AuditKind.EXPORTED, doer=AT_CONSOLE, detail={"what": "credits", "batch": name}
    )
    try:
        await note_alone(made.store, out)
        # The file is whole on disk before the requests are marked: a crash exports them again.
        async with made.store.engine.begin() as conn:
            requests = await export_requests(conn, made.store, batch=name, at=now)
            part.touch(mode=0o600)
            part.write_text(as_csv(requests), encoding="utf-8-sig", newline="")
        part.replace(file)
    finally:
        await made.store.close()
    print(f"{len(requests)} requests, batch {name}, in {file}")
    return 0


def as_csv(requests: Iterable[ExportedRequest]) -> str:
    """A line for each request and day; a negative one takes back hours booked before."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    for request in requests:
        who = request.volunteer
        for line in request.lines:
            cells = (_cell(who.member), _cell(who.name))
            writer.writerow((str(request.id), *cells, line.day.isoformat(), line.hours))
    return out.getvalue()


def _cell(said: str) -> str:
    """What a citizen typed, so that no spreadsheet computes it."""
    return f"'{said}" if said.startswith(FORMULA) else said


async def run_settle(settings: Settings, ids: list[UUID], refused: str | None) -> int:
    """Note what became of exported requests. Gives 1 where some were not waiting for that."""
    made = Composition(settings, "credits")
    try:
        async with made.store.engine.begin() as conn:
            done = await settle_requests(conn, ids, at=datetime.now(UTC), refused_because=refused)
    finally:
        await made.store.close()
    for one in ids:
        print(f"{one} {'settled' if one in done else 'not exported, or settled before'}")
    return 0 if set(done) == set(ids) else 1


async def run_recompute(settings: Settings) -> int:
    """Bring every ledger up to the record; what was not yet in it is added, nothing rewritten."""
    made = Composition(settings, "credits")
    people = written = 0
    try:
        async with made.store.engine.connect() as conn:
            persons = await everybody(conn)
        for person in persons:
            async with made.store.engine.begin() as conn:
                written += await bring_up_to_date(conn, person)
            people += 1
    finally:
        await made.store.close()
    print(f"{people} people, {written} entries added")
    return 0
