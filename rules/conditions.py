"""What the law asks of an act beyond state and role: one function for each condition of the table.

Each says what to do instead, in Korean and English, with the article where it is not the row's own.
"""

from collections.abc import Callable

from rules.approval import needs_approval
from rules.asked import Asked
from rules.case_facts import MANY
from rules.evidence import EvidenceRule, evidence_rule
from rules.life_table import HEADS, Condition
from rules.quiet_hours import SEOUL
from schema.codes import CaseKind, PetitionType, Role, State
from schema.grounds import ReturnGround

MOST_AGAIN_DAYS = 10
"""영 §24③: the second request's period."""
MOST_CONSULTATION_DAYS = 21
"""국민 제안 규정 §9: three weeks."""
REPEATED = 2
"""법 §23①: so many results given before the one that may be closed."""


Words = tuple[str, ...]
"""Korean, English, and where it is not the row's own the article."""


def asked_evidence(asked: Asked) -> EvidenceRule | None:
    """What the item of the case asks as evidence on the day of the act."""
    return evidence_rule(asked.facts.item, asked.at.astimezone(SEOUL).date())


def _asks(holds: Callable[[Asked], bool], ko: str, en: str) -> Callable[[Asked], Words | None]:
    return lambda asked: None if holds(asked) else (ko, en)


def _is_another_person(asked: Asked) -> bool:
    """An appeal is decided by somebody else; without one, whoever hid a case may show it again."""
    hiding = asked.facts.hiding
    if hiding is None or not hiding.awaits_decision:
        return True
    return asked.actor.account is not None and asked.actor.account != hiding.by


def _within_eight_hours(asked: Asked) -> Words | None:
    due = asked.law.supplement_request_due(asked.facts)
    if due is None or asked.at <= due or asked.detail.get("found_later"):
        return None
    return (
        "보완은 접수 후 8근무시간 안에 요구해야 합니다. 현지조사 등으로 나중에 발견한 것이면 "
        "«현지조사 등으로 나중에 발견»을 표시해 주세요.",
        "A supplement is asked for within 8 working hours of the receipt; mark «found later» "
        "where it came to light only on site.",
        "민원처리법 시행규칙 §9①",
    )


def _supplement_expired(asked: Asked) -> Words | None:
    due = asked.law.supplement_due(asked.facts)
    if due is not None and asked.at > due:
        return None
    if asked.detail.get("return_ground") == ReturnGround.UNDELIVERABLE:
        return None
    return (
        "보완기간이 아직 끝나지 않았습니다. 기간이 지난 뒤에 할 수 있습니다.",
        "The petitioner still has time; this is possible when the period has passed.",
    )


def _returnable(asked: Asked) -> Words | None:
    round_ = asked.facts.supplement
    undeliverable = asked.detail.get("return_ground") == ReturnGround.UNDELIVERABLE
    if round_ is None or round_.again:
        return None
    if not undeliverable and asked.law.returns_after_one_request(asked.facts):
        return None
    return (
        "먼저 10일 이내의 기간을 정해 다시 보완을 요구해 주세요. "
        "그 기간도 지나면 반려할 수 있습니다.",
        "Request it again first, within 10 days; it can be returned when that has passed too.",
        "민원처리법 시행령 §24③, §25",
    )


def _supplement_extensible(asked: Asked) -> Words | None:
    more = asked.extension().model_copy(update={"nth": None})  # the citizen's period counts its own
    no = asked.law.supplement_extension_refusal(asked.facts, more)
    return (no.ko, no.en, no.article) if no else None


def _lawful_extension(asked: Asked) -> Words | None:
    no = asked.law.extension_refusal(asked.facts, asked.extension())
    return (no.ko, no.en, no.article) if no else None


def _extensible(asked: Asked) -> Words | None:
    if asked.facts.kind is not CaseKind.OPINION and asked.facts.extensions < REPEATED:
        return None
    return (
        "연장은 두 차례까지이고, 법정 처리기간이 있는 민원만 연장합니다.",
        "A period is extended twice at most, and only where the law gives one.",
    )


