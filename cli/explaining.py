"""`minwon deadlines explain NUMBER`: how the deadline of a live case was counted."""

from datetime import datetime

from cli.state import CliError
from rules.life import facts_of
from rules.packs import SEOUL
from schema.codes import TimerKind
from settings import Settings
from storage.calendars import Calendars
from storage.cases import events_of, find_case
from worker import Composition


async def run_explain(settings: Settings, number: str) -> int:
    """Print both deadlines of the case, the steps of the legal one, and the limits that run."""
    made = Composition(settings, "explain")
    async with made.store.engine.connect() as conn:
        case = await find_case(conn, number)
        if case is None:
            raise CliError(f"There is no case {number}.")
        log = await events_of(conn, number)
        calendar = await Calendars().current(conn)
    await made.store.close()
    facts = facts_of(log, kind=case.kind, synthetic=case.synthetic)
    for name, due in (
        ("법정 처리기한 legal due", case.legal_due_at),
        ("서비스 목표 service target", case.target_due_at),
    ):
        print(f"{name}: {_said(due)}")
    explained = made.book.explained(facts, calendar)
    if explained is None:
        print("법정 처리기간이 없는 의견입니다. / An opinion has no legal deadline.")
        return 0
    for step in explained.steps:
        print(f"- {step.ko}  [{step.article or ''}]\n  {step.en}")
    for clock in made.book.clocks(facts, calendar).clocks:
        if clock.timer not in (TimerKind.LEGAL, TimerKind.TARGET):
            print(f"{clock.timer}: {_said(clock.due_at)}")
    return 0


def _said(due: datetime | None) -> str:
    """The instant in Seoul, to the second."""
    return f"{due.astimezone(SEOUL):%Y-%m-%d %H:%M:%S}" if due else "-"
