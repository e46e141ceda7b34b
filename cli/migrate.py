"""`minwon migrate`: the newest schema, and the first calendar version."""

from sqlalchemy.ext.asyncio import create_async_engine

from rules.calendar import national_calendar
from settings import Settings
from storage.calendars import keep_first_calendar
from storage.migrate import upgrade


async def run_migrate(settings: Settings) -> int:
    """Migrate the database that is set; safe to repeat and beside running roles."""
    await prepare_database(settings.required("database_url"))
    return 0


async def prepare_database(url: str) -> None:
    """Bring the database at `url` to the newest schema, and store the first calendar."""
    await upgrade(url)
    engine = create_async_engine(url)
    async with engine.begin() as conn:
        await keep_first_calendar(
            conn, national_calendar(version=1), reason="관공서의 공휴일에 관한 규정 (holidays)"
        )
    await engine.dispose()
