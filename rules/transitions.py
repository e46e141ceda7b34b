"""The life of a case: which action, from where, by whom, needing what, leading where.

One table. The workflow's validator, the record, the pages and the officer's API all read it.
"""

from collections.abc import Iterable

from schema.codes import ENDED_STATES, Action, EventKind, Role, State, Visibility
from schema.commands import CaseSnapshot, Command, Refusal, RefusalCode
from schema.model import Frozen

OPEN_STATES = frozenset(State) - ENDED_STATES
UNANSWERED_STATES = OPEN_STATES - {State.ANSWERED}
IN_HAND = frozenset({State.RECEIVED, State.ASSIGNED, State.PROCESSING, State.TRANSFERRED})
ANY_STATE = frozenset(State)

DEPARTMENT_STAFF = frozenset({Role.OFFICER, Role.DEPARTMENT_HEAD, Role.FIRST_LINE})
ANY_STAFF = DEPARTMENT_STAFF | {Role.INSPECTOR, Role.EXECUTIVE, Role.ADMINISTRATOR}
ACTS_FOR_ALL_DEPARTMENTS = frozenset(
    {Role.FIRST_LINE, Role.SYSTEM, Role.CHANNEL, Role.CITIZEN, Role.EXECUTIVE, Role.INSPECTOR}
)


class Transition(Frozen):
    """One row. A step moves the case and comes from its workflow; a note is only added.

    `to` is the state after a step (None: unchanged); `needs` the keys of the command's detail.
    `article` is what a refusal quotes.
    """

    action: Action
    event: EventKind
    step: bool
    sources: frozenset[State]
    to: State | None = None
    roles: frozenset[Role]
    needs: tuple[str, ...] = ()
    visibility: Visibility
    article: str | None = None
    label_ko: str
    label_en: str


TRANSITIONS: dict[Action, Transition] = {
    row.action: row
    for row in (
        Transition(
            action=Action.RECEIVE,
            event=EventKind.RECEIVED,
            step=True,
            sources=frozenset({State.SUBMITTED}),
            to=State.RECEIVED,
            roles=frozenset({Role.SYSTEM}),
            needs=("received_at",),
            visibility=Visibility.PUBLIC,
            article="민원처리법 §9, 영 §6⑧",
            label_ko="접수",
            label_en="Receive",
        ),
        Transition(
            action=Action.DISTRIBUTE,
            event=EventKind.ASSIGNED,
            step=True,
            sources=frozenset({State.RECEIVED, State.ASSIGNED}),
            to=State.ASSIGNED,
            roles=frozenset({Role.SYSTEM, Role.FIRST_LINE}),
            needs=("department",),
            visibility=Visibility.PUBLIC,
            article="민원처리법 §16, 영 §13①",
            label_ko="배부",
            label_en="Distribute",
        ),
        Transition(
            action=Action.START,
            event=EventKind.STARTED,
            step=True,
            sources=frozenset({State.RECEIVED, State.ASSIGNED, State.TRANSFERRED}),
            to=State.PROCESSING,
            roles=DEPARTMENT_STAFF,
            visibility=Visibility.PUBLIC,
            label_ko="처리 시작",
            label_en="Start",
        ),
        Transition(
            action=Action.TRANSFER,
            event=EventKind.TRANSFERRED,
            step=True,
            sources=IN_HAND,
            to=State.TRANSFERRED,
            roles=DEPARTMENT_STAFF,
            needs=("department", "reason"),
            visibility=Visibility.PUBLIC,
            article="민원처리법 §16, 영 §13",
            label_ko="이송",
            label_en="Transfer",
        ),
        Transition(
            action=Action.RECLASSIFY,
            event=EventKind.RECLASSIFIED,
            step=True,
            sources=IN_HAND,
            roles=DEPARTMENT_STAFF,
            needs=("item", "reason"),
            visibility=Visibility.PETITIONER,
            label_ko="재분류",
            label_en="Reclassify",
        ),
        Transition(
            action=Action.ANSWER,
            event=EventKind.ANSWERED,
            step=True,
            sources=IN_HAND,
            to=State.ANSWERED,
            roles=DEPARTMENT_STAFF | {Role.CHANNEL},
            needs=("text",),
            visibility=Visibility.PUBLIC,
            article="민원처리법 §27, 영 §29",
            label_ko="답변",
            label_en="Answer",
        ),
        Transition(
            action=Action.WITHDRAW,
            event=EventKind.WITHDRAWN,
            step=True,
            sources=UNANSWERED_STATES,
            to=State.WITHDRAWN,
            roles=frozenset({Role.CITIZEN, Role.FIRST_LINE}),
            visibility=Visibility.PUBLIC,
            article="민원처리법 §22②",
            label_ko="취하",
            label_en="Withdraw",
        ),
        Transition(
            action=Action.REMIND,
            event=EventKind.REMINDED,
            step=True,
            sources=UNANSWERED_STATES,
            roles=frozenset({Role.SYSTEM}),
            needs=("timer", "term", "rung", "to"),
            visibility=Visibility.INTERNAL,
            label_ko="독려",
            label_en="Remind",
        ),
        Transition(
            action=Action.ESCALATE,
            event=EventKind.ESCALATED,
            step=True,
            sources=UNANSWERED_STATES,
            roles=frozenset({Role.SYSTEM}),
            needs=("timer", "term", "rung", "to"),
            visibility=Visibility.INTERNAL,
            article="민원처리법 §25, 영 §28",
            label_ko="상신·독촉",
            label_en="Escalate",
        ),
        Transition(
            action=Action.CLOSE,
            event=EventKind.CLOSED,
            step=True,
            sources=frozenset({State.ANSWERED}),
            to=State.CLOSED,
            roles=frozenset({Role.SYSTEM}),
            needs=("ground",),
            visibility=Visibility.PUBLIC,
            label_ko="종결",
            label_en="Close",
        ),
        Transition(
            action=Action.RATE,
            event=EventKind.RATED,
            step=False,
            sources=frozenset({State.ANSWERED, State.CLOSED}),
            roles=frozenset({Role.CITIZEN}),
            needs=("grade",),
            visibility=Visibility.PETITIONER,
            article="민원처리법 §26",
            label_ko="만족도 평가",
            label_en="Rate",
        ),
        Transition(
            action=Action.COMMENT,
            event=EventKind.COMMENTED,
            step=False,
            sources=ANY_STATE,
            roles=ANY_STAFF,
            needs=("text",),
            visibility=Visibility.INTERNAL,
            label_ko="메모",
            label_en="Comment",
        ),
        Transition(
            action=Action.AMEND,
            event=EventKind.AMENDED,
            step=False,
            sources=ANY_STATE,
            roles=frozenset({Role.CHANNEL, Role.CITIZEN}),
            needs=("revision", "text"),
            visibility=Visibility.PETITIONER,
            label_ko="내용 변경",
            label_en="Amend",
        ),
        Transition(
            action=Action.REMOVE_AT_SOURCE,
            event=EventKind.REMOVED_AT_SOURCE,
            step=False,
            sources=ANY_STATE,
            roles=frozenset({Role.CHANNEL}),
            needs=("revision",),
            visibility=Visibility.INTERNAL,
            label_ko="원문 삭제됨",
            label_en="Removed at the source",
        ),
        Transition(
            action=Action.DELIVER,
            event=EventKind.DELIVERED,
            step=False,
            sources=ANY_STATE,
            roles=frozenset({Role.SYSTEM}),
            needs=("reply", "means", "outcome"),
            visibility=Visibility.INTERNAL,
            label_ko="통지 결과",
            label_en="Delivery",
        ),
    )
}

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


