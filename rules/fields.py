"""The fields of an act: what a page asks for, and what the command's detail then holds."""

from collections.abc import Iterable
from enum import StrEnum

from schema.grounds import (
    CorrectionGround,
    DeclineGround,
    ExclusionGround,
    ExtensionReason,
    HideGround,
    ReturnGround,
)
from schema.model import Frozen


class FieldKind(StrEnum):
    """How a field is asked for and checked."""

    TEXT = "text"
    """Free text: stored apart, and named by id in the command."""
    DEPARTMENT = "department"
    ITEM = "item"
    ACCOUNT = "account"
    """The login of somebody on the staff."""
    CASE = "case"
    CASES = "cases"
    """Receipt numbers, separated by blanks or commas."""
    COUNT = "count"
    FLAG = "flag"
    DATE = "date"
    CHOICE = "choice"
    CODE = "code"
    """Set by the system, never asked for."""


class Choice(Frozen):
    """One value of a choice, with its article where the law lists it."""

    code: str
    ko: str
    en: str


class ActField(Frozen):
    """One field. `least` and `most` bound a count."""

    name: str
    kind: FieldKind
    ko: str
    en: str
    read_by_petitioner: bool = False
    choices: tuple[Choice, ...] = ()
    least: int = 1
    most: int = 1000


def _choices(words: Iterable[tuple[str, str, str]]) -> tuple[Choice, ...]:
    return tuple(Choice(code=code, ko=ko, en=en) for code, ko, en in words)


EXTENSION_REASONS = _choices(
    (
        (ExtensionReason.COOPERATION, "관계 기관·부서의 협조 필요", "Others must cooperate"),
        (ExtensionReason.FACT_FINDING, "사실관계·현장 확인 필요", "Facts must be checked on site"),
        (ExtensionReason.FORCE_MAJEURE, "천재지변 등 불가항력", "Force majeure"),
        (ExtensionReason.COMPARABLE, "그에 준하는 사유", "A comparable reason"),
        (ExtensionReason.OVERLOAD, "업무 과중", "Overload"),
        (ExtensionReason.LATE_ASSIGNMENT, "담당자 지정 지연", "Late assignment"),
        (ExtensionReason.ABSENCE, "담당자 부재", "Absence of the officer"),
        (ExtensionReason.UNAVOIDABLE, "부득이한 사유(옛 조항)", "Unavoidable (old law)"),
    )
)
DECLINE_GROUNDS = _choices(
    (
        (
            DeclineGround.POLITICAL_OR_SECRET,
            "1호 정치적 판단·국가기밀·공무상 비밀",
            "1 Political judgement or official secret",
        ),
        (
            DeclineGround.INVESTIGATION_OR_TRIAL,
            "2호 수사·재판·형집행, 착수된 감사",
            "2 Investigation, trial, or audit begun",
        ),
        (DeclineGround.REMEDY_PENDING, "3호 불복·구제절차 진행 중", "3 A remedy is pending"),
        (DeclineGround.MEDIATION_PENDING, "4호 조정·중재 절차 진행 중", "4 Mediation is pending"),
        (DeclineGround.FINAL_JUDGEMENT, "5호 확정된 권리관계", "5 Rights finally decided"),
        (DeclineGround.AUDIT_COMMISSION, "6호 감사위원회의 결정 사항", "6 Audit board's decision"),
        (
            DeclineGround.ELECTION_COMMISSION,
            "7호 선거관리위원회 의결 사항",
            "7 Election commission's resolution",
        ),
        (DeclineGround.PRIVATE_MATTER, "8호 사인 간 권리관계·사생활", "8 A private matter"),
        (DeclineGround.PERSONNEL, "9호 소속 직원의 인사", "9 Personnel of the agency"),
    )
)
EXCLUSION_GROUNDS = _choices(
    (
        (ExclusionGround.DISTANCE, "원거리 문서 이송", "Documents on the way between agencies"),
        (ExclusionGround.REPRESENTATIVE, "대표자 선정", "Choosing representatives"),
        (ExclusionGround.HEARING, "의견청취", "A hearing"),
        (ExclusionGround.EXAMINATION, "실험·검사·감정·기술검토", "Tests or expert examination"),
        (ExclusionGround.PRIOR_PROCEDURE, "선행사무 완결", "A prior procedure"),
    )
)
RETURN_GROUNDS = _choices(
    (
        (ReturnGround.NOT_SUPPLEMENTED, "기간 안에 보완하지 않음", "Not supplemented in time"),
        (
            ReturnGround.UNDELIVERABLE,
            "보완요구가 두 번 반송됨",
            "The request came back undeliverable twice",
        ),
    )
)
HIDE_GROUNDS = _choices(
    (
        (HideGround.ABUSE, "욕설·비방", "Abuse"),
        (HideGround.DEFAMATION, "명예훼손", "Defamation"),
        (HideGround.ELECTIONEERING, "선거운동·정치적 지지나 반대 (공직선거법)", "Electioneering"),
        (HideGround.PERSONAL_DATA, "다른 사람의 개인정보", "Personal data of others"),
        (HideGround.ADVERTISEMENT, "광고·영리 목적", "Advertisement"),
        (HideGround.OBSCENITY, "음란·폭력", "Obscenity or violence"),
        (
            HideGround.PUBLIC_ORDER,
            "그 밖에 공공질서를 해치는 내용",
            "Otherwise against public order",
        ),
    )
)
CORRECTION_GROUNDS = _choices(
    (
        (CorrectionGround.RECEIPT_DENIED, "접수 보류·거부, 부당한 반려", "Receipt denied"),
        (CorrectionGround.EXTRA_DOCUMENTS, "법정 서류 외 추가 요구", "Extra documents demanded"),
        (CorrectionGround.PERIOD_EXCEEDED, "처리기간 경과", "Period exceeded"),
    )
)

