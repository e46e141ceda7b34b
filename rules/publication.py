"""What of a case everybody may see: nothing, how far it has come, or its masked words too.

The one rule for pages, lists, feeds, search, Open311 and «nearby»; `storage/public_cases.py` says
the same in SQL, and a test holds the two together.
"""

from enum import StrEnum

from rules.tables import of_city_data
from rules.taxonomy import newest_leaves
from schema.codes import CaseKind, PetitionType, State
from schema.model import Frozen

NEVER_TYPES = frozenset(
    {PetitionType.GRIEVANCE, PetitionType.OBJECTION, PetitionType.INFORMATION_DISCLOSURE}
)
"""고충민원 (비위 신고, 복지, 보육·아동 among them), 이의신청, 정보공개: a person's own affair."""


class Publication(StrEnum):
    """What everybody may see of a case."""

    NOTHING = "nothing"
    STATE = "state"
    WORDS = "words"


class PublicFacts(Frozen):
    """What of a case decides. `hidden`: by moderation, or deleted at its source. `synthetic`: made
    by the system to watch itself. `under_14`: filed for a child (개인정보 보호법 §22의2)."""

    kind: CaseKind
    petition_type: PetitionType
    state: State
    item: str | None
    public: bool
    hidden: bool
    synthetic: bool
    under_14: bool


def publication(facts: PublicFacts) -> Publication:
    """What everybody may see. Words wait until the item is known, for some items (and every item
    that is a grievance by the taxonomy, whatever the case has become) are never shown in words,
    nor what its petitioner took back; what was posted on a network was public before."""
    withheld = not facts.public or facts.hidden or facts.synthetic or facts.under_14
    if withheld or facts.petition_type in NEVER_TYPES or facts.item in never_items():
        return Publication.NOTHING
    if facts.state is State.WITHDRAWN:
        return Publication.STATE
    if facts.item is None:
        return Publication.WORDS if facts.kind is CaseKind.OPINION else Publication.STATE
    return Publication.WORDS if facts.item in shown_items() else Publication.STATE


@of_city_data
def never_items() -> frozenset[str]:
    """Items whose cases everybody sees nothing of."""
    return frozenset(
        code for code, entry in newest_leaves().items() if entry.petition_type in NEVER_TYPES
    )


@of_city_data
def shown_items() -> frozenset[str]:
    """Items whose masked words everybody may read (taxonomy: publish_default)."""
    return frozenset(code for code, entry in newest_leaves().items() if entry.publish_default)
