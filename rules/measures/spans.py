"""How long a case stood where: by the wall, and in working time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rules.calendar import BusinessCalendar
from rules.measures.ends import is_end
from rules.measures.row import STAGES
from rules.packs import RulePack
from rules.working_time import MICROS, Span, at_total, total_at, united
from schema.codes import EventKind, State
from schema.events import CaseEvent


@dataclass(frozen=True)
class Counting:
    """Lengths of time by one calendar; a case of which nothing but its submission is there needs
    none."""

    calendar: BusinessCalendar | None
    pack: RulePack

    def work(self, start: datetime, end: datetime) -> int:
        """Working seconds from `start` to `end`."""
        return max(self._total(end) - self._total(start), 0) // MICROS if start < end else 0

    def _total(self, at: datetime) -> int:
        assert self.calendar is not None
        return total_at(at, self.calendar, self.pack)

    def work_share(self, start: datetime, end: datetime, part: float) -> datetime:
        """The instant at which `part` of the working time from `start` to `end` is used."""
        before = self._total(start)
        whole = self._total(end) - before
        if whole <= 0 or self.calendar is None:
            return end
        return min(at_total(before + round(part * whole), self.calendar, self.pack), end)


def wall(start: datetime, end: datetime) -> int:
    """Seconds from `start` to `end`, none where the end comes first."""
    return max(int((end - start).total_seconds()), 0)


def stages(log: Sequence[CaseEvent], end: int | None, counting: Counting) -> dict[str, int]:
    """`assigned_wall`, `assigned_work` and so on, up to the first end. The stretch in which an
    open case stands now is not measured: it would be another with every look."""
    found = {f"{state.lower()}_{unit}": 0 for state in STAGES for unit in ("wall", "work")}
    for state, start, until in _stretches(log, end):
        if state in STAGES:
            name = state.lower()
            found[f"{name}_wall"] += wall(start, until)
            found[f"{name}_work"] += counting.work(start, until)
    return found


def _stretches(
    log: Sequence[CaseEvent], end: int | None
) -> Iterator[tuple[State, datetime, datetime]]:
    """How long each state lasted. An act is legally at the instant of its command, so one that
    waited may lie before another that is already in the log: time never runs backwards."""
    last = len(log) - 1 if end is None else end
    state, since = log[0].state, log[0].at
    for event in log[1 : last + 1]:
        at = max(since, event.at)
        if event.state is not state:
            yield state, since, at
            state, since = event.state, at


_PAUSES: Mapping[EventKind, str] = {
    EventKind.SUPPLEMENT_REQUESTED: "supplements",
    EventKind.INVESTIGATION_STARTED: "investigations",
    EventKind.CONSULTATION_STARTED: "consultations",
    EventKind.EXCLUSION_STARTED: "exclusions",
}
_RESUMED: Mapping[EventKind, str] = {
    EventKind.SUPPLEMENTED: "supplements",
    EventKind.INVESTIGATION_ENDED: "investigations",
    EventKind.CONSULTATION_ENDED: "consultations",
    EventKind.EXCLUSION_ENDED: "exclusions",
}


def pauses(log: Sequence[CaseEvent]) -> dict[str, int]:
    """How often a case was paused for what, and `paused`: the seconds in pauses that are over,
    overlapping ones once. `log` goes up to the first end, which ends them all."""
    times = dict.fromkeys(_PAUSES.values(), 0)
    begun: dict[str, datetime] = {}
    spans: list[Span] = []
    for event in log:
        if event.kind in _PAUSES:
            name = _PAUSES[event.kind]
            times[name] += name not in begun
            begun.setdefault(name, event.at)
        elif event.kind in _RESUMED and (since := begun.pop(_RESUMED[event.kind], None)):
            spans.append((since, event.at))
    return {**times, "paused": sum(wall(*span) for span in united([*spans, *_cut(log, begun)]))}


def _cut(log: Sequence[CaseEvent], begun: Mapping[str, datetime]) -> list[Span]:
    if not begun or not is_end(log[-1]):
        return []
    return [(since, log[-1].at) for since in begun.values()]
