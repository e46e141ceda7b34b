"""The steps of a counting in words: where it began, what was left out and why, where it ended."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from rules.calendar import SATURDAY, BusinessCalendar
from rules.exclusions import Exclusion, spell_days
from rules.packs import SEOUL, RulePack
from rules.working_time import united
from schema.deadlines import (
    HOUR_UNITS,
    WALL_UNITS,
    ClockKind,
    DeadlineRequest,
    EventType,
    RefusedEvent,
    Step,
    Unit,
)

DAY = timedelta(days=1)
MOMENT = timedelta(microseconds=1)
UNIT_WORDS: dict[Unit, tuple[str, str]] = {
    Unit.IMMEDIATE: ("근무시간", "working hours"),
    Unit.HOURS: ("근무시간", "working hours"),
    Unit.WORKING_HOURS: ("근무시간", "working hours"),
    Unit.DAYS: ("일(근무일)", "working days"),
    Unit.WEEKS: ("주", "weeks"),
    Unit.MONTHS: ("개월", "months"),
    Unit.YEARS: ("년", "years"),
    Unit.CIVIL_DAYS: ("일(역일)", "calendar days"),
    Unit.WALL_HOURS: ("시간(기관이 정한 처리기간)", "hours (set by the agency)"),
    Unit.WALL_MINUTES: ("분(기관이 정한 처리기간)", "minutes (set by the agency)"),
}
RULES: dict[EventType, str] = {
    EventType.SUPPLEMENT_REQUEST: "supplement",
    EventType.INVESTIGATION_START: "investigation",
    EventType.CONSULT_REQUEST: "consultation",
    EventType.EXCLUSION_START: "exclusion",
    EventType.OUTAGE: "outage",
}
EXCLUSION_WORDS: dict[EventType, tuple[str, str]] = {
    EventType.SUPPLEMENT_REQUEST: ("보완 기간", "supplement"),
    EventType.INVESTIGATION_START: ("현장조사", "field investigation"),
    EventType.CONSULT_REQUEST: ("의견조회", "consultation"),
    EventType.EXCLUSION_START: ("처리기간에 넣지 않는 절차", "a procedure that does not count"),
    EventType.OUTAGE: ("정보시스템 장애", "system outage"),
}


def spell(at: datetime) -> str:
    """«2026-03-10 14:30» in Seoul."""
    return f"{at.astimezone(SEOUL):%Y-%m-%d %H:%M}"


def counting_article(request: DeadlineRequest, pack: RulePack) -> str:
    """The article on which the clock rests; the petition's own depends on the unit."""
    if request.clock is not ClockKind.PETITION:
        return pack.article(request.clock)
    unit = request.period.unit
    if unit is Unit.IMMEDIATE:
        return f"{pack.article('hours')}, {pack.article('immediate')}"
    if unit in WALL_UNITS:
        return pack.article("agency_period")
    if unit in HOUR_UNITS:
        return pack.article("hours")
    return pack.article("days" if unit is Unit.DAYS else "calendar")


def no_rule_step() -> Step:
    """That the law had no such period yet."""
    return Step(
        ko="도달 당시의 법령에는 이 기한이 없습니다.",
        en="The law had no such period when this arrived.",
        article="민원처리법 시행령 부칙(2022.7.11) §4",
    )


def transfer_step(received_at: datetime | None) -> Step:
    """That another agency received the petition, where its own period begins."""
    at = spell(received_at) if received_at else ""
    return Step(
        ko=f"{at} 다른 행정기관이 이송받아 그 접수부터 새로 셉니다.",
        en=f"{at}: another agency received the petition; its period begins with that receipt",
        article="민원처리법 §16, 시행령 §13③",
    )


def _days(amount: int) -> str:
    return f"{amount} day" if amount == 1 else f"{amount} days"


def start_step(
    request: DeadlineRequest,
    arrived: datetime,
    start: datetime,
    first: date | None,
    extensions: Sequence[int],
    pack: RulePack,
) -> Step:
    """Where the counting begins, and how long it is."""
    ko, en = UNIT_WORDS[request.period.unit]
    at_once = request.period.unit is Unit.IMMEDIATE
    amount = pack.immediate_hours if at_once else request.period.amount
    en = en.removesuffix("s") if amount == 1 else en
    more_ko = "".join(f" + 연장 {days}일" for days in extensions)
    more_en = "".join(f" + an extension of {_days(days)}" for days in extensions)
    begin = f"{first:%Y-%m-%d}" if first else spell(start)
    moved = start != arrived
    why_ko = f" ({spell(arrived)} 도달, 다음 근무시간에 접수)" if moved else ""
    why_en = f" (arrived {spell(arrived)}, received at the next opening)" if moved else ""
    return Step(
        ko=f"{begin}부터 {amount}{ko}{more_ko}{why_ko}",
        en=f"{amount} {en}{more_en} from {begin}{why_en}",
        article=counting_article(request, pack),
    )


def passed_step(request: DeadlineRequest, pack: RulePack) -> list[Step]:
    """영 §23: the notice is owed when so many days have passed, on the day after (reading A18)."""
    if request.clock is not ClockKind.PROGRESS_NOTICE:
        return []
    days = request.period.amount
    return [
        Step(
            ko=f"{days}일이 지난 날, 곧 {days + 1}일째에 통지",
            en=f"the notice is given when {days} days have passed, so on day {days + 1}",
            article=pack.article(request.clock),
        )
    ]


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


