"""The life of a case, one row for each action: from where, by whom, needing what, leading where.

The rows stand in `rules/acts/`, by what they are about; this is the one table that they make.
"""

from rules.acts import counting, ending, following, moderating, noting, taking_in
from rules.acts.row import (
    ANY_STATE,
    HEADS,
    IN_HAND,
    OPEN_STATES,
    UNANSWERED_STATES,
    Condition,
    Transition,
)

__all__ = [
    "ANY_STATE",
    "HEADS",
    "IN_HAND",
    "OPEN_STATES",
    "ROWS",
    "UNANSWERED_STATES",
    "Condition",
    "Transition",
]

ROWS: tuple[Transition, ...] = (
    *taking_in.ROWS,
    *counting.ROWS,
    *ending.ROWS,
    *following.ROWS,
    *moderating.ROWS,
    *noting.ROWS,
)
