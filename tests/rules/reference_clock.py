"""The law's clock once more, slow and plain: day after day and minute after minute, nothing looked
up and nothing shared with rules/ but the list of public holidays. For whole minutes only.

The tests hold rules.clock.deadline to it, so each rule is written down here a second time, from
the articles and the readings A1–A18, not from the code.
"""

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rules.calendar import BusinessCalendar
from schema.codes import PetitionType
from schema.deadlines import (
    ClockEvent,
    ClockKind,
    DeadlineRequest,
    EventType,
    Extension,
    Happening,
    HolidayDeclared,
    Outage,
    Unit,
)

SEOUL = ZoneInfo("Asia/Seoul")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NEW_LAW = date(2026, 5, 6)
LAWFUL = {"cooperation", "fact_finding", "force_majeure", "comparable"}
BY_HOURS = {Unit.IMMEDIATE, Unit.HOURS, Unit.WORKING_HOURS}
MOST = {
    ClockKind.PETITION: 2,  # 영 §21①
    ClockKind.SUPPLEMENT_BY_CITIZEN: 2,  # 영 §24②
    ClockKind.OBJECTION_DECISION: 1,  # 법 §35②
    ClockKind.INFORMATION_DISCLOSURE: 1,  # 정보공개법 §11②
}
NEW_AT_ANOTHER_AGENCY = {
    ClockKind.PETITION,
    ClockKind.PROGRESS_NOTICE,
    ClockKind.PROPOSAL_DECISION,
    ClockKind.INFORMATION_DISCLOSURE,
}
OF_THE_CITIZEN = {
    ClockKind.SUPPLEMENT_BY_CITIZEN,
    ClockKind.OBJECTION_FILING,
    ClockKind.PROPOSAL_REREVIEW_REQUEST,
}
SUPPLEMENT = (EventType.SUPPLEMENT_REQUEST, EventType.SUPPLEMENT_RECEIVED)
INVESTIGATION = (EventType.INVESTIGATION_START, EventType.INVESTIGATION_END)
CONSULTATION = (EventType.CONSULT_REQUEST, EventType.CONSULT_REPLY)
EXCLUSION = (EventType.EXCLUSION_START, EventType.EXCLUSION_END)

Answer = tuple[datetime | None, list[int]]


def reference(request: DeadlineRequest, calendar: BusinessCalendar, *by: "type[Walk]") -> Answer:
    """The due instant in Seoul (None while something is awaited), and the places refused."""
    walks = walked(request, calendar, *by)
    return walks[-1].due(), sorted(index for walk in walks for index in walk.refused)


def walked(request: DeadlineRequest, calendar: BusinessCalendar, *by: "type[Walk]") -> "list[Walk]":
    """The terms of the request, one for each agency, with what happened in them."""
    closed = set(calendar.closed) | {
        event.date for event in request.events if isinstance(event, HolidayDeclared)
    }
    receipts = [request.received_at, *_receipts_elsewhere(request)]
    walks = []
    for receipt, following in zip(receipts, [*receipts[1:], None], strict=True):
        walk = (by or (Walk,))[0](request, receipt.astimezone(SEOUL), closed)
        for index, event in _in_time(request):
            if _within(event, receipt, following, first=receipt == receipts[0]):
                walk.take(index, event)
        walks.append(walk)
    return walks


def _receipts_elsewhere(request: DeadlineRequest) -> list[datetime]:
    if request.clock not in NEW_AT_ANOTHER_AGENCY:
        return []
    received = {
        event.at
        for event in request.events
        if isinstance(event, Happening) and event.type is EventType.TRANSFER_RECEIVED
    }
    return sorted(at for at in received if at > request.received_at)


def _in_time(request: DeadlineRequest) -> list[tuple[int, Extension | Happening | Outage]]:
    happened = [
        (index, event)
        for index, event in enumerate(request.events)
        if not isinstance(event, HolidayDeclared)
    ]
    return sorted(happened, key=lambda one: (_began(one[1]), one[0]))


def _began(event: Extension | Happening | Outage) -> datetime:
    return event.start if isinstance(event, Outage) else event.at


def _within(
    event: ClockEvent, receipt: datetime, following: datetime | None, *, first: bool
) -> bool:
    """A system is out for every agency; everything else happened at one of them."""
    if isinstance(event, Outage):
        return True
    assert not isinstance(event, HolidayDeclared)
    return (first or event.at >= receipt) and (following is None or event.at < following)


