"""The life of a case, one row for each action: from where, by whom, needing what, leading where.

`when` and `provided` name the conditions of the law that `rules/lawfulness.py` checks: the first
depend on the case alone (a page does not offer the action), the others on what was entered.
"""

from enum import StrEnum

from schema.codes import ENDED_STATES, Action, EventKind, Role, State, TextKind, Visibility
from schema.model import Frozen

OPEN_STATES = frozenset(State) - ENDED_STATES
UNANSWERED_STATES = OPEN_STATES - {State.ANSWERED}
IN_HAND = frozenset({State.RECEIVED, State.ASSIGNED, State.PROCESSING, State.TRANSFERRED})
AT_WORK = frozenset({State.ASSIGNED, State.PROCESSING, State.TRANSFERRED, State.REANSWER})
TO_ANSWER = IN_HAND | {State.REANSWER}
ANY_STATE = frozenset(State)

HEADS = frozenset({Role.TEAM_HEAD, Role.DEPARTMENT_HEAD, Role.FIRST_LINE})
STAFF = HEADS | {Role.OFFICER}
ANY_STAFF = STAFF | {Role.INSPECTOR, Role.EXECUTIVE, Role.ADMINISTRATOR}
CITIZEN = frozenset({Role.CITIZEN})
SYSTEM = frozenset({Role.SYSTEM})
ACTS_FOR_ALL_DEPARTMENTS = frozenset(
    {Role.FIRST_LINE, Role.SYSTEM, Role.CHANNEL, Role.CITIZEN, Role.EXECUTIVE, Role.INSPECTOR}
)

PUBLIC, PETITIONER, INTERNAL = Visibility.PUBLIC, Visibility.PETITIONER, Visibility.INTERNAL


class Condition(StrEnum):
    """What the law asks of a case or of an act beyond state and role; the article is the row's
    own or the condition's, in `rules/lawfulness.py`."""

    IS_OPINION = "is_opinion"
    IS_PROPOSAL = "is_proposal"
    IS_GRIEVANCE = "is_grievance"
    NOT_STATUTORY = "not_statutory"
    NOT_AN_OPINION = "not_an_opinion"
    REACHABLE = "reachable"
    WITHIN_EIGHT_HOURS = "within_eight_hours"
    SUPPLEMENT_EXPIRED = "supplement_expired"
    ASKED_ONCE = "asked_once"
    WITHIN_TEN_DAYS = "within_ten_days"
    SUPPLEMENT_EXTENSIBLE = "supplement_extensible"
    RETURNABLE = "returnable"
    INVESTIGATING = "investigating"
    NOT_INVESTIGATING = "not_investigating"
    NOT_EXTENDED_YET = "not_extended_yet"
    EXTENDED_ONCE = "extended_once"
    CONSULTING = "consulting"
    NOT_CONSULTING = "not_consulting"
    WITHIN_THREE_WEEKS = "within_three_weeks"
    EXCLUDING = "excluding"
    NOT_EXCLUDING = "not_excluding"
    EXTENSIBLE = "extensible"
    LAWFUL_EXTENSION = "lawful_extension"
    WITH_CONSENT = "with_consent"
    SINCE_2026 = "since_2026"
    JOINED = "joined"
    DRAFTED = "drafted"
    APPROVED_WHERE_ASKED = "approved_where_asked"
    THREE_TIMES = "three_times"
    ANSWERED_BEFORE = "answered_before"
    DELIBERATED = "deliberated"
    LARGE_ENOUGH = "large_enough"
    MAY_ASK_AGAIN = "may_ask_again"
    OBJECTIONABLE = "objectionable"
    DEMANDED = "demanded"
    ANOTHER_CASE = "another_case"


class Transition(Frozen):
    """One row. A step moves the case or its clocks and comes from its workflow; a note is only
    added.

    `to` is the state after a step (None: unchanged, or one of `or_to`); `needs` and `takes` are
    the fields of the command's detail; `text` says what its free text is. `article` is what a
    refusal quotes. `by_joined`: a department that cooperates may do it too.
    """

    action: Action
    event: EventKind
    step: bool = True
    sources: frozenset[State]
    to: State | None = None
    or_to: frozenset[State] = frozenset()
    roles: frozenset[Role]
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    text: TextKind | None = None
    when: tuple[Condition, ...] = ()
    provided: tuple[Condition, ...] = ()
    by_joined: bool = False
    visibility: Visibility
    article: str | None = None
    label_ko: str
    label_en: str

    @property
    def targets(self) -> frozenset[State]:
        """Every state that the step may lead to; empty where it leaves the state as it is."""
        return self.or_to | ({self.to} if self.to else frozenset())


