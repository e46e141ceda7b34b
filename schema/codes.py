"""The public codes: channels, kinds of petition, states, roles. Values are promises to others."""

from enum import StrEnum


class Channel(StrEnum):
    """Where a petition came in, which is also where its petitioner is answered."""

    SMS_120 = "sms_120"
    SMART_REPORT = "smart_report"
    SNS = "sns"
    WEB_FORM = "web_form"


class CaseKind(StrEnum):
    """What law a case lives under: 민원, 제안, or an SNS opinion (소통민원) under neither yet."""

    PETITION = "petition"
    PROPOSAL = "proposal"
    OPINION = "opinion"


class PetitionType(StrEnum):
    """The kinds of 민원 (민원처리법 §2 1호), and the three that stand beside them."""

    STATUTORY = "statutory"
    ENQUIRY_LAW = "enquiry_law"
    ENQUIRY_PROCEDURE = "enquiry_procedure"
    SUGGESTION = "suggestion"
    OTHER = "other"
    GRIEVANCE = "grievance"
    PROPOSAL = "proposal"
    INFORMATION_DISCLOSURE = "information_disclosure"
    OPINION = "opinion"


class OpinionKind(StrEnum):
    """The four kinds of an SNS post: 불편개선, 질문, 제안, 단순의견."""

    IMPROVEMENT = "improvement"
    QUESTION = "question"
    PROPOSAL = "proposal"
    REMARK = "remark"


class State(StrEnum):
    """Where a case stands, as the public sees it. EXTENDED is a badge, not a state."""

    SUBMITTED = "SUBMITTED"
    RECEIVED = "RECEIVED"
    ASSIGNED = "ASSIGNED"
    PROCESSING = "PROCESSING"
    SUPPLEMENT = "SUPPLEMENT"
    TRANSFERRED = "TRANSFERRED"
    ANSWERED = "ANSWERED"
    REANSWER = "REANSWER"
    WITHDRAWN = "WITHDRAWN"
    CLOSED = "CLOSED"
    DECLINED = "DECLINED"
    MERGED = "MERGED"


ENDED_STATES = frozenset({State.WITHDRAWN, State.CLOSED, State.DECLINED, State.MERGED})


class Role(StrEnum):
    """Who acts. The Korean names are those of the city's plan (R18)."""

    CITIZEN = "citizen"
    FIRST_LINE = "first_line"
    """통합접수자"""
    DEPARTMENT_HEAD = "department_head"
    """부서관리자"""
    OFFICER = "officer"
    """처리담당자"""
    INSPECTOR = "inspector"
    """민원심사관"""
    EXECUTIVE = "executive"
    """경영진"""
    ADMINISTRATOR = "administrator"
    """시스템관리자"""
    AUDITOR = "auditor"
    SYSTEM = "system"
    CHANNEL = "channel"


class Action(StrEnum):
    """What can be done to a case. Steps move it; notes are only added to it."""

    RECEIVE = "receive"
    DISTRIBUTE = "distribute"
    START = "start"
    TRANSFER = "transfer"
    RECLASSIFY = "reclassify"
    ANSWER = "answer"
    WITHDRAW = "withdraw"
    REMIND = "remind"
    ESCALATE = "escalate"
    CLOSE = "close"
    RATE = "rate"
    COMMENT = "comment"
    AMEND = "amend"
    REMOVE_AT_SOURCE = "remove_at_source"
    DELIVER = "deliver"


class EventKind(StrEnum):
    """What happened, one value for each kind of event on `case.events`."""

    SUBMITTED = "submitted"
    RECEIVED = "received"
    ASSIGNED = "assigned"
    STARTED = "started"
    TRANSFERRED = "transferred"
    RECLASSIFIED = "reclassified"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    REMINDED = "reminded"
    ESCALATED = "escalated"
    CLOSED = "closed"
    RATED = "rated"
    COMMENTED = "commented"
    AMENDED = "amended"
    REMOVED_AT_SOURCE = "removed_at_source"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"


class Visibility(StrEnum):
    """Who may read an event: everyone, the petitioner, or the city only."""

    PUBLIC = "public"
    PETITIONER = "petitioner"
    INTERNAL = "internal"


class ReplyBy(StrEnum):
    """How a petitioner asked to be told."""

    SMS = "sms"
    EMAIL = "email"
    PUSH = "push"
    THREAD = "thread"
    PAGE = "page"


class TextKind(StrEnum):
    """What a stored text is. Events name texts by id and never carry them."""

    PETITION = "petition"
    AMENDMENT = "amendment"
    ANSWER = "answer"
    REASON = "reason"
    COMMENT = "comment"
    RATING = "rating"


class TimerKind(StrEnum):
    """The two clocks of a case, and the window after an answer."""

    LEGAL = "legal"
    TARGET = "target"
    SATISFACTION = "satisfaction"
