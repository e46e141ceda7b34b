"""What does not count (영 §20): supplements, investigations, consultation, outages."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from rules.calendar import BusinessCalendar
from rules.packs import RulePack
from rules.working_time import Span, remaining, seoul, seoul_day, working_day
from schema.codes import PetitionType
from schema.deadlines import (
    ClockEvent,
    ClockKind,
    DeadlineRequest,
    EventType,
    Happening,
    Outage,
)
from schema.model import Frozen

DAY = timedelta(days=1)


class Exclusion(Frozen):
    """Time that is not counted: whole days `first` to `last`, and the instants for hour periods.

    `open_ended`: it lasts still, so that there is no deadline for now.
    """

    cause: EventType
    first: date
    last: date
    span: Span
    open_ended: bool = False

    def days(self) -> Iterable[date]:
        """Every day from first to last."""
        return (self.first + DAY * n for n in range((self.last - self.first).days + 1))


def spell_days(first: date, last: date) -> str:
    """«2/16» or «2/16~18» or «2/27~3/2»."""
    if first == last:
        return f"{first.month}/{first.day}"
    if first.month == last.month:
        return f"{first.month}/{first.day}~{last.day}"
    return f"{first.month}/{first.day}~{last.month}/{last.day}"


def exclusions(
    request: DeadlineRequest,
    events: Sequence[ClockEvent],
    calendar: BusinessCalendar,
    pack: RulePack,
) -> list[Exclusion]:
    """What is not counted, by the clock and the kind of petition.

    Only periods of processing leave time out (영 §20, 국민 제안 규정 §6②, §9④): the limits around
    them, the notices and the citizen's own periods run on.
    """
    if request.clock is ClockKind.PROPOSAL_DECISION:
        consult = _pairs(
            events, EventType.CONSULT_REQUEST, EventType.CONSULT_REPLY, start_counts=True
        )
        return _supplements(request, events, pack) + consult
    if request.clock is not ClockKind.PETITION:
        return []
    found = _supplements(request, events, pack) + _outages(events, calendar, pack)
    found += _pairs(events, EventType.EXCLUSION_START, EventType.EXCLUSION_END)
    if request.petition_type is PetitionType.GRIEVANCE:
        found += _investigations(events, calendar, pack)
    return found


def _pairs(
    events: Sequence[ClockEvent],
    begin: EventType,
    end: EventType,
    *,
    start_counts: bool = False,
) -> list[Exclusion]:
    """Spans between the events `begin` and `end`, days included; with `start_counts` the day of
    the beginning is counted (reading A9)."""
    return [
        _exclusion(begin, began, ended, start_counts=start_counts)
        for began, ended in _from_to(events, begin, end)
    ]


def _from_to(
    events: Sequence[ClockEvent], begin: EventType, end: EventType
) -> list[tuple[datetime, datetime | None]]:
    """The instants from each beginning to its end. Further beginnings inside one change nothing
    (P09). Beginning and end at one instant end what goes on and begin anew, or, where nothing
    goes on, are a span of their own, in whatever order they are listed."""
    kinds: dict[datetime, set[EventType]] = {}
    for event in events:
        if isinstance(event, Happening) and event.type in (begin, end):
            kinds.setdefault(event.at, set()).add(event.type)
    found: list[tuple[datetime, datetime | None]] = []
    began: datetime | None = None
    for at in sorted(kinds):
        both = len(kinds[at]) == len((begin, end))
        if end in kinds[at] and (began is not None or both):
            found.append((began or at, at))
            began = at if both and began is not None else None
        elif began is None and begin in kinds[at]:
            began = at
    if began is not None:
        found.append((began, None))
    return found


def _exclusion(
    cause: EventType, began: datetime, ended: datetime | None, *, start_counts: bool
) -> Exclusion:
    first = seoul_day(began) + (DAY if start_counts else timedelta(0))
    last = seoul_day(ended) if ended else first
    span = (seoul(first, time(0)), seoul(last + DAY, time(0)))
    return Exclusion(cause=cause, first=first, last=last, span=span, open_ended=ended is None)


def _supplements(
    request: DeadlineRequest, events: Sequence[ClockEvent], pack: RulePack
) -> list[Exclusion]:
    """보완: the days of dispatch and of arrival included. For proposals only the days after the
    request (reading A9); in hour periods whole days or instants (reading A5)."""
    proposal = request.clock is ClockKind.PROPOSAL_DECISION
    begin, end = EventType.SUPPLEMENT_REQUEST, EventType.SUPPLEMENT_RECEIVED
    found = _pairs(events, begin, end, start_counts=proposal)
    if pack.readings.hour_supplement == "whole_days":
        return found
    return [
        one.model_copy(update={"span": (began, ended or one.span[1])})
        for one, (began, ended) in zip(found, _from_to(events, begin, end), strict=True)
    ]


def _investigations(
    events: Sequence[ClockEvent], calendar: BusinessCalendar, pack: RulePack
) -> list[Exclusion]:
    """현장조사 of a grievance: at most 14 days, 7 more where extended, of all of them together."""
    found = _pairs(events, EventType.INVESTIGATION_START, EventType.INVESTIGATION_END)
    longer = any(
        isinstance(event, Happening)
        and event.extended
        and event.type in (EventType.INVESTIGATION_START, EventType.INVESTIGATION_END)
        for event in events
    )
    left = pack.investigation_days + (pack.investigation_extra_days if longer else 0)
    capped = []
    for one in found:
        last = _last_of(one, left, calendar, pack)
        if left <= 0 or last < one.first:
            continue
        kept = one.model_copy(
            update={
                "last": last,
                "span": (one.span[0], seoul(last + DAY, time(0))),
                "open_ended": False,
            }
        )
        left -= _counted(kept, calendar, pack)
        capped.append(kept)
    return capped


def _counted(one: Exclusion, calendar: BusinessCalendar, pack: RulePack) -> int:
    if pack.readings.investigation_cap == "civil_days":
        return (one.last - one.first).days + 1
    return calendar.open_between(one.first, one.last)


def _last_of(one: Exclusion, left: int, calendar: BusinessCalendar, pack: RulePack) -> date:
    """The last day that still is not counted, `left` days being allowed; an investigation that
    goes on is left out up to its cap."""
    if pack.readings.investigation_cap == "civil_days":
        cap = one.first + DAY * (left - 1)
    else:
        cap = calendar.nth(calendar.days_before(one.first) + max(left, 1) - 1)
    return cap if one.open_ended else min(one.last, cap)


def _outages(
    events: Sequence[ClockEvent], calendar: BusinessCalendar, pack: RulePack
) -> list[Exclusion]:
    """정보시스템 장애 that began when the rule was in force: hours by their overlap; of a day
    period only days wholly out, several outages of a day taken together (reading A6)."""
    lawful = [
        (event.start.astimezone(UTC), event.end.astimezone(UTC))
        for event in events
        if isinstance(event, Outage) and seoul_day(event.start) >= pack.since("outage")
    ]
    found = []
    for start, end in lawful:
        first, last = seoul_day(start), seoul_day(end)
        calendar.check(first)
        calendar.check(last)
        for n in range((last - first).days + 1):
            day = first + DAY * n
            part = (max(start, seoul(day, time(0))), min(end, seoul(day + DAY, time(0))))
            if part[0] < part[1]:
                found.append(Exclusion(cause=EventType.OUTAGE, first=day, last=day, span=part))
    return found


def excluded_days(
    found: Sequence[Exclusion], calendar: BusinessCalendar, pack: RulePack
) -> frozenset[date]:
    """The days that a day period leaves out. Raises CalendarError beyond the years covered."""
    for one in found:
        calendar.check(one.first)
        calendar.check(one.last)
    whole = {day for one in found if one.cause is not EventType.OUTAGE for day in one.days()}
    by_day: dict[date, list[Span]] = {}
    for one in found:
        if one.cause is EventType.OUTAGE:
            by_day.setdefault(one.first, []).append(one.span)
    out = {day for day, spans in by_day.items() if _is_out(day, spans, pack)}
    return frozenset(whole | out)


def _is_out(day: date, spans: Sequence[Span], pack: RulePack) -> bool:
    if pack.readings.day_outage == "any_day":
        return True
    hours = working_day(pack)
    left = [
        span
        for opens, closes in (pack.morning, pack.afternoon)
        for span in remaining((seoul(day, opens), seoul(day, closes)), spans)
    ]
    return hours.length > 0 and not left
