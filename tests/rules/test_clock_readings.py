"""Readings A1, A3, A5, A6 and A12 the other way round, against the slow count of reference_clock
with that one rule written down differently."""

from collections.abc import Iterator
from datetime import date, datetime, time

import pytest
from hypothesis import given, settings

from rules.clock import deadline, law_for
from rules.packs import Readings
from schema.codes import PetitionType
from schema.deadlines import ClockKind, DeadlineRequest, Happening, Outage
from tests.rules.clock_asking import korea
from tests.rules.clock_histories import questions
from tests.rules.reference_clock import (
    BY_HOURS,
    DAY,
    EXCLUSION,
    INVESTIGATION,
    MINUTE,
    NEW_LAW,
    SEOUL,
    SUPPLEMENT,
    Walk,
    reference,
)

LAST_SECOND = time(23, 59, 59)


class NextOpening(Walk):
    """A1: hours used up at 12:00 or 18:00 end at the next working minute."""

    def counted(self) -> datetime:
        at = super().counted()
        if self.period()[0] in BY_HOURS:
            while not self.works(at):
                at += MINUTE
        return at


class AtSix(Walk):
    """A3: the last day ends with the office hours."""

    def counted(self) -> datetime:
        at = super().counted()
        return at.replace(hour=18, minute=0, second=0) if at.time() == LAST_SECOND else at


class AtTheInstants(Walk):
    """A5: where minutes are counted, the clock stands from the dispatch to the arrival only."""

    def spans(self) -> Iterator[tuple[datetime, datetime]]:
        """From each request to its supplement."""
        began: datetime | None = None
        mine = [one for one in self.taken if isinstance(one, Happening) and one.type in SUPPLEMENT]
        for at in sorted({one.at for one in mine}):
            types = {one.type for one in mine if one.at == at}
            if began is not None and SUPPLEMENT[1] in types:
                yield began, at
                began = at if SUPPLEMENT[0] in types else None
            elif began is None and types == {SUPPLEMENT[0]}:
                began = at

    def _is_out(self, day: date) -> bool:
        by_minutes = self.period()[0] in BY_HOURS or self.request.period.unit == "wall_hours"
        if not by_minutes or self.request.clock is not ClockKind.PETITION:
            return super()._is_out(day)
        return (
            any(first <= day <= (last or first) for first, last in self.spells(EXCLUSION))
            or day in self.investigated()
            or self.wholly_down(day)
        )

    def is_out_then(self, at: datetime) -> bool:
        asked = any(start <= at < end for start, end in self.spans())
        return asked or super().is_out_then(at)


class AnyTouch(Walk):
    """A6: a day in which the system was out at all is left out of a period of days."""

    def wholly_down(self, day: date) -> bool:
        if self.period()[0] in BY_HOURS or self.request.period.unit == "wall_hours":
            return super().wholly_down(day)
        begin = datetime.combine(day, time(0), tzinfo=SEOUL)
        return any(
            event.start < begin + DAY and event.end > begin and event.start < event.end
            for event in self.taken
            if isinstance(event, Outage) and event.start.astimezone(SEOUL).date() >= NEW_LAW
        )


class ByTheCalendar(Walk):
    """A12: the 14 (+7) days of an investigation are days of the calendar."""

    def investigated(self) -> set[date]:
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
                left -= 1
                day += DAY
        return found


READ_OTHERWISE = [
    pytest.param(Readings(exhaustion="next_opening"), NextOpening, id="A1"),
    pytest.param(Readings(day_due=time(18)), AtSix, id="A3"),
    pytest.param(Readings(hour_supplement="instants"), AtTheInstants, id="A5"),
    pytest.param(Readings(day_outage="any_day"), AnyTouch, id="A6"),
    pytest.param(Readings(investigation_cap="civil_days"), ByTheCalendar, id="A12"),
]


@pytest.mark.parametrize(("readings", "walk"), READ_OTHERWISE)
def test_a_reading_taken_the_other_way_agrees_with_the_walk(
    readings: Readings, walk: type[Walk]
) -> None:
    """Whatever happens: the city may choose the other reading, and nothing else changes."""

    @settings(deadline=None, max_examples=60, derandomize=True)
    @given(request=questions(kinds=("supplement", "investigation", "outage", "extend", "holiday")))
    def walked(request: DeadlineRequest) -> None:
        pack = law_for(request, korea()).model_copy(update={"readings": readings})
        found = deadline(request, korea(), pack)
        answer = (found.due_at, [one.index for one in found.refused])
        assert answer == reference(request, korea(), walk)

    walked()
