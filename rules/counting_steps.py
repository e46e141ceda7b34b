"""The steps of a counting in words: where it began, what was left out and why, where it ended."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from rules.calendar import SATURDAY, BusinessCalendar
from rules.exclusions import Exclusion, spell_days
from rules.packs import SEOUL
from schema.deadlines import (
    HOUR_UNITS,
    ClockKind,
    DeadlineRequest,
    EventType,
    Step,
    Unit,
)

DAY = timedelta(days=1)
UNIT_WORDS: dict[Unit, tuple[str, str]] = {
    Unit.IMMEDIATE: ("근무시간", "working hours"),
    Unit.HOURS: ("근무시간", "working hours"),
    Unit.WORKING_HOURS: ("근무시간", "working hours"),
    Unit.DAYS: ("일(근무일)", "working days"),
    Unit.WEEKS: ("주", "weeks"),
    Unit.MONTHS: ("개월", "months"),
    Unit.YEARS: ("년", "years"),
    Unit.CIVIL_DAYS: ("일(역일)", "calendar days"),
}
EXCLUSION_WORDS: dict[EventType, tuple[str, str]] = {
    EventType.SUPPLEMENT_REQUEST: ("보완 기간", "supplement"),
    EventType.INVESTIGATION_START: ("현장조사", "field investigation"),
    EventType.CONSULT_REQUEST: ("의견조회", "consultation"),
    EventType.OUTAGE: ("정보시스템 장애", "system outage"),
}


def spell(at: datetime) -> str:
    """«2026-03-10 14:30» in Seoul."""
    return f"{at.astimezone(SEOUL):%Y-%m-%d %H:%M}"


def _counting_article(request: DeadlineRequest) -> str:
    if request.clock is not ClockKind.PETITION:
        return "행정기본법 §6①, 민법 §156~161"
    if request.period.unit in HOUR_UNITS:
        return "민원처리법 §19①, 영 §19"
    return (
        "민원처리법 §19②" if request.period.unit is Unit.DAYS else "민원처리법 §19③, 민법 §159~161"
    )


def start_step(
    request: DeadlineRequest, start: datetime, first: date | None, extensions: Sequence[int]
) -> Step:
    """Where the counting begins, and how long it is."""
    ko, en = UNIT_WORDS[request.period.unit]
    amount = request.period.amount
    more_ko = "".join(f" + 연장 {days}일" for days in extensions)
    more_en = "".join(f" + {days} days' extension" for days in extensions)
    begin = f"{first:%Y-%m-%d}" if first else spell(start)
    moved = start != request.received_at
    why_ko = f" ({spell(request.received_at)} 도달, 다음 근무시간에 접수)" if moved else ""
    why_en = (
        f" (arrived {spell(request.received_at)}, received at the next opening)" if moved else ""
    )
    return Step(
        ko=f"{begin}부터 {amount}{ko}{more_ko}{why_ko}",
        en=f"{amount} {en}{more_en} from {begin}{why_en}",
        article=_counting_article(request),
    )


def closed_steps(first: date, last: date, calendar: BusinessCalendar) -> list[Step]:
    """The public holidays between, in runs: «2/16~18 설날 전날, 설날, 설날 다음날 제외»; and that
    Saturdays and Sundays are left out, where there are any."""
    days = [first + DAY * n for n in range((last - first).days + 1)]
    named = [day for day in days if day in calendar.closed and day.weekday() < SATURDAY]
    steps = [_closed_step(run, calendar) for run in _runs(named)]
    if any(day.weekday() >= SATURDAY for day in days):
        steps.append(
            Step(
                ko="토요일·일요일 제외",
                en="Saturdays and Sundays left out",
                article="민원처리법 §19",
            )
        )
    return steps


def _runs(days: Iterable[date]) -> list[list[date]]:
    runs: list[list[date]] = []
    for day in days:
        if runs and runs[-1][-1] + DAY == day:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _closed_step(run: Sequence[date], calendar: BusinessCalendar) -> Step:
    days = spell_days(run[0], run[-1])
    names = " · ".join(dict.fromkeys(calendar.closed[day] for day in run))
    if any(word in names for word in ("설날", "추석")) and len(run) > 1:
        names = "설 연휴" if "설날" in names else "추석 연휴"
    return Step(
        ko=f"{days} {names} 제외",
        en=f"{days} left out: public holiday ({names})",
        article="민원처리법 §19, 관공서의 공휴일에 관한 규정",
    )


def exclusion_steps(found: Sequence[Exclusion]) -> list[Step]:
    """What did not count, cause by cause."""
    return [one.step(*EXCLUSION_WORDS[one.cause]) for one in found]


def due_step(request: DeadlineRequest, due: datetime | None) -> Step:
    """Where the counting ends."""
    if due is None:
        return Step(
            ko="보완을 기다리는 동안에는 기한이 정해지지 않습니다.",
            en="There is no deadline while a supplement is awaited.",
            article="영 §20 1호",
        )
    return Step(ko=f"{spell(due)}까지", en=f"due {spell(due)}", article=_counting_article(request))
