"""기간의 연장: which extensions the law allows, and what it says of those it does not."""

from datetime import date, datetime

from rules.packs import RulePack
from schema.deadlines import (
    CIVIL_UNITS,
    HOUR_UNITS,
    ClockKind,
    DeadlineRequest,
    Extension,
    RefusedEvent,
)

MOST: dict[ClockKind, int] = {
    ClockKind.PETITION: 2,
    ClockKind.SUPPLEMENT_BY_CITIZEN: 2,
    ClockKind.OBJECTION_DECISION: 1,
    ClockKind.INFORMATION_DISCLOSURE: 1,
}
"""How often a clock may be extended: 영 §21①, 영 §24②, 법 §35②, 정보공개법 §11②. Others: 2."""

ARTICLE: dict[ClockKind, str] = {
    ClockKind.PETITION: "민원처리법 시행령 §21①",
    ClockKind.SUPPLEMENT_BY_CITIZEN: "민원처리법 시행령 §24②",
    ClockKind.OBJECTION_DECISION: "민원처리법 §35②",
    ClockKind.INFORMATION_DISCLOSURE: "정보공개법 §11②",
}
DEFAULT_ARTICLE = "민원처리법 시행령 §21①"
FORBIDDEN_ARTICLE = "민원처리법 시행령 §21②"


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
    article = ARTICLE.get(request.clock, DEFAULT_ARTICLE)

    def refuse(code: str, ko: str, en: str, where: str = article) -> RefusedEvent:
        return RefusedEvent(index=index, code=code, ko=ko, en=en, article=where)

    most = MOST.get(request.clock, 2)
    if granted >= most or (event.nth or 0) > most:
        return refuse(
            "too_many", f"연장은 {most}차례까지입니다.", f"At most {most} extensions are allowed."
        )
    if due_at is not None and event.at >= due_at:
        return refuse(
            "too_late",
            "처리기간이 끝나기 전에 연장해야 합니다.",
            "An extension must be decided before the deadline.",
        )
    if event.days > period_days:
        return refuse(
            "too_long",
            f"연장은 처리기간({period_days}일)의 범위 안이어야 합니다.",
            f"An extension may not be longer than the period ({period_days} days).",
        )
    if request.clock is not ClockKind.PETITION:
        return None
    if granted >= 1 and not event.consent:
        return refuse(
            "no_consent",
            "두 번째 연장에는 민원인의 동의가 필요합니다.",
            "A second extension needs the petitioner's consent.",
        )
    if not _has_lawful_reason(event, pack):
        return refuse(
            "unlawful_reason",
            "업무과중, 담당자 지정 지연·부재 등은 연장 사유가 될 수 없습니다. "
            "협조, 사실·현장 확인, 불가항력, 그에 준하는 사유만 인정됩니다.",
            "Overload, late assignment or absence are no lawful reasons for an extension.",
            FORBIDDEN_ARTICLE,
        )
    return None


def _has_lawful_reason(event: Extension, pack: RulePack) -> bool:
    """Before 2026-05-06 any reason in words or code (부득이한 사유, reading A17)."""
    if pack.extension_reasons is not None:
        return event.reason_code in pack.extension_reasons
    return bool(event.reason_code or (event.model_extra or {}).get("reason"))


def length_in_days(request: DeadlineRequest, first: date, last: date, pack: RulePack) -> int:
    """The period's length in the unit that extensions are given in: whole days.

    An hour period of less than a day has none, so that it cannot be extended by days.
    """
    period = request.period
    if period.unit in HOUR_UNITS:
        return period_hours(request, pack) // pack.hours_a_day
    if period.unit in CIVIL_UNITS:
        return max((last - first).days + 1, 1)
    return period.amount


def period_hours(request: DeadlineRequest, pack: RulePack) -> int:
    """The working hours of an hour period."""
    immediate = request.period.unit == "immediate"
    return pack.immediate_hours if immediate else request.period.amount
