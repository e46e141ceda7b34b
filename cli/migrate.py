"""`minwon migrate`: the newest schema, the first calendar version, and what figures count."""

from sqlalchemy.ext.asyncio import create_async_engine

from rules.calendar import national_calendar
from settings import Settings
from storage.calendars import keep_first_calendar
from storage.measuring import rebuild
from storage.migrate import upgrade


async def run_migrate(settings: Settings) -> int:
    """Migrate the database that is set; safe to repeat and beside running roles."""
    await prepare_database(settings.required("database_url"))
    return 0


async def prepare_database(url: str) -> None:
    """Bring the database at `url` to the newest schema, store the first calendar, and measure the
    cases that an older release recorded."""
    await upgrade(url)
    engine = create_async_engine(url)
    async with engine.begin() as conn:
        await keep_first_calendar(
            conn, national_calendar(version=1), reason="관공서의 공휴일에 관한 규정 (holidays)"
        )
    async for _ in rebuild(engine, missing_only=True):
        pass
    await engine.dispose()
