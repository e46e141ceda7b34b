"""Why a case is suggested as the same matter, in words."""

from storage.likely_same import Candidate
from web.wording import Wording


def likeness_said(one: Candidate, wording: Wording) -> str:
    """What the two have in common, one after the other."""
    likeness = one.likeness
    said = []
    if likeness.same_petitioner:
        said.append(wording.t("likely.same_petitioner"))
    if likeness.same_item:
        said.append(wording.t("likely.same_item"))
    if likeness.metres is not None:
        said.append(wording.t("likely.metres", n=likeness.metres))
    elif likeness.same_dong:
        said.append(wording.t("likely.same_dong"))
    said.append(
        wording.t("likely.days", n=likeness.days) if likeness.days else wording.t("likely.same_day")
    )
    if likeness.text:
        said.append(wording.t("likely.text", n=round(likeness.text * 100)))
    if likeness.same_petitioner and one.answers:
        said.append(wording.t("likely.told", n=one.answers))
    return " · ".join(said)
