"""Whether the law allows an act, and what it says where it does not."""

from rules.asked import Asked, Circumstances, Law
from rules.conditions import CONDITIONS
from rules.life_table import Condition, Transition
from schema.commands import Refusal, RefusalCode

__all__ = ["Asked", "Circumstances", "Law", "not_offered", "unlawful"]


def unlawful(row: Transition, asked: Asked) -> Refusal | None:
    """The first condition of the row that does not hold, as a refusal; None where all do."""
    return _first((*row.when, *row.provided), row, asked)


def not_offered(row: Transition, asked: Asked) -> Refusal | None:
    """Why a page does not offer the action at all: what depends on the case alone."""
    return _first(row.when, row, asked)


def _first(conditions: tuple[Condition, ...], row: Transition, asked: Asked) -> Refusal | None:
    for condition in conditions:
        words = CONDITIONS[condition](asked)
        if words is not None:
            ko, en, *article = words
            return Refusal(
                code=RefusalCode.NOT_LAWFUL,
                message_ko=ko,
                message_en=en,
                article=article[0] if article else row.article,
            )
    return None
