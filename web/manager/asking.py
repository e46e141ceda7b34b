"""What a page of the board is asked for: which stretch of the calendar, and which cases."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from fastapi import Request

from rules.rights import Right, departments_for
from storage.figure_terms import AsOf
from storage.figures import Dimension, Scope, Step
from web.day import end_of_day
from web.sign_in import Staff
from web.wording import SEOUL

NARROWED = tuple(one for one in Dimension if one is not Dimension.OFFICER)
"""What a page may be narrowed to by whoever sees it; to one officer only by the own head."""
STEPS_SHOWN = 13
CHARTED_DAYS = 31
NONE = "-"
"""In an address: the cases that have no value of a dimension."""


@dataclass(frozen=True)
class Asked:
    """A period of Seoul's calendar that holds `on`, and the cases that it is about."""

    step: Step
    on: date
    today: date
    where: tuple[tuple[Dimension, str], ...]
    departments: tuple[str, ...] | None

    @property
    def since(self) -> date:
        """The first day."""
        return first_day(self.step, self.on)

    @property
    def until(self) -> date:
        """The last day; of a period that runs, today."""
        return min(last_day(self.step, self.on), max(self.today, self.since))

    @property
    def runs(self) -> bool:
        """True where the period is not over."""
        return last_day(self.step, self.on) >= self.today

    @property
    def scope(self) -> Scope:
        """The period with its cases."""
        return self._scope(self.since, self.until)

    @property
    def before(self) -> Scope:
        """As many days of the period before: a running one is compared with what had run then."""
        since = first_day(self.step, self.since - timedelta(days=1))
        last = self.since - timedelta(days=1)
        if not self.runs:
            return self._scope(since, last)
        return self._scope(since, min(since + (self.until - self.since), last))

    @property
    def charted(self) -> Scope:
        """The days of the small charts: a month of them, the period's last."""
        return self._scope(self.until - timedelta(days=CHARTED_DAYS - 1), self.until)

    @property
    def history(self) -> Scope:
        """The steps of a figure's own page, the newest last."""
        since = self.since
        for _ in range(STEPS_SHOWN - 1):
            since = first_day(self.step, since - timedelta(days=1))
        return self._scope(since, self.until)

    def _scope(self, since: date, until: date) -> Scope:
        return Scope(since=since, until=until, where=self.where, departments=self.departments)

    def value(self, dimension: Dimension) -> str | None:
        """What the page is narrowed to, or None."""
        return next((value for one, value in self.where if one is dimension), None)

    def earlier(self) -> "Asked":
        """The period before."""
        return replace(self, on=self.since - timedelta(days=1))

    def later(self) -> "Asked | None":
        """The period after, or None where it has not begun."""
        following = last_day(self.step, self.on) + timedelta(days=1)
        return replace(self, on=following) if following <= self.today else None

    def by(self, step: Step) -> "Asked":
        """The same day in another stretch of the calendar."""
        return replace(self, step=step)

    def within(self, dimension: Dimension, value: str | None) -> "Asked":
        """Narrowed to one value more; None: to those without any."""
        kept = tuple(pair for pair in self.where if pair[0] is not dimension)
        return replace(self, where=(*kept, (dimension, value or "")))

    def without(self, dimension: Dimension) -> "Asked":
        """Not narrowed by `dimension`."""
        return replace(self, where=tuple(pair for pair in self.where if pair[0] is not dimension))

    def address(self, path: str = "/staff/board", **more: str) -> str:
        """The address of a page for the same; what is the default is left out."""
        query = {} if self.step is Step.MONTH else {"step": self.step.value}
        if self.on != self.today:
            query["on"] = self.on.isoformat()
        query |= {one.value: value or NONE for one, value in self.where}
        query |= {name: value for name, value in more.items() if value}
        return f"{path}?{urlencode(query)}" if query else path


def first_day(step: Step, day: date) -> date:
    """The first day of the stretch that holds `day`; weeks begin on Monday."""
    if step is Step.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if step is Step.MONTH else day


def last_day(step: Step, day: date) -> date:
    """Its last day."""
    if step is Step.WEEK:
        return first_day(step, day) + timedelta(days=6)
    if step is Step.MONTH:
        return day.replace(day=monthrange(day.year, day.month)[1])
    return day


def read_asked(request: Request, staff: Staff, now: datetime) -> Asked:
    """What the address asks for; what it says that makes no sense is as if it were not there."""
    query = request.query_params
    today = now.astimezone(SEOUL).date()
    step = query.get("step", "")
    officer = query.get(Dimension.OFFICER, "") if staff.may(Right.PEOPLE) else ""
    told = {one: query.get(one.value, "") for one in NARROWED} | {Dimension.OFFICER: officer}
    return Asked(
        step=Step(step) if step in tuple(Step) else Step.MONTH,
        on=min(_day(query.get("on", "")) or today, today),
        today=today,
        where=tuple(
            (one, "" if value == NONE else value)
            for one, value in told.items()
            if value and "\0" not in value
        ),
        departments=departments_for(staff.duties, Right.PEOPLE if officer else Right.BOARD),
    )


def _day(said: str) -> date | None:
    try:
        day = date.fromisoformat(said)
    except ValueError:
        return None
    return day if day.year >= 2000 else None


def as_of(now: datetime) -> AsOf:
    """The instant that figures are of."""
    return AsOf(now, end_of_day(now))
