"""`minwon quarantine`: what could not be understood, and taking it in again."""

from cli.state import CliError
from schema.audit import AT_CONSOLE, AuditKind, AuditNote
from settings import Settings
from storage.audit import note_alone
from storage.quarantine import list_quarantine, resolve_quarantine, show_quarantine
from worker import Composition, intake_of


async def run_list(settings: Settings, *, everything: bool) -> int:
    """Print a line for each entry."""
    made = Composition(settings, "quarantine")
    async with made.store.engine.connect() as conn:
        entries = await list_quarantine(conn, status=None if everything else "open")
    await made.store.close()
    for one in entries:
        seen = one.first_seen_at.isoformat(timespec="seconds")
        print(
            f"{one.id:>6}  {one.status:<9} {one.channel:<13} {one.reason:<18} {seen}  {one.detail}"
        )
    print(f"{len(entries)} entries")
    return 0


async def run_show(settings: Settings, entry: int) -> int:
    """Print one entry and the record as it came."""
    made = Composition(settings, "quarantine")
    async with made.store.engine.connect() as conn:
        found = await show_quarantine(conn, made.store, entry)
    if found is not None:
        opened = AuditNote(kind=AuditKind.PAYLOAD_READ, doer=AT_CONSOLE, detail={"entry": entry})
        await note_alone(made.store, opened)
    await made.store.close()
    if found is None:
        raise CliError(f"There is no entry {entry}; `minwon quarantine list --all` shows them.")
    facts, value = found
    for name, shown in facts.model_dump(mode="json").items():
        print(f"{name:14} {shown}")
    print(value.decode("utf-8", "backslashreplace"))
    return 0


async def run_retry(settings: Settings, wanted: list[int]) -> int:
    """Take the entries in again (none named: all open ones); exits 1 where one still is not
    understood."""
    made = Composition(settings, "quarantine")
    intake = await intake_of(made)
    async with made.store.engine.connect() as conn:
        entries = wanted or [one.id for one in await list_quarantine(conn, limit=10_000)]
    left = 0
    for entry in sorted(entries):
        async with made.store.engine.connect() as conn:
            found = await show_quarantine(conn, made.store, entry)
        if found is None:
            raise CliError(f"There is no entry {entry}.")
        facts, value = found
        outcome = await intake.take_again(facts.channel, value, origin=facts.origin)
        if outcome == "quarantined":
            left += 1
        else:
            async with made.store.engine.begin() as conn:
                await resolve_quarantine(conn, entry)
        print(f"{entry:>6}  {outcome}")
    await made.store.close()
    return 1 if left else 0
