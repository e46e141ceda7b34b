"""What was counted, for people: the days with their numbers, or the hours of each day."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from rules.calendar import BusinessCalendar
from rules.exclusions import spell_days
from rules.packs import SEOUL, RulePack
from rules.working_time import Span, remaining, seoul, seoul_day, united
from schema.deadlines import Step

DAY = timedelta(days=1)
MOST_RUNS = 12
"""Longer countings show their beginning and their end only."""


class _Run(NamedTuple):
    """Days one after another that were counted alike: `hours` is empty where days are counted."""

    first: date
    last: date
    hours: str
    seconds: float


def counted_days_step(
    first: date, last: date, out: frozenset[date], calendar: BusinessCalendar, article: str
) -> Step:
    """«3/10~11(1~2일째), 3/18~20(3~5일째), 3/23~24(6~7일째)»."""
    days = _between(first, last)
    runs = _joined(_Run(d, d, "", 0) for d in days if calendar.is_open(d) and d not in out)
    ko, en, done = [], [], 0
    for run in runs:
        begin, done = done + 1, done + (run.last - run.first).days + 1
        numbers = f"{begin}" if begin == done else f"{begin}~{done}"
        spelt = spell_days(run.first, run.last)
        ko.append(f"{spelt}({numbers}일째)")
        en.append(f"{spelt} ({'day' if begin == done else 'days'} {numbers.replace('~', '–')})")
    return _step(ko, en, article)


def counted_hours_step(
    start: datetime,
    due: datetime,
    excluded: Sequence[Span],
    calendar: BusinessCalendar,
    pack: RulePack,
    article: str,
) -> Step:
    """«3/10 16:30~18:00(1시간 30분), 3/11 09:00~10:30(1시간 30분)»."""
    runs = _joined(
        _of_a_day(day, _worked(day, (start, due), excluded, pack))
        for day in _between(seoul_day(start), seoul_day(due))
        if calendar.is_open(day)
    )
    runs = [run for run in runs if run.seconds]
    ko = [f"{_when(run)}({_spell_length(run, '시간', '분', '초')})" for run in runs]
    en = [f"{_when(run)} ({_spell_length(run, ' h', ' min', ' s')})" for run in runs]
    return _step(ko, en, article)


def _step(ko: list[str], en: list[str], article: str) -> Step:
    return Step(
        ko=f"{', '.join(_shortened(ko))} 셈",
        en=f"counted: {', '.join(_shortened(en))}",
        article=article,
    )


def _shortened(parts: list[str]) -> list[str]:
    half = MOST_RUNS // 2
    return parts if len(parts) <= MOST_RUNS else [*parts[:half], "…", *parts[-half:]]


def _between(first: date, last: date) -> list[date]:
    return [first + DAY * n for n in range((last - first).days + 1)]


def _joined(days: Iterable[_Run]) -> list[_Run]:
    """Days that follow one another and were counted alike, as one run."""
    runs: list[_Run] = []
    for day in days:
        if runs and runs[-1].last + DAY == day.first and runs[-1].hours == day.hours:
            before = runs[-1]
            runs[-1] = before._replace(last=day.last, seconds=before.seconds + day.seconds)
        else:
            runs.append(day)
    return runs


def _worked(day: date, whole: Span, excluded: Sequence[Span], pack: RulePack) -> list[Span]:
    """The working time of a day that was counted."""
    frames = ((seoul(day, opens), seoul(day, closes)) for opens, closes in _frames(pack))
    inside = ((max(opens, whole[0]), min(closes, whole[1])) for opens, closes in frames)
    spans = united(excluded)
    return [part for span in inside if span[0] < span[1] for part in remaining(span, spans)]


def _frames(pack: RulePack) -> tuple[tuple[time, time], ...]:
    return (pack.morning, pack.afternoon)


def _of_a_day(day: date, spans: Sequence[Span]) -> _Run:
    hours = ", ".join(f"{_clock(start)}~{_clock(end)}" for start, end in spans)
    seconds = sum((end - start).total_seconds() for start, end in spans)
    return _Run(day, day, hours, seconds)


def _clock(at: datetime) -> str:
    local = at.astimezone(SEOUL)
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def _when(run: _Run) -> str:
    return f"{spell_days(run.first, run.last)} {run.hours}"


def _spell_length(run: _Run, hour: str, minute: str, second: str) -> str:
    """«1시간 30분»; parts of a second are left out."""
    whole = int(run.seconds)
    parts = ((whole // 3600, hour), (whole % 3600 // 60, minute), (whole % 60, second))
    return " ".join(f"{amount}{unit}" for amount, unit in parts if amount) or f"0{second}"
