"""The measures of a case from its whole log: the one function that makes a row of figures."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from rules.calendar import BusinessCalendar
from rules.measures.ends import first_end, outcome_of
from rules.measures.row import Measures, Outcome, Tier
from rules.measures.spans import Counting, pauses, stages, wall
from rules.measures.ways import bureau_of, first_act, ladder, officer, routing
from rules.packs import pack_for
from rules.taxonomy import UNCLASSIFIED, leaf_at
from rules.working_time import seoul_day
from schema.codes import ENDED_STATES, CaseKind, EventKind, PetitionType, State
from schema.events import CaseEvent

WARNED_AT = 0.8
_BY_HOURS: Mapping[float, Tier] = {3: Tier.HOURS_3, 24: Tier.HOURS_24, 120: Tier.DAYS_5}
_BY_DAYS: Mapping[int, Tier] = {7: Tier.LEGAL_7, 14: Tier.LEGAL_14}


def measures_of(
    log: Sequence[CaseEvent], *, kind: CaseKind, calendar: BusinessCalendar | None
) -> Measures:
    """The row of a case whose log is `log` and which is now of `kind`; without a calendar where
    the log is the submission alone.

    Raises ValueError for an empty log.
    """
    if not log:
        raise ValueError("a case has at least its submission")
    counting = Counting(calendar, pack_for(log[0].at))
    end = first_end(log)
    until = log if end is None else log[: end + 1]
    values = {
        **_place(log, kind),
        **_first_answer(log, end, counting),
        **_owed(log, counting),
        **stages(log, end, counting),
        **pauses(until),
        **routing(log, counting),
        **ladder(log),
        **_asked_again(log),
        **_counts(log),
        "extensions": sum(event.kind is EventKind.EXTENDED for event in until),
        "response": first_act(log[1:], log[0].at),
    }
    return Measures(**values)  # type: ignore[arg-type]


def _place(log: Sequence[CaseEvent], kind: CaseKind) -> dict[str, object]:
    first, newest = log[0], log[-1]
    filed_day = seoul_day(first.at)
    return {
        "number": first.case,
        "seq": newest.seq,
        "state": newest.state,
        "channel": first.channel,
        "kind": kind,
        "petition_type": newest.petition_type,
        "tier": tier_of(kind, newest.petition_type, newest.item, first.at),
        "item": newest.item,
        "item_group": newest.item[:2] if newest.item else None,
        "district": newest.district,
        "agency": newest.agency,
        "bureau": bureau_of(newest.department, filed_day),
        "department": newest.department,
        "officer": officer(log),
        "filed_at": first.at,
        "filed_day": filed_day,
    }


def tier_of(kind: CaseKind, petition_type: PetitionType, item: str | None, at: datetime) -> Tier:
    """The promise that a case filed at `at` stands under: the city's hours for 기타민원 (영 §16③),
    the law's days for enquiries, suggestions and grievances (영 §14–17). An objection has days of
    its own, whatever its item has."""
    if kind is CaseKind.OPINION:
        return Tier.OPINION
    leaf = leaf_at(item or UNCLASSIFIED, at)
    if petition_type is PetitionType.OTHER:
        return _BY_HOURS.get(leaf.field_sla_hours or 0, Tier.OTHER)
    if petition_type is leaf.petition_type and leaf.period_unit == "days":
        return _BY_DAYS.get(leaf.period_amount or 0, Tier.OTHER)
    return Tier.OTHER


def _first_answer(
    log: Sequence[CaseEvent], end: int | None, counting: Counting
) -> dict[str, object]:
    filed = log[0].at
    ended = None if end is None else log[end]
    due = _due(log[-1], log[-1]) if not end else _due(log[end], log[end - 1])
    done = None if ended is None else max(ended.at, filed)
    outcome = None if ended is None else outcome_of(ended)
    return {
        "due_at": due,
        "due_day": seoul_day(due) if due else None,
        "target_due_at": log[-1].target_due_at,
        "done_at": done,
        "done_day": seoul_day(done) if done else None,
        "outcome": outcome,
        "on_call": outcome is Outcome.ANSWERED and bool(ended and ended.detail.get("on_call")),
        "wall": wall(filed, done) if done else None,
        "work": counting.work(filed, done) if done else None,
        "period": wall(filed, due) if due else None,
    }


def _due(event: CaseEvent, stood: CaseEvent | None) -> datetime | None:
    """The deadline that `event` carries: the legal one, else the service target, to which nobody
    is held while the citizen's supplement is awaited."""
    if stood is not None and stood.state is State.SUPPLEMENT:
        return event.legal_due_at
    return event.legal_due_at or event.target_due_at


def _owed(log: Sequence[CaseEvent], counting: Counting) -> dict[str, object]:
    newest = log[-1]
    owed = newest.state is not State.ANSWERED and newest.state not in ENDED_STATES
    due = _due(newest, newest) if owed else None
    asked = [event.at for event in log if event.kind is EventKind.ASKED_AGAIN]
    return {
        "owed": owed,
        "owed_due_at": due,
        "warn_at": _warned(asked[-1] if asked else log[0].at, due, newest, counting),
    }


def _warned(
    since: datetime, due: datetime | None, newest: CaseEvent, counting: Counting
) -> datetime | None:
    if due is None:
        return None
    by_wall = newest.legal_due_at is None or newest.legal_due_at == newest.target_due_at
    if by_wall:
        return since + timedelta(seconds=WARNED_AT * wall(since, due))
    return counting.work_share(since, due, WARNED_AT)


_ANSWERS = frozenset({EventKind.ANSWERED, EventKind.REFUSED})


def _asked_again(log: Sequence[CaseEvent]) -> dict[str, object]:
    """The last asking again: until when, and when it was answered."""
    asked = [place for place, event in enumerate(log) if event.kind is EventKind.ASKED_AGAIN]
    found: dict[str, object] = {
        "asked_again": len(asked),
        "again_due_at": None,
        "again_due_day": None,
        "again_done_at": None,
    }
    if not asked:
        return found
    after = log[asked[-1] :]
    answered = next((event for event in after if event.kind in _ANSWERS), None)
    due = (answered or after[-1]).legal_due_at or (answered or after[-1]).target_due_at
    return found | {
        "again_due_at": due,
        "again_due_day": seoul_day(due) if due else None,
        "again_done_at": answered.at if answered else None,
    }


def _counts(log: Sequence[CaseEvent]) -> dict[str, object]:
    times = Counter(event.kind for event in log)
    rated = [event for event in log if event.kind is EventKind.RATED]
    return {
        "grade": int(str(rated[-1].detail["grade"])) if rated else None,
        "rated_day": seoul_day(rated[-1].at) if rated else None,
        "objected": times[EventKind.OBJECTED] > 0,
        "converted": times[EventKind.CONVERTED] > 0,
        "merged": times[EventKind.MERGED] > 0,
        "unmerged": times[EventKind.UNMERGED],
        "reporters": times[EventKind.REPORTER_JOINED] - times[EventKind.REPORTER_LEFT],
        "delivered": times[EventKind.DELIVERED],
        "undelivered": times[EventKind.UNDELIVERED],
    }
