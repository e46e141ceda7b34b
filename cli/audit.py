"""`minwon audit`: is the log of readings what was written; seal its past days."""

from settings import Settings
from storage.audit_chain import Verified, seal_days, verify
from worker import Composition


async def run_verify(settings: Settings) -> int:
    """Check chains and seals. Gives 1 where something was changed, and says the first place."""
    made = Composition(settings, "audit")
    try:
        async with made.store.engine.connect() as conn:
            found = await verify(conn)
    finally:
        await made.store.close()
    print("\n".join(said(found)))
    return 0 if found.broken is None else 1


def said(found: Verified) -> list[str]:
    """What a check has found, in lines."""
    lines = [f"days     {found.days}", f"entries  {found.entries}", f"sealed   {found.sealed}"]
    if found.broken is None:
        return [*lines, "ok"]
    broken = found.broken
    where = "" if broken.lane is None else f", lane {broken.lane}, entry {broken.seq}"
    return [*lines, f"BROKEN   {broken.day}{where}: {broken.sentence}"]


async def run_seal(settings: Settings) -> int:
    """Seal the past days now; the worker does it by itself too."""
    made = Composition(settings, "audit")
    try:
        async with made.store.engine.begin() as conn:
            done = await seal_days(conn)
    finally:
        await made.store.close()
    for seal in done:
        print(f"{seal.day} {seal.entries} {seal.hash}")
    return 0