FIELDS: dict[str, ActField] = {
    field.name: field
    for field in (
        ActField(name="department", kind=FieldKind.DEPARTMENT, ko="부서", en="department"),
        ActField(name="item", kind=FieldKind.ITEM, ko="분류 항목", en="item"),
        ActField(name="officer", kind=FieldKind.ACCOUNT, ko="담당자 계정", en="officer's login"),
        ActField(
            name="reason", kind=FieldKind.TEXT, ko="사유", en="reason", read_by_petitioner=True
        ),
        ActField(name="text", kind=FieldKind.TEXT, ko="내용", en="text"),
        ActField(
            name="remedy",
            kind=FieldKind.TEXT,
            ko="구제절차",
            en="remedies",
            read_by_petitioner=True,
        ),
        ActField(name="days", kind=FieldKind.COUNT, ko="기간(일)", en="days", most=365),
        ActField(
            name="households", kind=FieldKind.COUNT, ko="세대 수", en="households", most=100_000
        ),
        ActField(
            name="signatures", kind=FieldKind.COUNT, ko="연명 인원", en="signatures", most=100_000
        ),
        ActField(name="grade", kind=FieldKind.COUNT, ko="만족도", en="grade", most=5),
        ActField(
            name="consent", kind=FieldKind.FLAG, ko="민원인 동의 받음", en="petitioner consents"
        ),
        ActField(
            name="found_later",
            kind=FieldKind.FLAG,
            ko="현지조사 등으로 나중에 발견",
            en="found later, on site",
        ),
        ActField(name="held_on", kind=FieldKind.DATE, ko="심의일", en="date of the meeting"),
        ActField(name="into", kind=FieldKind.CASE, ko="합칠 민원", en="case to merge into"),
        ActField(name="earlier", kind=FieldKind.CASES, ko="앞선 민원", en="earlier cases"),
        ActField(
            name="reason_code",
            kind=FieldKind.CHOICE,
            ko="연장 사유",
            en="ground",
            choices=EXTENSION_REASONS,
        ),
        ActField(
            name="decline_ground",
            kind=FieldKind.CHOICE,
            ko="제외 사유",
            en="ground",
            choices=DECLINE_GROUNDS,
        ),
        ActField(
            name="hide_ground",
            kind=FieldKind.CHOICE,
            ko="공개를 중단하는 사유",
            en="ground",
            choices=HIDE_GROUNDS,
        ),
        ActField(
            name="exclusion_ground",
            kind=FieldKind.CHOICE,
            ko="불산입 사유",
            en="ground",
            choices=EXCLUSION_GROUNDS,
        ),
        ActField(
            name="return_ground",
            kind=FieldKind.CHOICE,
            ko="반려 사유",
            en="ground",
            choices=RETURN_GROUNDS,
        ),
        ActField(
            name="correction_ground",
            kind=FieldKind.CHOICE,
            ko="시정 요구 사유",
            en="ground",
            choices=CORRECTION_GROUNDS,
        ),
    )
}


def field(name: str) -> ActField:
    """The field `name`; one that nobody asks for is a code of the system."""
    return FIELDS.get(name) or ActField(name=name, kind=FieldKind.CODE, ko=name, en=name)


def choice(name: str, code: object) -> Choice | None:
    """The value `code` of the choice `name` with its words, or None."""
    return next((one for one in field(name).choices if one.code == code), None)
