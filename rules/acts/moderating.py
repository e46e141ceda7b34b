"""Moderation: what is not shown to everybody, why, and the petitioner's appeal. Notes, all of them:
the case itself goes on as before."""

from rules.acts.row import ANY_STATE, CITIZEN, PETITIONER, Condition, Transition
from schema.codes import Action, EventKind, Role, TextKind

MODERATORS = frozenset({Role.FIRST_LINE, Role.DEPARTMENT_HEAD, Role.INSPECTOR})

ROWS: tuple[Transition, ...] = (
    Transition(
        action=Action.HIDE,
        event=EventKind.HIDDEN,
        step=False,
        sources=ANY_STATE,
        roles=MODERATORS,
        needs=("hide_ground",),
        takes=("reason",),
        text=TextKind.REASON,
        when=(Condition.NOT_HIDDEN,),
        visibility=PETITIONER,
        label_ko="공개 중단",
        label_en="Hide from the public",
    ),
    Transition(
        action=Action.UNHIDE,
        event=EventKind.UNHIDDEN,
        step=False,
        sources=ANY_STATE,
        roles=MODERATORS,
        takes=("reason",),
        text=TextKind.REASON,
        when=(Condition.IS_HIDDEN,),
        provided=(Condition.ANOTHER_PERSON,),
        visibility=PETITIONER,
        label_ko="다시 공개",
        label_en="Show to the public again",
    ),
    Transition(
        action=Action.KEEP_HIDDEN,
        event=EventKind.HIDING_KEPT,
        step=False,
        sources=ANY_STATE,
        roles=MODERATORS,
        needs=("reason",),
        text=TextKind.REASON,
        when=(Condition.HIDING_APPEALED,),
        provided=(Condition.ANOTHER_PERSON,),
        visibility=PETITIONER,
        label_ko="공개 중단 유지",
        label_en="Keep hidden",
    ),
    Transition(
        action=Action.APPEAL_HIDING,
        event=EventKind.HIDING_APPEALED,
        step=False,
        sources=ANY_STATE,
        roles=CITIZEN,
        needs=("text",),
        text=TextKind.QUESTION,
        when=(Condition.IS_HIDDEN, Condition.NOT_APPEALED),
        visibility=PETITIONER,
        label_ko="공개 중단에 이의 제기",
        label_en="Appeal against the hiding",
    ),
)
