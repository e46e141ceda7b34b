"""What everybody may see of a case."""

import pytest

from rules.publication import (
    Publication,
    PublicFacts,
    never_items,
    publication,
    shown_items,
)
from schema.codes import CaseKind, PetitionType, State

POTHOLE = PublicFacts(
    kind=CaseKind.PETITION,
    petition_type=PetitionType.OTHER,
    state=State.PROCESSING,
    item="RD01",
    public=True,
    hidden=False,
    synthetic=False,
    under_14=False,
)
POST = {"kind": CaseKind.OPINION, "petition_type": PetitionType.OPINION}


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, Publication.WORDS),
        ({"public": False}, Publication.NOTHING),
        ({"hidden": True}, Publication.NOTHING),
        ({"synthetic": True}, Publication.NOTHING),
        ({"under_14": True}, Publication.NOTHING),
        ({"petition_type": PetitionType.GRIEVANCE}, Publication.NOTHING),
        ({"petition_type": PetitionType.OBJECTION}, Publication.NOTHING),
        ({"petition_type": PetitionType.INFORMATION_DISCLOSURE}, Publication.NOTHING),
        ({"item": "AD05"}, Publication.NOTHING),
        ({"item": "WF01"}, Publication.NOTHING),
        ({"item": "WF04"}, Publication.NOTHING),
        ({"item": "HB01"}, Publication.STATE),
        ({"item": "TR02"}, Publication.STATE),
        ({"item": "no such item"}, Publication.STATE),
        ({"item": None}, Publication.STATE),
        ({"state": State.WITHDRAWN}, Publication.STATE),
        ({**POST, "item": None, "state": State.WITHDRAWN}, Publication.STATE),
        ({**POST, "item": None}, Publication.WORDS),
        ({**POST, "item": "PT01"}, Publication.STATE),
        ({**POST, "item": "AD05"}, Publication.NOTHING),
        ({**POST, "item": None, "hidden": True}, Publication.NOTHING),
    ],
)
def test_what_everybody_sees(changes: dict[str, object], shown: Publication) -> None:
    """Grievance, misconduct, welfare and children are never public, whatever is chosen; an item
    that is not for everybody is followed without its words."""
    assert publication(POTHOLE.model_copy(update=changes)) is shown


def test_no_item_is_shown_and_never_shown() -> None:
    """The two columns of the taxonomy agree."""
    assert shown_items() & never_items() == frozenset()
    assert {"AD04", "AD05", "WF01", "WF03", "WF04"} <= never_items()
