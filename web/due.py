"""Why a case is due when it is due, in one sentence with the article."""

from rules.taxonomy import UNCLASSIFIED, Leaf, leaf
from schema.codes import CaseKind, PetitionType
from storage.cases import Case
from web.wording import Wording


def why_due(case: Case, wording: Wording) -> str | None:
    """The reason for the deadline that stands, or None while there is none."""
    if case.due_at() is None:
        return None
    if case.kind is CaseKind.OPINION:
        return wording.t("due.opinion")
    entry = _leaf(case.item)
    if case.petition_type is PetitionType.OTHER:
        if case.legal_due_at == case.target_due_at and entry.field_sla_hours:
            return wording.t("due.agency", hours=f"{entry.field_sla_hours:g}")
        return wording.t("due.immediate")
    kind = wording.code("petition_type", case.petition_type)
    period = wording.code("period", entry.period_unit).format(n=entry.period_amount or "")
    article = wording.code("article", case.petition_type)
    return wording.t("due.statute", kind=kind, period=period, article=article)


def _leaf(code: str | None) -> Leaf:
    try:
        return leaf(code or UNCLASSIFIED)
    except KeyError:
        return leaf(UNCLASSIFIED)
