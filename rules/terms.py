"""The runs of a clock (receipt by another agency begins a new one, 법 §16, reading A7), and the
period of each as the law counts it."""

from datetime import UTC, datetime
from typing import NamedTuple

from rules.packs import RulePack
from rules.working_time import seoul_day
from schema.deadlines import (
    ClockEvent,
    ClockKind,
    DeadlineRequest,
    EventType,
    Happening,
    HolidayDeclared,
    Outage,
    Period,
    Unit,
)

RESTARTED_BY_TRANSFER = frozenset(
    {
        ClockKind.PETITION,
        ClockKind.PROGRESS_NOTICE,
        ClockKind.PROPOSAL_DECISION,
        ClockKind.INFORMATION_DISCLOSURE,
    }
)
"""What the receiving agency owes from its own receipt (reading A7)."""


LONGEST_IN_HOURS = 5
"""법 §19①②: up to five days a period is counted in hours, from six in days."""


def clock_start(request: DeadlineRequest) -> datetime:
    """The receipt from which the present term runs: the last receipt by another agency, if the
    petition was transferred (법 §16, reading A7), else the request's own."""
    return terms(request)[-1].received_at


class Term(NamedTuple):
    """One run of the clock, at one agency. Events keep their places in the request's list."""

    request: DeadlineRequest
    received_at: datetime
    ended_by: datetime | None
    events: tuple[tuple[int, ClockEvent], ...]


def terms(request: DeadlineRequest) -> list[Term]:
    """The runs of the clock in order: receipt by another agency begins a new one. Events belong
    to the run in which they fell; outages, which may span two, to both."""
    starts = [request.received_at]
    if request.clock in RESTARTED_BY_TRANSFER:
        starts += sorted(
            {
                event.at
                for event in request.events
                if isinstance(event, Happening)
                and event.type is EventType.TRANSFER_RECEIVED
                and event.at > request.received_at
            }
        )
    found = []
    for n, start in enumerate(starts):
        end = starts[n + 1] if n + 1 < len(starts) else None
        events = tuple(
            (index, event)
            for index, event in enumerate(request.events)
            if isinstance(event, Outage)
            or (
                not isinstance(event, HolidayDeclared)
                and (n == 0 or event.at >= start)
                and (end is None or event.at < end)
            )
        )
        found.append(Term(request, start, end, events))
    return found


def as_counted(request: DeadlineRequest, received: datetime, pack: RulePack) -> DeadlineRequest:
    """The period as the law counts it, however it was written down: five days or less in hours
    (법 §19①), and the proposal of before 2023-09-01 by the month (국민 제안 규정 §10①)."""
    period = request.period
    counted = period
    received_before_30_days = seoul_day(received) < pack.since("proposal_30_days")
    short = period.unit is Unit.DAYS and period.amount <= LONGEST_IN_HOURS
    if request.clock is ClockKind.PETITION and short:
        counted = Period(unit=Unit.HOURS, amount=period.amount * pack.hours_a_day)
    elif request.clock is ClockKind.PROPOSAL_DECISION and received_before_30_days:
        counted = Period(unit=Unit.MONTHS, amount=1)
    return request if counted is period else request.model_copy(update={"period": counted})


def began(event: ClockEvent) -> datetime:
    """When an event became known. A declared holiday is part of the calendar, not a happening."""
    if isinstance(event, HolidayDeclared):
        return datetime.min.replace(tzinfo=UTC)
    return event.start if isinstance(event, Outage) else event.at
