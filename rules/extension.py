"""기간의 연장: which extensions the law allows, and what it says of those it does not."""

from datetime import date, datetime
from typing import NamedTuple

from rules.packs import RulePack
from schema.deadlines import (
    CIVIL_UNITS,
    HOUR_UNITS,
    ClockKind,
    DeadlineRequest,
    Extension,
    RefusedEvent,
    Unit,
)

MOST: dict[ClockKind, int] = {
    ClockKind.PETITION: 2,
    ClockKind.SUPPLEMENT_BY_CITIZEN: 2,
    ClockKind.OBJECTION_DECISION: 1,
    ClockKind.INFORMATION_DISCLOSURE: 1,
}
"""How often a clock may be extended: 영 §21①, 영 §24②, 법 §35②, 정보공개법 §11②.

No other clock has an article that extends it.
"""

ARTICLE: dict[ClockKind, str] = {
    ClockKind.PETITION: "민원처리법 시행령 §21①",
    ClockKind.SUPPLEMENT_BY_CITIZEN: "민원처리법 시행령 §24②",
    ClockKind.OBJECTION_DECISION: "민원처리법 §35②",
    ClockKind.INFORMATION_DISCLOSURE: "정보공개법 §11②",
}
NO_ARTICLE = "행정기본법 §6①"
FORBIDDEN_REASONS = frozenset({"overload", "late_assignment", "absence"})
FORBIDDEN_ARTICLE = "민원처리법 시행령 §21②"


class _No(NamedTuple):
    code: str
    ko: str
    en: str
    article: str


NO_REASON = _No(
    "unlawful_reason",
    "부득이한 사유를 밝혀야 연장할 수 있습니다.",
    "An extension needs a reason that could not be avoided.",
    ARTICLE[ClockKind.PETITION],
)


def refused_extension(
    request: DeadlineRequest,
    index: int,
    event: Extension,
    *,
    granted: int,
    due_at: datetime | None,
    period_days: int,
    pack: RulePack,
) -> RefusedEvent | None:
    """Why this extension is not allowed, or None. `granted` counts those before it; `due_at` is
    the deadline as it stood when it was decided; `period_days` the period's own length."""
    no = _too_many(request.clock, event, granted) or _out_of_bounds(
        request.clock, event, due_at, period_days
    )
    if no is None and request.clock is ClockKind.PETITION:
        no = _without_ground(event, granted, pack)
    if no is None:
        return None
    return RefusedEvent(index=index, code=no.code, ko=no.ko, en=no.en, article=no.article)


def _too_many(clock: ClockKind, event: Extension, granted: int) -> _No | None:
    most = MOST.get(clock, 0)
    if most == 0:
        return _No(
            "no_extension",
            "이 기간을 연장하는 규정이 없습니다.",
            "No rule extends this period.",
            NO_ARTICLE,
        )
    if granted >= most or (event.nth or 0) > most:
        return _No(
            "too_many",
            f"연장은 {most}차례까지입니다.",
            f"This period can be extended {'once' if most == 1 else 'twice'}, not more.",
            ARTICLE[clock],
        )
    return None


def _out_of_bounds(
    clock: ClockKind, event: Extension, due_at: datetime | None, period_days: int
) -> _No | None:
    if due_at is not None and event.at >= due_at:
        return _No(
            "too_late",
            "처리기간이 끝나기 전에 연장해야 합니다.",
            "An extension must be decided before the deadline.",
            ARTICLE[clock],
        )
    if event.days > period_days:
        return _No(
            "too_long",
            f"연장은 처리기간({period_days}일)의 범위 안이어야 합니다.",
            f"An extension may not be longer than the period ({period_days} days).",
            ARTICLE[clock],
        )
    return None


def _without_ground(event: Extension, granted: int, pack: RulePack) -> _No | None:
    """What 영 §21 asks of an extension of the petition's own period: first the reason, which no
    consent makes lawful."""
    no = _without_reason(event, pack)
    if no is None and max(granted + 1, event.nth or 1) > 1 and not event.consent:
        return _No(
            "no_consent",
            "두 번째 연장에는 민원인의 동의가 필요합니다.",
            "A second extension needs the petitioner's consent.",
            ARTICLE[ClockKind.PETITION],
        )
    return no


def _without_reason(event: Extension, pack: RulePack) -> _No | None:
    if pack.extension_reasons is None:
        return None if _names_a_reason(event) else NO_REASON
    if event.reason_code in pack.extension_reasons:
        return None
    forbidden = event.reason_code in FORBIDDEN_REASONS
    return _No(
        "unlawful_reason",
        "업무과중, 담당자 지정 지연·부재 등은 연장 사유가 될 수 없습니다. "
        "협조, 사실·현장 확인, 불가항력, 그에 준하는 사유만 인정됩니다.",
        "Overload, late assignment or absence are no lawful reasons for an extension; "
        "cooperation, fact-finding, force majeure and what is comparable are.",
        FORBIDDEN_ARTICLE if forbidden else ARTICLE[ClockKind.PETITION],
    )


def _names_a_reason(event: Extension) -> bool:
    """Before 2026-05-06 any reason in words or code (부득이한 사유, reading A17)."""
    return bool(event.reason_code or (event.model_extra or {}).get("reason"))


def length_in_days(request: DeadlineRequest, first: date, last: date, pack: RulePack) -> int:
    """The period's length in the unit that extensions are given in: whole days.

    An hour period of less than a day has none, so that it cannot be extended by days.
    """
    period = request.period
    if period.unit is Unit.WALL_MINUTES:
        return 0
    if period.unit is Unit.WALL_HOURS:
        return period.amount // 24
    if period.unit in HOUR_UNITS:
        return period_hours(request, pack) // pack.hours_a_day
    if period.unit in CIVIL_UNITS:
        return max((last - first).days + 1, 1)
    return period.amount


def period_hours(request: DeadlineRequest, pack: RulePack) -> int:
    """The working hours of an hour period."""
    immediate = request.period.unit == "immediate"
    return pack.immediate_hours if immediate else request.period.amount