@dataclass
class Walk:
    """One term at one agency."""

    request: DeadlineRequest
    arrived: datetime
    closed: set[date]
    taken: list[Happening | Outage] = field(default_factory=list)
    extensions: list[int] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    out: dict[date, bool] = field(default_factory=dict)
    """Days already looked at; forgotten when something happens."""

    def __post_init__(self) -> None:
        """A2: what arrives in closed time is received at the next working minute."""
        self.received = self.arrived
        while not self.works(self.received):
            self.received += MINUTE

    def open(self, day: date) -> bool:
        """A weekday that is no public holiday."""
        return day.weekday() not in (5, 6) and day not in self.closed

    def works(self, at: datetime) -> bool:
        """The minute from `at` is working time."""
        return self.open(at.date()) and at.hour in (9, 10, 11, 13, 14, 15, 16, 17)

    def take(self, index: int, event: Extension | Happening | Outage) -> None:
        """Judge the event by what stands when it happens."""
        if isinstance(event, Extension):
            if self.allows(event):
                self.extensions.append(event.days)
            else:
                self.refused.append(index)
            return
        begins = [kind[0] for kind in (SUPPLEMENT, INVESTIGATION, CONSULTATION, EXCLUSION)]
        pauses = isinstance(event, Happening) and event.type in begins
        due = self.due() if pauses else None
        if due is None or _began(event) < due:
            self.taken.append(event)
            self.out.clear()

    def allows(self, event: Extension) -> bool:
        """영 §21 and its like for the other clocks."""
        nth = max(len(self.extensions) + 1, event.nth or 1)
        due = self.due()
        return (
            nth <= MOST.get(self.request.clock, 0)
            and (due is None or event.at < due)
            and event.days <= self.length()
            and (self.request.clock is not ClockKind.PETITION or self.has_ground(event, nth))
        )

    def has_ground(self, event: Extension, nth: int) -> bool:
        """The petitioner's consent to a second one; a reason, from 2026-05-06 one of four."""
        if nth == 2 and not event.consent:
            return False
        if self.received.date() >= NEW_LAW:
            return event.reason_code in LAWFUL
        return bool(event.reason_code or (event.model_extra or {}).get("reason"))

    def length(self) -> int:
        """The period's own days."""
        unit, amount = self.period()
        if unit in BY_HOURS:
            return amount // 8
        if unit is Unit.WALL_HOURS:
            return amount // 24
        return amount if unit is Unit.DAYS else len(list(self.civil_days()))

    def period(self) -> tuple[Unit, int]:
        """The period as the law counts it."""
        unit, amount = self.request.period.unit, self.request.period.amount
        if unit is Unit.IMMEDIATE:
            return Unit.HOURS, 3
        if self.request.clock is ClockKind.PETITION and unit is Unit.DAYS and amount <= 5:
            return Unit.HOURS, 8 * amount
        if self.request.clock is ClockKind.PROPOSAL_DECISION:
            old = self.received.date() < date(2023, 9, 1)
            return (Unit.MONTHS, 1) if old else (unit, amount)
        return unit, amount

    # what does not count

    def spells(self, kinds: tuple[EventType, EventType]) -> Iterator[tuple[date, date | None]]:
        """The days from a beginning to its end; what begins again inside changes nothing. Of a
        beginning and an end at one instant the end comes first, if there is something to end."""
        mine = [event for event in self.taken if isinstance(event, Happening)]
        mine = [event for event in mine if event.type in kinds]
        began: date | None = None
        for at in sorted({event.at for event in mine}):
            day = at.astimezone(SEOUL).date()
            types = {event.type for event in mine if event.at == at}
            for kind in reversed(kinds) if began else kinds:
                if kind not in types:
                    continue
                if kind is kinds[0]:
                    began = began or day
                elif began:
                    yield began, day
                    began = None
        if began:
            yield began, None

    def awaits(self) -> bool:
        """A supplement, or for a proposal an opinion, is asked for and has not come."""
        kinds = {ClockKind.PETITION: [SUPPLEMENT, EXCLUSION]}
        kinds[ClockKind.PROPOSAL_DECISION] = [SUPPLEMENT, CONSULTATION]
        asked = kinds.get(self.request.clock, [])
        return any(last is None for kind in asked for _, last in self.spells(kind))

    def is_out(self, day: date) -> bool:
        """The whole day is not counted."""
        if day not in self.out:
            self.out[day] = self._is_out(day)
        return self.out[day]

    def _is_out(self, day: date) -> bool:
        clock = self.request.clock
        if clock is ClockKind.PROPOSAL_DECISION:  # A9: after the day of asking
            spells = [*self.spells(SUPPLEMENT), *self.spells(CONSULTATION)]
            return any(first < day <= (last or first) for first, last in spells)
        if clock is not ClockKind.PETITION:
            return False
        spells = [*self.spells(SUPPLEMENT), *self.spells(EXCLUSION)]
        asked = any(first <= day <= (last or first) for first, last in spells)
        return asked or day in self.investigated() or self.wholly_down(day)

    def investigated(self) -> set[date]:
        """영 §17④⑤, A12: of a grievance, up to 14 working days, 21 where extended."""
        if self.request.petition_type is not PetitionType.GRIEVANCE:
            return set()
        longer = any(
            isinstance(event, Happening) and event.type in INVESTIGATION and event.extended
            for event in self.taken
        )
        left = 21 if longer else 14
        found: set[date] = set()
        for first, last in self.spells(INVESTIGATION):
            day = first
            while left and (last is None or day <= last):
                found.add(day)
                left -= self.open(day)
                day += DAY
        return found

    def down(self, at: datetime) -> bool:
        """영 §20 2호: the system is out in this minute, by an outage under the new law."""
        return self.request.clock is ClockKind.PETITION and any(
            event.start <= at < event.end
            for event in self.taken
            if isinstance(event, Outage) and event.start.astimezone(SEOUL).date() >= NEW_LAW
        )

    def wholly_down(self, day: date) -> bool:
        """A6: not one minute of the office hours was left."""
        opens = datetime.combine(day, time(9), tzinfo=SEOUL)
        hours = (opens + MINUTE * n for n in range(9 * 60))
        return all(self.down(at) for at in hours if at.hour != 12)

    # counting

    def due(self) -> datetime | None:
        """As it stands."""
        if self.awaits() and not self.used_up_first():
            return None
        return self.counted()

    def used_up_first(self) -> bool:
        """A proposal's last day was the day of asking, and that day counts."""
        if self.request.clock is not ClockKind.PROPOSAL_DECISION:
            return False
        open_since = [
            first
            for kind in (SUPPLEMENT, CONSULTATION)
            for first, last in self.spells(kind)
            if last is None
        ]
        due = self.counted()
        return all(first >= due.date() for first in open_since)

    def counted(self) -> datetime:
        """Walk until the period is used up."""
        unit, amount = self.period()
        if unit in BY_HOURS:
            return self.by_hours(amount + 8 * sum(self.extensions))
        if unit is Unit.WALL_HOURS:
            return self.by_the_clock(amount + 24 * sum(self.extensions))
        if unit is Unit.DAYS:
            return _ends(self.by_days(amount + sum(self.extensions)))
        return _ends(self.by_calendar())

    def by_hours(self, hours: int) -> datetime:
        """법 §19①: minute by minute."""
        at, left = self.received, hours * 60
        while left:
            if at.time() == time(0) and (not self.open(at.date()) or self.is_out(at.date())):
                at += DAY
                continue
            left -= self.works(at) and not self.is_out_then(at)
            at += MINUTE
        return at

    def by_the_clock(self, hours: int) -> datetime:
        """영 §16③, A11: every minute from the arrival, night and holiday, but for what is out."""
        at, left = self.arrived, hours * 60
        while left:
            left -= not self.is_out_then(at)
            at += MINUTE
        return at

    def is_out_then(self, at: datetime) -> bool:
        """The minute lies in a day left out, or in an outage."""
        return self.down(at) or self.is_out(at.date())

    def by_days(self, amount: int) -> date:
        """법 §19②: day by day, from the day of receipt."""
        day = self.received.date()
        while True:
            amount -= self.open(day) and not self.is_out(day)
            if not amount:
                return day
            day += DAY

    def first_day(self) -> date:
        """법 §19③ counts the first day; 민법 §157 does not, unless it is whole."""
        if self.request.clock in OF_THE_CITIZEN:
            whole = self.arrived.time() == time(0)
            return self.arrived.date() + (timedelta(0) if whole else DAY)
        day = self.received.date()
        return day if self.request.clock is ClockKind.PETITION else day + DAY

    def civil_days(self) -> Iterator[date]:
        """민법 §160: the days of the period, as the calendar has them."""
        unit, amount = self.period()
        day = first = self.first_day()
        while unit in (Unit.MONTHS, Unit.YEARS):
            yield day
            months = amount * (12 if unit is Unit.YEARS else 1)
            if _is_last(day + DAY, first, months):
                return
            day += DAY
        for n in range(amount * (7 if unit is Unit.WEEKS else 1)):
            yield first + DAY * n

    def by_calendar(self) -> date:
        """As many counted days as the period has, then the next open one (민법 §161); each
        extension from the day after (A15)."""
        days = len(list(self.civil_days()))
        if self.request.clock is ClockKind.PROGRESS_NOTICE:
            days += 1  # A18: when they have passed
        last = self.rolled(self.nth_counted(self.first_day(), days))
        for more in self.extensions:
            last = self.rolled(self.nth_counted(last + DAY, more))
        return last

    def nth_counted(self, first: date, days: int) -> date:
        """The day on which so many days have counted."""
        return _find(first, lambda day: not self.is_out(day), days)

    def rolled(self, day: date) -> date:
        """The first day from `day` on that is open and counts."""
        return _find(day, lambda one: self.open(one) and not self.is_out(one), 1)


def _find(day: date, counts: Callable[[date], bool], times: int) -> date:
    while True:
        times -= counts(day)
        if not times:
            return day
        day += DAY


def _is_last(following: date, first: date, months: int) -> bool:
    """민법 §160②③: `following` answers to the first day, or its month is over before there is
    such a day."""
    index = first.month - 1 + months
    year, month = first.year + index // 12, index % 12 + 1
    length = monthrange(year, month)[1]
    answering = date(year, month, length) + DAY if first.day > length else None
    return following == (answering or date(year, month, first.day))


def _ends(day: date) -> datetime:
    """A3."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=SEOUL)