def moved_steps(first: date, last: date, calendar: BusinessCalendar) -> list[Step]:
    """That a calendar period would have ended on closed days, `first` to the eve of `last`."""
    if first >= last:
        return []
    closed = spell_days(first, last - DAY)
    return [
        Step(
            ko=f"{closed} {_reasons(first, last, calendar)}: 말일이 쉬는 날이면 그다음 날까지",
            en=f"{closed} closed: a period that would end then ends on the next working day",
            article="민법 §161",
        )
    ]


def _reasons(first: date, last: date, calendar: BusinessCalendar) -> str:
    days = (first + DAY * n for n in range((last - first).days))
    return " · ".join(dict.fromkeys(_reason(day, calendar) for day in days))


def _reason(day: date, calendar: BusinessCalendar) -> str:
    if day in calendar.closed:
        return _called(day, calendar, alone=False)[0]
    return calendar.why_closed(day) or "불산입"


FAMILIES = (("설날", "설 연휴", "Lunar New Year"), ("추석", "추석 연휴", "Chuseok"))


def _closed_step(run: Sequence[date], calendar: BusinessCalendar) -> Step:
    days = spell_days(run[0], run[-1])
    named = [_called(day, calendar, alone=len(run) == 1) for day in run]
    ko = " · ".join(dict.fromkeys(name for name, _ in named))
    en = ", ".join(dict.fromkeys(name for _, name in named))
    return Step(
        ko=f"{days} {ko} 제외",
        en=f"{days} left out: {en}",
        article="민원처리법 §19, 관공서의 공휴일에 관한 규정",
    )


def _called(day: date, calendar: BusinessCalendar, *, alone: bool) -> tuple[str, str]:
    """What people call the day: the days around 설 and 추석 are one holiday to them."""
    name = calendar.closed[day]
    for word, ko, en in FAMILIES:
        if word in name and not alone:
            return ko, en
    return name, calendar.name_en(day)


class _Left(NamedTuple):
    """Time left out for one cause, as it is told."""

    first: date
    cause: EventType
    ko: str
    en: str


def exclusion_steps(
    request: DeadlineRequest, found: Sequence[Exclusion], pack: RulePack
) -> list[Step]:
    """What did not count, in order: «3/12~17 보완 기간 제외»; an outage in hour periods by its
    hours: «6/12 11:00~15:00 정보시스템 장애 제외»."""
    by_hours = request.period.unit in HOUR_UNITS | WALL_UNITS
    exact = [one for one in found if by_hours and one.cause is EventType.OUTAGE]
    whole = [one for one in found if one not in exact]
    return [
        Step(
            ko=f"{left.ko} {EXCLUSION_WORDS[left.cause][0]} 제외",
            en=f"{left.en} left out: {EXCLUSION_WORDS[left.cause][1]}",
            article=pack.article(_rule_of(left.cause, request.clock)),
        )
        for left in sorted([*_in_days(whole), *_in_hours(exact)])
    ]


def _rule_of(cause: EventType, clock: ClockKind) -> str:
    proposal = clock is ClockKind.PROPOSAL_DECISION and cause is EventType.SUPPLEMENT_REQUEST
    return "proposal_supplement" if proposal else RULES[cause]


def _in_days(found: Sequence[Exclusion]) -> list[_Left]:
    """Days of one cause that follow one another, as one; what lasts still has no last day."""
    joined: list[Exclusion] = []
    for one in sorted(found, key=lambda one: (one.cause, one.first)):
        before = joined[-1] if joined else None
        if before and before.cause is one.cause and one.first <= before.last + DAY:
            last, lasts = max(before.last, one.last), before.open_ended or one.open_ended
            joined[-1] = before.model_copy(update={"last": last, "open_ended": lasts})
        else:
            joined.append(one)
    return [_told_in_days(one) for one in joined]


def _told_in_days(one: Exclusion) -> _Left:
    days = spell_days(one.first, one.last)
    if one.open_ended:
        since = spell_days(one.first, one.first)
        return _Left(one.first, one.cause, f"{since}부터 진행 중인", f"{since} on, not ended yet,")
    return _Left(one.first, one.cause, days, days)


def _in_hours(found: Sequence[Exclusion]) -> list[_Left]:
    """«6/12 11:00~15:00», «6/12 11:00~6/15 15:00», or days alone where they are whole."""
    told = []
    for span in united([one.span for one in found]):
        start, end = (at.astimezone(SEOUL) for at in span)
        last = (end - MOMENT).date()
        if start.time() == end.time() == time.min:
            spelt = spell_days(start.date(), last)
        else:
            day = "" if last == start.date() else f"{last.month}/{last.day} "
            until = "24:00" if end.time() == time.min else f"{end:%H:%M}"
            spelt = f"{start.month}/{start.day} {start:%H:%M}~{day}{until}"
        told.append(_Left(start.date(), EventType.OUTAGE, spelt, spelt))
    return told


def refusal_steps(refused: Sequence[RefusedEvent]) -> list[Step]:
    """What was asked for and not granted, with the article that forbids it."""
    return [
        Step(
            ko=f"연장 불가: {one.ko}",
            en=f"An extension was refused. {one.en}",
            article=one.article,
        )
        for one in refused
    ]


def due_step(request: DeadlineRequest, due: datetime | None, pack: RulePack) -> Step:
    """Where the counting ends."""
    if due is None:
        return Step(
            ko="보완이나 회신을 기다리는 동안에는 기한이 정해지지 않습니다.",
            en="There is no deadline while a supplement or a reply is awaited.",
            article=pack.article("supplement"),
        )
    return Step(
        ko=f"{spell(due)}까지", en=f"due {spell(due)}", article=counting_article(request, pack)
    )