def _approved(asked: Asked) -> Words | None:
    if asked.actor.role in HEADS - {Role.TEAM_HEAD} or asked.actor.role is Role.CHANNEL:
        return None
    if not needs_approval(asked.facts.department, asked.facts.petition_type):
        return None
    return (
        "이 부서의 답변은 결재를 거칩니다. «결재 올림»으로 보내 주세요.",
        "Answers of this department are approved first: use «Submit for approval».",
        "행정업무의 운영 및 혁신에 관한 규정 §10",
    )


def _three_times(asked: Asked) -> Words | None:
    earlier = asked.circumstances.named.values()
    if len([facts for facts in earlier if facts.answers > 0]) >= REPEATED:
        return None
    return (
        "같은 내용을 세 번 이상 내고 결과를 두 번 이상 통지한 뒤의 것만 종결할 수 있습니다. "
        "답변한 앞선 민원 두 건 이상의 번호를 적어 주세요.",
        "Only a third filing of the same matter, after two results were given, may be closed: "
        "name two or more earlier cases that were answered.",
        "민원처리법 §23①",
    )


def _answered_before(asked: Asked) -> Words | None:
    if any(facts.answers > 0 for facts in asked.circumstances.named.values()):
        return None
    return (
        "같은 내용의 앞선 고충민원(답변한 것)의 번호를 적어 주세요.",
        "Name the earlier grievance of the same content that was answered.",
    )


def _another_case(asked: Asked) -> Words | None:
    into = asked.circumstances.named
    if not into:
        return (
            "합칠 민원을 찾을 수 없습니다. 다른 민원의 접수번호를 적어 주세요.",
            "There is no such case to merge into; give another case's receipt number.",
        )
    root = next(iter(into.values()))
    if root.ended or root.state in (State.SUBMITTED, State.ANSWERED):
        return (
            "답변했거나 끝난 민원에는 합칠 수 없습니다. 처리 중인 민원을 골라 주세요.",
            "Merge into a case that is being worked on, not into one that was answered or ended.",
        )
    if root.kind is not asked.facts.kind:
        return (
            "민원과 제안, 의견은 서로 합칠 수 없습니다.",
            "Petitions, proposals and messages are not merged with one another.",
        )
    return None


def _same_public_matter(asked: Asked) -> Words | None:
    """«저도요»: a petitioner joins what everybody can see to be the same; whatever needs judgement
    is an officer's."""
    root = next(iter(asked.circumstances.named), None)
    if asked.actor.role is not Role.CITIZEN or root is None:
        return None
    same = asked.circumstances.named[root].item == asked.facts.item is not None
    if same and root in asked.circumstances.published:
        return None
    return (
        "같은 분류의 공개된 민원에만 스스로 함께할 수 있습니다. "
        "다른 민원과 같은 내용이면 담당자가 살펴보고 합칩니다.",
        "You can join a public case of the same item yourself; otherwise the officer decides.",
    )


def _objectionable(asked: Asked) -> Words | None:
    due = asked.law.objection_due(asked.facts)
    if due is None:
        return (
            "이의신청은 거부·처리 제외·반려·종결 처분에 할 수 있습니다.",
            "An objection is made to a refusal, a decline, a return or a closing.",
        )
    if asked.facts.objected:
        return (
            "이 처분에는 이미 이의신청을 하셨습니다. 연결된 이의신청에서 진행을 볼 수 있습니다.",
            "You have objected to this already; follow the linked objection.",
        )
    if asked.at > due:
        return (
            "이의신청 기간이 지났습니다. 행정심판이나 행정소송은 따로 확인해 주세요.",
            "The period for objecting has passed; other remedies may remain.",
        )
    return None


def _may_ask_again(asked: Asked) -> Words | None:
    if asked.facts.asked_again == 0:
        return None
    return (
        "추가답변은 한 번 요청할 수 있습니다. 다시 신청하거나, 처분이면 이의신청을 할 수 있습니다.",
        "You can ask again once; file again, or object where it was a disposition.",
    )


def _type_is(*types: PetitionType) -> Callable[[Asked], bool]:
    return lambda asked: asked.facts.petition_type in types