ROWS: tuple[Transition, ...] = (
    Transition(
        action=Action.RECEIVE,
        event=EventKind.RECEIVED,
        sources=frozenset({State.SUBMITTED}),
        to=State.RECEIVED,
        roles=SYSTEM,
        needs=("received_at",),
        visibility=PUBLIC,
        article="민원처리법 §9, 영 §6⑧",
        label_ko="접수",
        label_en="Receive",
    ),
    Transition(
        action=Action.DISTRIBUTE,
        event=EventKind.ASSIGNED,
        sources=frozenset({State.RECEIVED, State.ASSIGNED}),
        to=State.ASSIGNED,
        or_to=frozenset({State.TRANSFERRED}),
        roles=frozenset({Role.SYSTEM, Role.FIRST_LINE}),
        needs=("department",),
        takes=("reason",),
        visibility=PUBLIC,
        article="민원처리법 §16, 영 §13①",
        label_ko="배부",
        label_en="Distribute",
    ),
    Transition(
        action=Action.ACCEPT,
        event=EventKind.ACCEPTED,
        sources=frozenset({State.ASSIGNED, State.TRANSFERRED}),
        to=State.ASSIGNED,
        roles=STAFF,
        visibility=INTERNAL,
        article="민원처리법 시행령 §13②",
        label_ko="수령",
        label_en="Accept",
    ),
    Transition(
        action=Action.ASSIGN,
        event=EventKind.OFFICER_ASSIGNED,
        sources=AT_WORK | {State.SUPPLEMENT},
        roles=STAFF,
        needs=("officer",),
        visibility=INTERNAL,
        article="민원처리법 시행령 §31",
        label_ko="담당자 지정",
        label_en="Assign an officer",
    ),
    Transition(
        action=Action.START,
        event=EventKind.STARTED,
        sources=IN_HAND - {State.PROCESSING},
        to=State.PROCESSING,
        roles=STAFF,
        visibility=PUBLIC,
        label_ko="처리 시작",
        label_en="Start",
    ),
    Transition(
        action=Action.TRANSFER,
        event=EventKind.TRANSFERRED,
        sources=IN_HAND,
        to=State.TRANSFERRED,
        or_to=frozenset({State.ASSIGNED, State.RECEIVED}),
        roles=STAFF,
        needs=("department", "reason"),
        visibility=PUBLIC,
        article="민원처리법 §16, 영 §13",
        label_ko="이송",
        label_en="Transfer",
    ),
    Transition(
        action=Action.SEND_TO_AUDIT,
        event=EventKind.SENT_TO_AUDIT,
        sources=IN_HAND,
        to=State.ASSIGNED,
        roles=STAFF,
        needs=("earlier", "reason"),
        when=(Condition.IS_GRIEVANCE,),
        provided=(Condition.ANSWERED_BEFORE,),
        visibility=PUBLIC,
        article="민원처리법 시행령 §17②",
        label_ko="감사부서 조사",
        label_en="Send to the audit department",
    ),
    Transition(
        action=Action.RECLASSIFY,
        event=EventKind.RECLASSIFIED,
        sources=IN_HAND,
        roles=STAFF,
        needs=("item", "reason"),
        visibility=PETITIONER,
        article="민원처리법 §2, §17·§18",
        label_ko="재분류",
        label_en="Reclassify",
    ),
    Transition(
        action=Action.CONVERT,
        event=EventKind.CONVERTED,
        sources=IN_HAND,
        roles=STAFF,
        needs=("item",),
        when=(Condition.IS_OPINION,),
        provided=(Condition.REACHABLE,),
        visibility=PETITIONER,
        article="민원처리법 시행령 §2①",
        label_ko="민원으로 전환",
        label_en="Make it a formal petition",
    ),
    Transition(
        action=Action.SPLIT,
        event=EventKind.SPLIT,
        sources=IN_HAND,
        roles=STAFF,
        needs=("text",),
        takes=("item",),
        text=TextKind.PETITION,
        visibility=PETITIONER,
        label_ko="분리",
        label_en="Split",
    ),
    Transition(
        action=Action.CORRECT,
        event=EventKind.CORRECTED,
        step=False,
        sources=UNANSWERED_STATES,
        roles=STAFF,
        needs=("text", "consent"),
        text=TextKind.AMENDMENT,
        when=(Condition.SINCE_2026,),
        provided=(Condition.WITH_CONSENT,),
        visibility=PETITIONER,
        article="민원처리법 시행령 §6⑤",
        label_ko="직권보정",
        label_en="Correct",
    ),
    Transition(
        action=Action.CHANGE,
        event=EventKind.CHANGED,
        step=False,
        sources=UNANSWERED_STATES,
        roles=CITIZEN,
        needs=("text",),
        text=TextKind.AMENDMENT,
        visibility=PETITIONER,
        article="민원처리법 §22②",
        label_ko="내용 변경",
        label_en="Change what you wrote",
    ),
    Transition(
        action=Action.REQUEST_SUPPLEMENT,
        event=EventKind.SUPPLEMENT_REQUESTED,
        sources=TO_ANSWER,
        to=State.SUPPLEMENT,
        roles=STAFF,
        needs=("text", "days"),
        takes=("found_later",),
        text=TextKind.SUPPLEMENT,
        when=(Condition.NOT_AN_OPINION, Condition.REACHABLE),
        provided=(Condition.WITHIN_EIGHT_HOURS,),
        visibility=PUBLIC,
        article="민원처리법 §22①, 영 §24, 규칙 §9①",
        label_ko="보완 요구",
        label_en="Request a supplement",
    ),
    Transition(
        action=Action.REQUEST_SUPPLEMENT_AGAIN,
        event=EventKind.SUPPLEMENT_REQUESTED,
        sources=frozenset({State.SUPPLEMENT}),
        roles=STAFF,
        needs=("text", "days"),
        text=TextKind.SUPPLEMENT,
        when=(Condition.ASKED_ONCE, Condition.SUPPLEMENT_EXPIRED),
        provided=(Condition.WITHIN_TEN_DAYS,),
        visibility=PUBLIC,
        article="민원처리법 시행령 §24③",
        label_ko="재보완 요구",
        label_en="Request it again",
    ),
    Transition(
        action=Action.EXTEND_SUPPLEMENT,
        event=EventKind.SUPPLEMENT_EXTENDED,
        sources=frozenset({State.SUPPLEMENT}),
        roles=STAFF | CITIZEN,
        needs=("days",),
        provided=(Condition.SUPPLEMENT_EXTENSIBLE,),
        visibility=PUBLIC,
        article="민원처리법 시행령 §24②",
        label_ko="보완기간 연장",
        label_en="More time for the supplement",
    ),
    Transition(
        action=Action.SUPPLEMENT,
        event=EventKind.SUPPLEMENTED,
        sources=frozenset({State.SUPPLEMENT}),
        to=State.PROCESSING,
        or_to=frozenset({State.REANSWER}),
        roles=STAFF | CITIZEN,
        needs=("text",),
        text=TextKind.SUPPLEMENT,
        visibility=PUBLIC,
        article="민원처리법 §22",
        label_ko="보완 제출",
        label_en="Hand in the supplement",
    ),
    Transition(
        action=Action.CLOSE_UNSUPPLEMENTED,
        event=EventKind.CLOSED,
        sources=frozenset({State.SUPPLEMENT}),
        to=State.CLOSED,
        roles=STAFF,
        needs=("return_ground", "reason"),
        provided=(Condition.SUPPLEMENT_EXPIRED, Condition.RETURNABLE),
        visibility=PUBLIC,
        article="민원처리법 시행령 §25①②",
        label_ko="반려(미보완)",
        label_en="Return it unsupplemented",
    ),
    Transition(
        action=Action.START_INVESTIGATION,
        event=EventKind.INVESTIGATION_STARTED,
        sources=AT_WORK,
        roles=STAFF,
        takes=("reason",),
        when=(Condition.IS_GRIEVANCE, Condition.NOT_INVESTIGATING),
        visibility=PUBLIC,
        article="민원처리법 시행령 §17④⑤",
        label_ko="현장조사 시작",
        label_en="Begin a field investigation",
    ),
    Transition(
        action=Action.EXTEND_INVESTIGATION,
        event=EventKind.INVESTIGATION_EXTENDED,
        sources=AT_WORK,
        roles=STAFF,
        needs=("reason",),
        when=(Condition.INVESTIGATING, Condition.NOT_EXTENDED_YET),
        visibility=PUBLIC,
        article="민원처리법 시행령 §17④",
        label_ko="현장조사 연장(7일)",
        label_en="Extend the investigation by 7 days",
    ),
    Transition(
        action=Action.END_INVESTIGATION,
        event=EventKind.INVESTIGATION_ENDED,
        sources=AT_WORK,
        roles=STAFF,
        when=(Condition.INVESTIGATING,),
        visibility=PUBLIC,
        article="민원처리법 시행령 §17⑤",
        label_ko="현장조사 끝",
        label_en="End the investigation",
    ),
    Transition(
        action=Action.CONSULT,
        event=EventKind.CONSULTATION_STARTED,
        sources=AT_WORK,
        roles=STAFF,
        needs=("text", "days"),
        text=TextKind.COOPERATION,
        when=(Condition.IS_PROPOSAL, Condition.NOT_CONSULTING),
        provided=(Condition.WITHIN_THREE_WEEKS,),
        visibility=PUBLIC,
        article="국민 제안 규정 §9",
        label_ko="의견조회",
        label_en="Consult others",
    ),
    Transition(
        action=Action.END_CONSULTATION,
        event=EventKind.CONSULTATION_ENDED,
        sources=AT_WORK,
        roles=STAFF,
        needs=("text",),
        text=TextKind.COOPERATION,
        when=(Condition.CONSULTING,),
        visibility=PUBLIC,
        article="국민 제안 규정 §9",
        label_ko="의견 회신",
        label_en="The opinion has come",
    ),
    Transition(
        action=Action.START_EXCLUSION,
        event=EventKind.EXCLUSION_STARTED,
        sources=AT_WORK,
        roles=STAFF,
        needs=("exclusion_ground", "reason"),
        when=(Condition.NOT_AN_OPINION, Condition.NOT_EXCLUDING),
        visibility=PUBLIC,
        article="민원처리법 시행령 §20, 행정절차법 시행령 §11",
        label_ko="불산입 시작",
        label_en="Begin time that does not count",
    ),
    Transition(
        action=Action.END_EXCLUSION,
        event=EventKind.EXCLUSION_ENDED,
        sources=AT_WORK,
        roles=STAFF,
        when=(Condition.EXCLUDING,),
        visibility=PUBLIC,
        article="민원처리법 시행령 §20, 행정절차법 시행령 §11",
        label_ko="불산입 끝",
        label_en="End time that does not count",
    ),
    Transition(
        action=Action.EXTEND,
        event=EventKind.EXTENDED,
        sources=TO_ANSWER,
        roles=STAFF,
        needs=("days", "reason_code", "reason"),
        takes=("consent",),
        when=(Condition.EXTENSIBLE,),
        provided=(Condition.LAWFUL_EXTENSION,),
        visibility=PUBLIC,
        article="민원처리법 시행령 §21",
        label_ko="기간 연장",
        label_en="Extend the period",
    ),
    Transition(
        action=Action.CONSENT,
        event=EventKind.CONSENTED,
        step=False,
        sources=UNANSWERED_STATES,
        roles=CITIZEN,
        when=(Condition.EXTENDED_ONCE,),
        visibility=PETITIONER,
        article="민원처리법 시행령 §21①",
        label_ko="재연장 동의",
        label_en="Consent to a second extension",
    ),
    Transition(
        action=Action.JOIN_DEPARTMENT,
        event=EventKind.COOPERATION_REQUESTED,
        sources=AT_WORK,
        roles=STAFF,
        needs=("department", "days", "text"),
        text=TextKind.COOPERATION,
        visibility=INTERNAL,
        article="민원처리법 §20, 영 §35",
        label_ko="협조 요청",
        label_en="Join another department",
    ),
    Transition(
        action=Action.COOPERATE,
        event=EventKind.COOPERATED,
        sources=UNANSWERED_STATES,
        roles=STAFF,
        needs=("text",),
        text=TextKind.COOPERATION,
        when=(Condition.JOINED,),
        by_joined=True,
        visibility=INTERNAL,
        article="민원처리법 §20",
        label_ko="협조 회신",
        label_en="Give the department's part",
    ),
    Transition(
        action=Action.SUBMIT_ANSWER,
        event=EventKind.ANSWER_SUBMITTED,
        sources=TO_ANSWER,
        roles=frozenset({Role.OFFICER, Role.TEAM_HEAD}),
        needs=("text",),
        text=TextKind.ANSWER,
        visibility=INTERNAL,
        label_ko="결재 올림",
        label_en="Submit for approval",
    ),
    Transition(
        action=Action.APPROVE_ANSWER,
        event=EventKind.ANSWERED,
        sources=TO_ANSWER,
        to=State.ANSWERED,
        roles=frozenset({Role.DEPARTMENT_HEAD, Role.FIRST_LINE}),
        when=(Condition.DRAFTED,),
        visibility=PUBLIC,
        article="민원처리법 §27, 영 §29",
        label_ko="결재",
        label_en="Approve the answer",
    ),
    Transition(
        action=Action.RETURN_ANSWER,
        event=EventKind.ANSWER_RETURNED,
        sources=TO_ANSWER,
        roles=frozenset({Role.DEPARTMENT_HEAD, Role.FIRST_LINE}),
        needs=("text",),
        text=TextKind.COMMENT,
        when=(Condition.DRAFTED,),
        visibility=INTERNAL,
        label_ko="결재 반려",
        label_en="Return the draft",
    ),
    Transition(
        action=Action.ANSWER,
        event=EventKind.ANSWERED,
        sources=TO_ANSWER,
        to=State.ANSWERED,
        roles=STAFF | {Role.CHANNEL},
        needs=("text",),
        text=TextKind.ANSWER,
        provided=(Condition.APPROVED_WHERE_ASKED,),
        visibility=PUBLIC,
        article="민원처리법 §27, 영 §29",
        label_ko="답변",
        label_en="Answer",
    ),
    Transition(
        action=Action.REFUSE,
        event=EventKind.REFUSED,
        sources=TO_ANSWER,
        to=State.ANSWERED,
        roles=STAFF,
        needs=("text", "remedy"),
        text=TextKind.ANSWER,
        when=(Condition.NOT_AN_OPINION,),
        provided=(Condition.APPROVED_WHERE_ASKED,),
        visibility=PUBLIC,
        article="민원처리법 §27③",
        label_ko="거부",
        label_en="Refuse",
    ),
    Transition(
        action=Action.DECLINE,
        event=EventKind.DECLINED,
        sources=TO_ANSWER,
        to=State.DECLINED,
        roles=STAFF,
        needs=("decline_ground", "reason"),
        when=(Condition.NOT_STATUTORY, Condition.NOT_AN_OPINION),
        visibility=PUBLIC,
        article="민원처리법 §21",
        label_ko="처리 제외",
        label_en="Decline",
    ),
    Transition(
        action=Action.WITHDRAW,
        event=EventKind.WITHDRAWN,
        sources=UNANSWERED_STATES,
        to=State.WITHDRAWN,
        roles=frozenset({Role.CITIZEN, Role.FIRST_LINE}),
        takes=("reason",),
        visibility=PUBLIC,
        article="민원처리법 §22②",
        label_ko="취하",
        label_en="Withdraw",
    ),
    Transition(
        action=Action.CLOSE,
        event=EventKind.CLOSED,
        sources=frozenset({State.ANSWERED, State.MERGED}),
        to=State.CLOSED,
        roles=SYSTEM,
        needs=("ground",),
        visibility=PUBLIC,
        article="민원처리법 §27",
        label_ko="종결",
        label_en="Close",
    ),
    Transition(
        action=Action.CLOSE_REPEATED,
        event=EventKind.CLOSED,
        sources=TO_ANSWER,
        to=State.CLOSED,
        roles=STAFF,
        needs=("earlier", "reason"),
        when=(Condition.NOT_STATUTORY, Condition.NOT_AN_OPINION),
        provided=(Condition.DELIBERATED, Condition.THREE_TIMES),
        visibility=PUBLIC,
        article="민원처리법 §23, 영 §26",
        label_ko="반복 종결",
        label_en="Close as repeated",
    ),
    Transition(
        action=Action.DELIBERATE,
        event=EventKind.DELIBERATED,
        step=False,
        sources=UNANSWERED_STATES,
        roles=HEADS,
        needs=("held_on", "text"),
        text=TextKind.COMMENT,
        visibility=INTERNAL,
        article="민원처리법 §34, 영 §26·§38",
        label_ko="민원조정위원회 심의",
        label_en="Committee's deliberation",
    ),
    Transition(
        action=Action.DESIGNATE_GROUP,
        event=EventKind.GROUP_DESIGNATED,
        step=False,
        sources=UNANSWERED_STATES,
        roles=STAFF,
        needs=("households", "signatures"),
        takes=("text",),
        text=TextKind.COMMENT,
        provided=(Condition.LARGE_ENOUGH,),
        visibility=INTERNAL,
        article="민원처리법 §2 6호, §24",
        label_ko="다수인관련민원 지정",
        label_en="Mark as a petition of many",
    ),
    Transition(
        action=Action.ASK_AGAIN,
        event=EventKind.ASKED_AGAIN,
        sources=frozenset({State.ANSWERED}),
        to=State.REANSWER,
        roles=CITIZEN | {Role.FIRST_LINE},
        needs=("text",),
        text=TextKind.QUESTION,
        when=(Condition.MAY_ASK_AGAIN,),
        visibility=PUBLIC,
        article="민원처리법 §26",
        label_ko="추가답변 요청",
        label_en="Ask again",
    ),
    Transition(
        action=Action.OBJECT,
        event=EventKind.OBJECTED,
        step=False,
        sources=frozenset({State.ANSWERED, State.CLOSED, State.DECLINED}),
        roles=CITIZEN | {Role.FIRST_LINE},
        needs=("text",),
        text=TextKind.QUESTION,
        when=(Condition.OBJECTIONABLE,),
        visibility=PETITIONER,
        article="민원처리법 §35, 행정기본법 §36",
        label_ko="이의신청",
        label_en="Object",
    ),
    Transition(
        action=Action.REOPEN,
        event=EventKind.REOPENED,
        step=False,
        sources=frozenset({State.CLOSED, State.DECLINED, State.WITHDRAWN}),
        roles=CITIZEN | {Role.FIRST_LINE},
        needs=("text",),
        text=TextKind.QUESTION,
        visibility=PETITIONER,
        label_ko="다시 신청",
        label_en="File again, linked",
    ),
    Transition(
        action=Action.DEMAND_CORRECTION,
        event=EventKind.CORRECTION_DEMANDED,
        sources=ANY_STATE - {State.MERGED},
        roles=CITIZEN,
        needs=("correction_ground", "text"),
        text=TextKind.QUESTION,
        visibility=PETITIONER,
        article="민원처리법 시행령 §18①",
        label_ko="시정 요구",
        label_en="Demand correction",
    ),
    Transition(
        action=Action.ANSWER_DEMAND,
        event=EventKind.DEMAND_ANSWERED,
        sources=ANY_STATE - {State.MERGED},
        roles=frozenset({Role.INSPECTOR, Role.FIRST_LINE, Role.DEPARTMENT_HEAD}),
        needs=("text",),
        text=TextKind.REASON,
        when=(Condition.DEMANDED,),
        visibility=PETITIONER,
        article="민원처리법 시행령 §18②",
        label_ko="시정 요구 회신",
        label_en="Answer the demand",
    ),
    Transition(
        action=Action.MERGE,
        event=EventKind.MERGED,
        sources=IN_HAND,
        to=State.MERGED,
        roles=STAFF,
        needs=("into",),
        takes=("reason",),
        provided=(Condition.ANOTHER_CASE,),
        visibility=PUBLIC,
        article="민원처리법 시행령 §6⑦",
        label_ko="병합",
        label_en="Merge",
    ),
    Transition(
        action=Action.UNMERGE,
        event=EventKind.UNMERGED,
        sources=frozenset({State.MERGED}),
        or_to=IN_HAND,
        roles=STAFF | SYSTEM,
        takes=("reason",),
        visibility=PUBLIC,
        article="민원처리법 시행령 §6⑦",
        label_ko="병합 해제",
        label_en="Undo the merge",
    ),
    Transition(
        action=Action.TAKE_REPORTER,
        event=EventKind.REPORTER_JOINED,
        sources=TO_ANSWER | {State.SUPPLEMENT},
        roles=SYSTEM,
        needs=("reporter",),
        visibility=INTERNAL,
        label_ko="같은 민원이 합쳐짐",
        label_en="A reporter joins",
    ),
    Transition(
        action=Action.LOSE_REPORTER,
        event=EventKind.REPORTER_LEFT,
        sources=ANY_STATE,
        roles=SYSTEM,
        needs=("reporter",),
        visibility=INTERNAL,
        label_ko="합쳐진 민원이 나감",
        label_en="A reporter leaves",
    ),
    Transition(
        action=Action.REMIND,
        event=EventKind.REMINDED,
        sources=UNANSWERED_STATES,
        roles=SYSTEM,
        needs=("timer", "term", "rung", "to"),
        visibility=INTERNAL,
        label_ko="독려",
        label_en="Remind",
    ),
    Transition(
        action=Action.ESCALATE,
        event=EventKind.ESCALATED,
        sources=OPEN_STATES,
        roles=SYSTEM,
        needs=("timer", "term", "rung", "to"),
        visibility=INTERNAL,
        article="민원처리법 §25, 영 §28",
        label_ko="상신·독촉",
        label_en="Escalate",
    ),
    Transition(
        action=Action.NOTIFY_PROGRESS,
        event=EventKind.PROGRESS_NOTIFIED,
        sources=UNANSWERED_STATES,
        roles=SYSTEM | STAFF,
        visibility=PUBLIC,
        article="민원처리법 시행령 §23",
        label_ko="처리진행상황 통지",
        label_en="Tell the progress",
    ),
    Transition(
        action=Action.RECOMPUTE,
        event=EventKind.RECOMPUTED,
        sources=OPEN_STATES - {State.SUBMITTED},
        roles=SYSTEM,
        needs=("calendar_version",),
        visibility=PUBLIC,
        article="민원처리법 §19",
        label_ko="기한 다시 계산",
        label_en="Recompute the deadline",
    ),
    Transition(
        action=Action.RATE,
        event=EventKind.RATED,
        step=False,
        sources=frozenset({State.ANSWERED, State.CLOSED}),
        roles=CITIZEN,
        needs=("grade",),
        takes=("text",),
        text=TextKind.RATING,
        visibility=PETITIONER,
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
        text=TextKind.COMMENT,
        by_joined=True,
        visibility=INTERNAL,
        label_ko="메모",
        label_en="Comment",
    ),
    Transition(
        action=Action.AMEND,
        event=EventKind.AMENDED,
        step=False,
        sources=ANY_STATE,
        roles=frozenset({Role.CHANNEL}),
        needs=("revision", "text"),
        text=TextKind.AMENDMENT,
        visibility=PETITIONER,
        label_ko="원문 수정됨",
        label_en="Edited at the source",
    ),
    Transition(
        action=Action.REMOVE_AT_SOURCE,
        event=EventKind.REMOVED_AT_SOURCE,
        step=False,
        sources=ANY_STATE,
        roles=frozenset({Role.CHANNEL}),
        needs=("revision",),
        visibility=INTERNAL,
        label_ko="원문 삭제됨",
        label_en="Removed at the source",
    ),
    Transition(
        action=Action.DELIVER,
        event=EventKind.DELIVERED,
        step=False,
        sources=ANY_STATE,
        roles=SYSTEM,
        needs=("reply", "means", "outcome"),
        visibility=INTERNAL,
        label_ko="통지 결과",
        label_en="Delivery",
    ),
)
