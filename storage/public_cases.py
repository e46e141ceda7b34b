"""Cases that everybody may see: the SQL of `rules.publication`, and the lists over it."""

from sqlalchemy import ColumnElement, and_, not_, or_

from rules.publication import (
    NEVER_TYPES,
    Publication,
    PublicFacts,
    never_items,
    publication,
    shown_items,
)
from schema.codes import CaseKind
from storage.cases import Case
from storage.tables import cases


def publication_of(case: Case) -> Publication:
    """What everybody may see of `case`."""
    return publication(PublicFacts.model_validate(case.model_dump(include=_FACTS)))


_FACTS = set(PublicFacts.model_fields)


def is_published() -> ColumnElement[bool]:
    """Cases of which everybody may see at least how far they have come."""
    return and_(
        cases.c.public,
        not_(cases.c.hidden),
        not_(cases.c.synthetic),
        not_(cases.c.under_14),
        cases.c.petition_type.not_in(sorted(NEVER_TYPES)),
        or_(cases.c.item.is_(None), cases.c.item.not_in(sorted(never_items()))),
    )


def shows_words() -> ColumnElement[bool]:
    """Cases whose masked words everybody may read: what lists, search, map and feeds hold."""
    posted = and_(cases.c.item.is_(None), cases.c.kind == CaseKind.OPINION)
    return and_(is_published(), or_(posted, cases.c.item.in_(sorted(shown_items()))))