def refusal(snapshot: CaseSnapshot, command: Command) -> Refusal | None:
    """Why `command` may not be done to the case as it stands, or None when it may."""
    row = TRANSITIONS[command.action]
    if snapshot.state not in row.sources:
        return _wrong_state(snapshot.state, row)
    if command.actor.role not in row.roles:
        return Refusal(
            code=RefusalCode.NOT_THIS_ROLE,
            message_ko=f"이 역할로는 «{row.label_ko}»을(를) 할 수 없습니다.",
            message_en=f"Your role may not do this: {row.label_en}.",
        )
    if not _acts_for(command, snapshot.department):
        return Refusal(
            code=RefusalCode.NOT_YOUR_DEPARTMENT,
            message_ko="다른 부서가 맡은 민원입니다. 그 부서 담당자만 처리할 수 있습니다.",
            message_en="Another department has this case; only its officers may act on it.",
        )
    missing = [key for key in row.needs if command.detail.get(key) in (None, "")]
    return _missing(missing) if missing else None


def _acts_for(command: Command, department: str | None) -> bool:
    return (
        command.actor.role in ACTS_FOR_ALL_DEPARTMENTS
        or department is None
        or command.actor.department == department
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


FIELD_NAMES: dict[str, tuple[str, str]] = {
    "department": ("부서", "department"),
    "reason": ("사유", "reason"),
    "item": ("분류 항목", "item"),
    "text": ("내용", "text"),
    "grade": ("만족도", "grade"),
}


def _missing(keys: Iterable[str]) -> Refusal:
    names = [FIELD_NAMES.get(key, (key, key)) for key in keys]
    ko, en = ", ".join(n[0] for n in names), ", ".join(n[1] for n in names)
    return Refusal(
        code=RefusalCode.MISSING_FIELD,
        message_ko=f"다음 항목을 입력해 주세요: {ko}.",
        message_en=f"Please fill in: {en}.",
    )