CONDITIONS: dict[Condition, Callable[[Asked], Words | None]] = {
    Condition.IS_OPINION: _asks(
        lambda asked: asked.facts.kind is CaseKind.OPINION,
        "소통민원(의견)만 민원으로 전환합니다.",
        "Only a message from a network is made a petition.",
    ),
    Condition.IS_PROPOSAL: _asks(
        lambda asked: asked.facts.kind is CaseKind.PROPOSAL,
        "의견조회 기간은 제안에서만 처리기간에 넣지 않습니다. 민원은 «협조 요청»을 쓰세요.",
        "Only a proposal's clock leaves consultation out; for a petition, join the department.",
    ),
    Condition.IS_GRIEVANCE: _asks(
        _type_is(PetitionType.GRIEVANCE),
        "고충민원에만 할 수 있습니다.",
        "Only for a grievance.",
    ),
    Condition.NOT_STATUTORY: _asks(
        lambda asked: asked.facts.petition_type is not PetitionType.STATUTORY,
        "법정민원에는 할 수 없습니다.",
        "This is not possible for a statutory petition.",
    ),
    Condition.NOT_AN_OPINION: _asks(
        lambda asked: asked.facts.kind is not CaseKind.OPINION,
        "소통민원(의견)에는 할 수 없습니다. 먼저 민원으로 전환해 주세요.",
        "Not for a message from a network; make it a petition first.",
    ),
    Condition.REACHABLE: _asks(
        lambda asked: asked.circumstances.reachable,
        "연락처가 없어 보완을 요구하거나 민원으로 전환할 수 없습니다. 있는 내용으로 처리해 주세요.",
        "The petitioner cannot be reached; work with what there is.",
    ),
    Condition.WITHIN_EIGHT_HOURS: _within_eight_hours,
    Condition.SUPPLEMENT_EXPIRED: _supplement_expired,
    Condition.ASKED_ONCE: _asks(
        lambda asked: asked.facts.supplement is not None and not asked.facts.supplement.again,
        "재보완은 한 번만 요구할 수 있습니다.",
        "A supplement is requested again once only.",
    ),
    Condition.WITHIN_TEN_DAYS: _asks(
        lambda asked: asked.count("days") <= MOST_AGAIN_DAYS,
        "재보완 기간은 10일 이내여야 합니다.",
        "The second period is at most 10 days.",
    ),
    Condition.SUPPLEMENT_EXTENSIBLE: _supplement_extensible,
    Condition.RETURNABLE: _returnable,
    Condition.INVESTIGATING: _asks(
        lambda asked: asked.facts.investigation is not None,
        "진행 중인 현장조사가 없습니다.",
        "No investigation is going on.",
    ),
    Condition.NOT_INVESTIGATING: _asks(
        lambda asked: asked.facts.investigation is None,
        "이미 현장조사 중입니다.",
        "An investigation is going on already.",
    ),
    Condition.NOT_EXTENDED_YET: _asks(
        lambda asked: (
            asked.facts.investigation is not None and not asked.facts.investigation.extended
        ),
        "현장조사는 한 차례만 연장할 수 있습니다.",
        "An investigation is extended once only.",
    ),
    Condition.EXTENDED_ONCE: _asks(
        lambda asked: asked.facts.extensions == 1 and not asked.facts.consented,
        "재연장을 앞둔 민원만 동의를 받습니다.",
        "Consent is asked for before a second extension only.",
    ),
    Condition.CONSULTING: _asks(
        lambda asked: asked.facts.consultation is not None,
        "진행 중인 의견조회가 없습니다.",
        "Nobody is being consulted.",
    ),
    Condition.NOT_CONSULTING: _asks(
        lambda asked: asked.facts.consultation is None,
        "이미 의견조회 중입니다.",
        "A consultation is going on already.",
    ),
    Condition.WITHIN_THREE_WEEKS: _asks(
        lambda asked: asked.count("days") <= MOST_CONSULTATION_DAYS,
        "의견조회는 3주(21일) 이내로 정해야 합니다.",
        "A consultation is at most three weeks (21 days).",
    ),
    Condition.EXCLUDING: _asks(
        lambda asked: asked.facts.exclusion is not None,
        "진행 중인 불산입 기간이 없습니다.",
        "No time is being left out.",
    ),
    Condition.NOT_EXCLUDING: _asks(
        lambda asked: asked.facts.exclusion is None,
        "이미 불산입 기간입니다.",
        "Time is being left out already.",
    ),
    Condition.NOT_HIDDEN: _asks(
        lambda asked: asked.facts.hiding is None,
        "이미 공개를 중단한 민원입니다.",
        "The case is hidden already.",
    ),
    Condition.IS_HIDDEN: _asks(
        lambda asked: asked.facts.hiding is not None,
        "공개를 중단한 민원이 아닙니다.",
        "The case is not hidden.",
    ),
    Condition.HIDING_APPEALED: _asks(
        lambda asked: asked.facts.hiding is not None and asked.facts.hiding.awaits_decision,
        "민원인이 제기한 이의가 없습니다.",
        "The petitioner has not appealed.",
    ),
    Condition.NOT_APPEALED: _asks(
        lambda asked: asked.facts.hiding is not None and not asked.facts.hiding.appealed,
        "이의는 한 번 제기할 수 있습니다.",
        "A hiding may be appealed once.",
    ),
    Condition.ANOTHER_PERSON: _asks(
        _is_another_person,
        "이의는 공개를 중단한 사람이 아닌 다른 직원이 결정합니다.",
        "An appeal is decided by somebody other than who hid the case.",
    ),
    Condition.EXTENSIBLE: _extensible,
    Condition.LAWFUL_EXTENSION: _lawful_extension,
    Condition.WITH_CONSENT: _asks(
        lambda asked: bool(asked.detail.get("consent")),
        "민원인의 동의를 받아야 보정할 수 있습니다.",
        "The petitioner has to consent to a correction.",
    ),
    Condition.SINCE_2026: _asks(
        lambda asked: asked.law.corrects(asked.facts),
        "2026년 5월 6일 이후 접수한 민원만 직권으로 보정할 수 있습니다.",
        "Only petitions received from 6 May 2026 are corrected by the office.",
    ),
    Condition.JOINED: _asks(
        lambda asked: bool(asked.facts.cooperation),
        "협조를 요청한 부서가 없습니다.",
        "No department was asked to cooperate.",
    ),
    Condition.DRAFTED: _asks(
        lambda asked: asked.facts.draft is not None,
        "결재를 기다리는 답변이 없습니다.",
        "No answer is waiting for approval.",
    ),
    Condition.APPROVED_WHERE_ASKED: _approved,
    Condition.THREE_TIMES: _three_times,
    Condition.ANSWERED_BEFORE: _answered_before,
    Condition.DELIBERATED: _asks(
        lambda asked: asked.facts.deliberated or not asked.facts.of_many,
        "다수인관련민원은 민원조정위원회 심의를 거쳐야 종결할 수 있습니다.",
        "A petition of many is closed only after the committee's deliberation.",
    ),
    Condition.LARGE_ENOUGH: _asks(
        lambda asked: min(asked.count("households"), asked.count("signatures")) >= MANY,
        "다수인관련민원은 5세대 이상, 5명 이상의 연명이어야 합니다.",
        "A petition of many has at least 5 households and 5 signatures.",
    ),
    Condition.MAY_ASK_AGAIN: _may_ask_again,
    Condition.OBJECTIONABLE: _objectionable,
    Condition.DEMANDED: _asks(
        lambda asked: bool(asked.facts.demands),
        "답하지 않은 시정 요구가 없습니다.",
        "No demand is waiting for an answer.",
    ),
    Condition.ANOTHER_CASE: _another_case,
    Condition.SAME_PUBLIC_MATTER: _same_public_matter,
    Condition.ASKED_BY_PETITIONER: _asks(
        lambda asked: asked.actor.role is Role.CITIZEN or bool(asked.detail.get("reason")),
        "취하는 민원인의 뜻입니다. 민원인이 언제 어떻게 취하를 밝혔는지 사유에 적어 주세요.",
        "Only the petitioner withdraws: say in the reason when and how this was asked for.",
    ),
    Condition.ASKS_PLATE: _asks(
        lambda asked: (rule := asked_evidence(asked)) is not None and rule.plate,
        "과태료 증빙으로 차량번호를 받는 민원에만 할 수 있습니다.",
        "Only for a report that a fine may follow from.",
    ),
}
