"""How the table of the life of a case is read: who may do what now, and why not.

The rows stand in `rules/life_table.py`, on whose cases a role acts in `rules/rights.py`. The
workflow's validator, the record, the pages, the officer's API and the diagram in `docs/states.md`
all read these.
"""

from collections.abc import Iterable

from rules.fields import field
from rules.life_table import (
    ANY_STATE,
    IN_HAND,
    OPEN_STATES,
    ROWS,
    UNANSWERED_STATES,
    Condition,
    Transition,
)
from rules.rights import Right, reaches
from schema.codes import ENDED_STATES, Action, Role, State, TextKind
from schema.commands import CaseSnapshot, Command, Refusal, RefusalCode

__all__ = [
    "ANY_STATE",
    "IN_HAND",
    "OPEN_STATES",
    "STATE_NAMES",
    "TRANSITIONS",
    "UNANSWERED_STATES",
    "Condition",
    "Transition",
    "allowed_actions",
    "fields_of",
    "refusal",
    "text_kind",
]

TRANSITIONS: dict[Action, Transition] = {row.action: row for row in ROWS}

STATE_NAMES: dict[State, tuple[str, str]] = {
    State.SUBMITTED: ("신청", "Submitted"),
    State.RECEIVED: ("접수", "Received"),
    State.ASSIGNED: ("담당부서 지정", "Assigned"),
    State.PROCESSING: ("처리중", "In progress"),
    State.SUPPLEMENT: ("보완요청", "Waiting for your supplement"),
    State.TRANSFERRED: ("이송", "Transferred"),
    State.ANSWERED: ("답변완료", "Answered"),
    State.REANSWER: ("추가답변 처리", "Being answered again"),
    State.WITHDRAWN: ("취하", "Withdrawn"),
    State.CLOSED: ("종결", "Closed"),
    State.DECLINED: ("처리 제외", "Declined"),
    State.MERGED: ("병합", "Merged"),
}


def allowed_actions(state: State, role: Role) -> tuple[Transition, ...]:
    """What `role` may do to a case in `state`, in the table's order; for buttons and for tests."""
    return tuple(row for row in TRANSITIONS.values() if role in row.roles and state in row.sources)


def fields_of(action: Action) -> tuple[str, ...]:
    """The fields that `action` takes, in the order in which a form asks for them."""
    row = TRANSITIONS[action]
    return (*row.needs, *row.takes)


def text_kind(action: Action, name: str) -> TextKind:
    """What the free text in field `name` of `action` is."""
    return (TRANSITIONS[action].text if name == "text" else None) or TextKind.REASON


def refusal(snapshot: CaseSnapshot, command: Command) -> Refusal | None:
    """Why `command` may not be done to the case as it stands, or None when state, role,
    department and fields allow it. What the law asks beyond that: `rules/lawfulness.py`."""
    row = TRANSITIONS[command.action]
    if snapshot.state not in row.sources:
        return _wrong_state(snapshot.state, row)
    if command.actor.role not in row.roles:
        return Refusal(
            code=RefusalCode.NOT_THIS_ROLE,
            message_ko=f"이 역할로는 «{row.label_ko}»을(를) 할 수 없습니다.",
            message_en=f"Your role may not do this: {row.label_en}.",
        )
    if not _acts_for(command, snapshot, row):
        return Refusal(
            code=RefusalCode.NOT_YOUR_DEPARTMENT,
            message_ko="다른 부서가 맡은 민원입니다. 그 부서 담당자만 처리할 수 있습니다.",
            message_en="Another department has this case; only its officers may act on it.",
        )
    missing = [key for key in row.needs if command.detail.get(key) in (None, "")]
    return _missing(missing) if missing else None


def _acts_for(command: Command, snapshot: CaseSnapshot, row: Transition) -> bool:
    if snapshot.department is None:
        return True
    own = command.actor.department
    return reaches(Right.ACT, command.actor.role, own, snapshot.department) or (
        row.by_joined and own in snapshot.joined
    )


def _wrong_state(state: State, row: Transition) -> Refusal:
    ko, en = STATE_NAMES[state]
    code = RefusalCode.CASE_ENDED if state in ENDED_STATES else RefusalCode.NOT_IN_THIS_STATE
    return Refusal(
        code=code,
        message_ko=f"«{ko}» 상태에서는 «{row.label_ko}»을(를) 할 수 없습니다.",
        message_en=f"A case that is «{en}» does not take this action: {row.label_en}.",
        article=row.article,
    )


def _missing(keys: Iterable[str]) -> Refusal:
    named = [field(key) for key in keys]
    ko, en = ", ".join(one.ko for one in named), ", ".join(one.en for one in named)
    return Refusal(
        code=RefusalCode.MISSING_FIELD,
        message_ko=f"다음 항목을 입력해 주세요: {ko}.",
        message_en=f"Please fill in: {en}.",
    )
