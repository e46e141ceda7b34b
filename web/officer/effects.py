"""What an act does to the clock, said before it is done; and where its form stands on the page."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from schema.codes import Action


class Group(StrEnum):
    """The groups of acts on an officer's page, in their order."""

    OFTEN = "often"
    TIME = "time"
    WITH_OTHERS = "with_others"
    MATTER = "matter"
    WAYS_OUT = "ways_out"
    RELATIONS = "relations"
    PUBLIC = "public"


GROUPS: Mapping[Group, Sequence[Action]] = {
    Group.OFTEN: (
        Action.START,
        Action.ACCEPT,
        Action.APPROVE_ANSWER,
        Action.RETURN_ANSWER,
        Action.SUPPLEMENT,
        Action.ANSWER,
        Action.SUBMIT_ANSWER,
        Action.DISTRIBUTE,
        Action.TRANSFER,
        Action.ASSIGN,
        Action.COMMENT,
    ),
    Group.TIME: (
        Action.EXTEND,
        Action.REQUEST_SUPPLEMENT,
        Action.REQUEST_SUPPLEMENT_AGAIN,
        Action.EXTEND_SUPPLEMENT,
        Action.START_INVESTIGATION,
        Action.EXTEND_INVESTIGATION,
        Action.END_INVESTIGATION,
        Action.START_EXCLUSION,
        Action.END_EXCLUSION,
        Action.CONSULT,
        Action.END_CONSULTATION,
        Action.NOTIFY_PROGRESS,
    ),
    Group.WITH_OTHERS: (Action.JOIN_DEPARTMENT, Action.COOPERATE, Action.ANSWER_DEMAND),
    Group.MATTER: (Action.CONFIRM_PLATE, Action.RECLASSIFY, Action.CONVERT, Action.CORRECT),
    Group.WAYS_OUT: (
        Action.REFUSE,
        Action.DECLINE,
        Action.CLOSE_UNSUPPLEMENTED,
        Action.CLOSE_REPEATED,
        Action.WITHDRAW,
        Action.ASK_AGAIN,
        Action.OBJECT,
        Action.REOPEN,
    ),
    Group.PUBLIC: (Action.HIDE, Action.UNHIDE, Action.KEEP_HIDDEN),
    Group.RELATIONS: (
        Action.MERGE,
        Action.UNMERGE,
        Action.SPLIT,
        Action.SEND_TO_AUDIT,
        Action.DESIGNATE_GROUP,
        Action.DELIBERATE,
    ),
}

MOVES_THE_CLOCK = frozenset(
    {
        Action.DISTRIBUTE,
        Action.TRANSFER,
        Action.SEND_TO_AUDIT,
        Action.RECLASSIFY,
        Action.CONVERT,
        Action.SPLIT,
        Action.CORRECT,
        Action.REQUEST_SUPPLEMENT,
        Action.REQUEST_SUPPLEMENT_AGAIN,
        Action.EXTEND_SUPPLEMENT,
        Action.SUPPLEMENT,
        Action.CLOSE_UNSUPPLEMENTED,
        Action.START_INVESTIGATION,
        Action.EXTEND_INVESTIGATION,
        Action.END_INVESTIGATION,
        Action.CONSULT,
        Action.END_CONSULTATION,
        Action.START_EXCLUSION,
        Action.END_EXCLUSION,
        Action.EXTEND,
        Action.JOIN_DEPARTMENT,
        Action.ANSWER,
        Action.APPROVE_ANSWER,
        Action.REFUSE,
        Action.SUBMIT_ANSWER,
        Action.DECLINE,
        Action.CLOSE_REPEATED,
        Action.WITHDRAW,
        Action.ASK_AGAIN,
        Action.OBJECT,
        Action.REOPEN,
        Action.MERGE,
        Action.UNMERGE,
    }
)


def effect_of(action: Action) -> str:
    """The name of the text that says what `action` does to the clock."""
    return f"effect.{action}" if action in MOVES_THE_CLOCK else "effect.none"


def group_of(action: Action) -> Group | None:
    """Where the form of `action` stands; None for what nobody on the staff does."""
    return next((group for group, acts in GROUPS.items() if action in acts), None)
