"""`minwon figures`: what the board counts, made anew from the log."""

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from settings import Settings
from storage.measuring import rebuild
from storage.tables import cases


async def run_rebuild(settings: Settings, *, missing_only: bool) -> int:
    """Make the measures of all cases anew, or of those that have none; beside running roles."""
    engine = create_async_engine(settings.required("database_url"))
    try:
        made = await _rebuild(engine, missing_only=missing_only)
    finally:
        await engine.dispose()
    print(f"{made:,} cases measured.")
    return 0


async def _rebuild(engine: AsyncEngine, *, missing_only: bool) -> int:
    async with engine.connect() as conn:
        many = await conn.scalar(select(func.count()).where(~cases.c.synthetic))
    bar = Progress(TextColumn("cases"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    made = 0
    with bar:
        task = bar.add_task("cases", total=None if missing_only else many)
        async for batch in rebuild(engine, missing_only=missing_only):
            made += batch
            bar.advance(task, batch)
    return made
