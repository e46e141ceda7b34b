"""Figures in words: names, numbers with their units, and what has become of them."""

from dataclasses import dataclass
from datetime import date, timedelta

from rules.figures import Better, Figure, Kind, Unit
from rules.organisation import agencies
from storage.figures import Dimension, Step, Value
from web.manager.asking import Asked
from web.wording import Wording

MISSING = "–"
HOUR = 3600
MINUTE = 60


@dataclass(frozen=True)
class Change:
    """How a figure differs from before: in words, and whether that is good."""

    words: str
    tone: str
    """better, worse or same."""


class Saying:
    """How one language says figures."""

    def __init__(self, w: Wording) -> None:
        self.w = w

    def pick(self, words: tuple[str, str] | None) -> str:
        """The reader's of two languages."""
        return "" if words is None else words[0 if self.w.korean else 1]

    def name(self, figure: Figure) -> str:
        """What the figure is called."""
        return self.pick(figure.names)

    def value(self, figure: Figure, found: Value) -> str:
        """The number with its unit; a dash where there is nothing to make it of."""
        if found.value is None:
            return MISSING
        if figure.kind is Kind.DIFFERENCE:
            return self._signed(found.value)
        return self.amount(figure.unit, found.value)

    def amount(self, unit: Unit, value: float) -> str:
        """A number of a unit."""
        match unit:
            case Unit.CASES:
                return f"{round(value):,}"
            case Unit.PERCENT:
                return f"{100 * value:.1f} %"
            case Unit.TIME:
                return self.w.span(timedelta(seconds=round(value)))
            case Unit.WORKING_TIME:
                return self._work(value)
            case _:
                return f"{value:.2f}"

    def _work(self, seconds: float) -> str:
        if seconds < HOUR:
            return self.w.t("board.work_minutes", n=round(seconds / MINUTE))
        return self.w.t("board.work_hours", n=f"{seconds / HOUR:,.1f}")

    @staticmethod
    def _signed(value: float) -> str:
        return f"{'+' if value > 0 else '−' if value < 0 else ''}{abs(round(value)):,}"

    def change(self, figure: Figure, now: Value, before: Value) -> Change | None:
        """What has become of it since before; None where either is missing."""
        if now.value is None or before.value is None:
            return None
        by = now.value - before.value
        said = self._by(figure, abs(by))
        if said == self._by(figure, 0.0):
            return Change(self.w.t("board.same"), "same")
        sign = "+" if by > 0 else "−"
        good = (by > 0) is (figure.better is Better.MORE)
        tone = "same" if figure.better is Better.NEITHER else "better" if good else "worse"
        words = self.w.t(f"board.change_{tone}", by=f"{sign}{said}")
        return Change(words, tone)

    def _by(self, figure: Figure, value: float) -> str:
        if figure.unit is Unit.PERCENT:
            return f"{100 * value:.1f} %p"
        return self.amount(figure.unit, value)

    def dimension(self, by: Dimension, code: str | None) -> str:
        """A value of a dimension as people call it."""
        if not code:
            return self.w.t("board.none_of_these")
        named = {
            Dimension.DEPARTMENT: self.w.department,
            Dimension.DISTRICT: self.w.district,
            Dimension.ITEM: self.w.item,
        }
        if by in named:
            return named[by](code) or code
        if by is Dimension.CHANNEL:
            return self.w.code("channel", code)
        if by is Dimension.ITEM_GROUP:
            return self._group(code)
        return self._agency(code) if by is Dimension.AGENCY else code

    def _group(self, code: str) -> str:
        try:
            return self.w.item_group(code)
        except KeyError:
            return code

    def _agency(self, code: str) -> str:
        found = agencies().get(code)
        if found is None:
            return code
        return found.name_ko if self.w.korean else found.name_en

    def period(self, asked: Asked) -> str:
        """The period of a page."""
        return self.stretch(asked.step, asked.since, asked.until)

    def stretch(self, step: Step, since: date, until: date) -> str:
        """Days in words: a day, a week with both ends, a month."""
        if since == until and step is not Step.MONTH:
            return self.w.day(since)
        if step is Step.MONTH and since.day == 1:
            month = since.strftime("%Y. %-m." if self.w.korean else "%b %Y")
            return (
                month
                if _ends_month(until)
                else self.w.t("board.so_far", month=month, day=until.day)
            )
        return f"{self.w.day(since)} – {self.w.day(until)}"

    def step(self, step: Step, day: date) -> str:
        """One step of a series, short: for the axis and the table."""
        if step is Step.MONTH:
            return day.strftime("%Y. %-m." if self.w.korean else "%b %Y")
        short = f"{day.month}. {day.day}." if self.w.korean else f"{day.day} {day:%b}"
        return self.w.t("board.week_of", day=short) if step is Step.WEEK else short


def _ends_month(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1
