"""Why a case is due when it is due, in one sentence with the article."""

from rules.book import RuleBook
from rules.case_clocks import legal_period
from schema.codes import CaseKind, PetitionType
from schema.deadlines import WALL_UNITS, Unit
from web.opened import OpenedCase
from web.wording import Wording


def why_due(opened: OpenedCase, book: RuleBook, wording: Wording) -> str | None:
    """The reason for the deadline that stands, or None while there is none."""
    case = opened.case
    if case is None or case.due_at() is None:
        return None
    if case.kind is CaseKind.OPINION:
        return wording.t("due.opinion")
    found = legal_period(opened.facts, other_period=book.other_period)
    if found is None:
        return None
    period = found[1]
    if period.unit in WALL_UNITS:
        hours = period.amount / (60 if period.unit is Unit.WALL_MINUTES else 1)
        return wording.t("due.agency", hours=f"{hours:g}")
    if case.petition_type is PetitionType.OTHER:
        return wording.t("due.immediate")
    kind = wording.code("petition_type", case.petition_type)
    said = wording.code("period", period.unit).format(n=period.amount)
    article = wording.code("article", case.petition_type)
    return wording.t("due.statute", kind=kind, period=said, article=article)
