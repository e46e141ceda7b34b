"""The grounds that the law knows: for an extension, for declining, for what does not count."""

from enum import StrEnum


class ExtensionReason(StrEnum):
    """Why a period is extended: the four of 영 §21①, and the three that §21② forbids.

    What is forbidden can be asked for, so that it is refused by name.
    """

    COOPERATION = "cooperation"
    FACT_FINDING = "fact_finding"
    FORCE_MAJEURE = "force_majeure"
    COMPARABLE = "comparable"
    OVERLOAD = "overload"
    LATE_ASSIGNMENT = "late_assignment"
    ABSENCE = "absence"
    UNAVOIDABLE = "unavoidable"
    """부득이한 사유, as the law had it for receipts before 2026-05-06."""


class HideGround(StrEnum):
    """Why a case is not shown to everybody any more; it is handled on all the same."""

    ABUSE = "abuse"
    DEFAMATION = "defamation"
    ELECTIONEERING = "electioneering"
    """공직선거법: support of or against a candidate or party."""
    PERSONAL_DATA = "personal_data"
    ADVERTISEMENT = "advertisement"
    OBSCENITY = "obscenity"
    PUBLIC_ORDER = "public_order"


class DeclineGround(StrEnum):
    """민원 처리의 예외: the nine matters of 민원처리법 §21 that need not be processed."""

    POLITICAL_OR_SECRET = "political_or_secret"  # noqa: S105
    INVESTIGATION_OR_TRIAL = "investigation_or_trial"
    REMEDY_PENDING = "remedy_pending"
    MEDIATION_PENDING = "mediation_pending"
    FINAL_JUDGEMENT = "final_judgement"
    AUDIT_COMMISSION = "audit_commission"
    ELECTION_COMMISSION = "election_commission"
    PRIVATE_MATTER = "private_matter"
    PERSONNEL = "personnel"


class ExclusionGround(StrEnum):
    """처리기간 불산입: what 행정절차법 시행령 §11 names beside the supplement (영 §20 1호)."""

    DISTANCE = "distance"
    REPRESENTATIVE = "representative"
    HEARING = "hearing"
    EXAMINATION = "examination"
    PRIOR_PROCEDURE = "prior_procedure"


class ReturnGround(StrEnum):
    """Why a petition is returned or closed for want of a supplement."""

    NOT_SUPPLEMENTED = "not_supplemented"
    """영 §25①"""
    UNDELIVERABLE = "undeliverable"
    """영 §25②: the request came back twice."""


class CorrectionGround(StrEnum):
    """시정 요구: the three cases of 영 §18①."""

    RECEIPT_DENIED = "receipt_denied"
    EXTRA_DOCUMENTS = "extra_documents"
    PERIOD_EXCEEDED = "period_exceeded"


class ClosedFor(StrEnum):
    """종결: why a case is closed, on the event `closed`."""

    ANSWERED = "answered"
    """The window after the answer has passed."""
    NOT_SUPPLEMENTED = "not_supplemented"
    UNDELIVERABLE = "undeliverable"
    REPEATED = "repeated"
    """민원처리법 §23"""
    ANSWERED_WITH = "answered_with"
    """Merged into a case that has been answered: that answer is this one's."""
    HEARTBEAT = "heartbeat"


class Relation(StrEnum):
    """How a case is linked to an earlier one."""

    SPLIT = "split"
    OBJECTION = "objection"
    REOPENED = "reopened"
