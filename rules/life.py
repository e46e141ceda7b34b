"""What a case is, folded from its event log, and what it becomes when an action is applied."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import AwareDatetime, JsonValue

from rules.organisation import FIRST_LINE, agency_of, is_department
from rules.taxonomy import UNCLASSIFIED, is_item, leaf
from rules.transitions import TRANSITIONS
from schema.codes import ENDED_STATES, Action, CaseKind, EventKind, PetitionType, State
from schema.commands import Command, Refusal, RefusalCode
from schema.events import CaseEvent
from schema.model import Frozen


class CaseFacts(Frozen):
    """Everything about a case that its log decides. Instants are UTC.

    `clock_from` is where the legal clock of the current term began; `term` counts terms from 1;
    `rungs` are the rungs acted on, as (timer, term, rung).
    """

    kind: CaseKind
    state: State
    petition_type: PetitionType
    item: str | None
    urgent: bool
    district: str | None
    agency: str | None
    department: str | None
    submitted_at: AwareDatetime
    received_at: AwareDatetime | None = None
    clock_from: AwareDatetime | None = None
    term: int = 1
    answered_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    rungs: frozenset[tuple[str, int, str]] = frozenset()

    @property
    def ended(self) -> bool:
        """True when nothing more will move the case."""
        return self.state in ENDED_STATES


def facts_of(log: Sequence[CaseEvent], *, kind: CaseKind) -> CaseFacts:
    """The facts that a whole log gives. Raises ValueError for an empty log."""
    if not log:
        raise ValueError("a case has at least its submission")
    first, last = log[0], log[-1]
    facts = CaseFacts(
        kind=kind,
        state=last.state,
        petition_type=last.petition_type,
        item=last.item,
        urgent=_is_urgent(last.item),
        district=last.district,
        agency=last.agency,
        department=last.department,
        submitted_at=first.at,
    )
    for event in log:
        facts = _with_instants(facts, event)
    return facts


def _is_urgent(item: str | None) -> bool:
    return item is not None and leaf(item).urgent


def _instant(value: JsonValue) -> datetime:
    return datetime.fromisoformat(str(value))


def _with_instants(facts: CaseFacts, event: CaseEvent) -> CaseFacts:
    """The facts, with what this event alone can say: instants, terms, rungs."""
    detail = event.detail
    if event.kind is EventKind.RECEIVED:
        received = _instant(detail["received_at"])
        return facts.model_copy(update={"received_at": received, "clock_from": received})
    if event.kind is EventKind.TRANSFERRED and "received_at" in detail:
        began = {"clock_from": _instant(detail["received_at"]), "term": facts.term + 1}
        return facts.model_copy(update=began)
    if event.kind is EventKind.ANSWERED:
        return facts.model_copy(update={"answered_at": event.at})
    if event.kind in (EventKind.REMINDED, EventKind.ESCALATED):
        rung = (str(detail["timer"]), int(str(detail["term"])), str(detail["rung"]))
        return facts.model_copy(update={"rungs": facts.rungs | {rung}})
    if event.state in ENDED_STATES and facts.ended_at is None:
        return facts.model_copy(update={"ended_at": event.at})
    return facts


class Consequence(Frozen):
    """What an action makes of a case: the facts after it, and the event's detail."""

    facts: CaseFacts
    detail: dict[str, JsonValue]


def consequence(
    facts: CaseFacts, command: Command, *, received_elsewhere_at: datetime
) -> Consequence | Refusal:
    """Apply `command` to `facts`; the table of transitions has allowed it already.

    `received_elsewhere_at` is when another agency is deemed to have received a case transferred
    to it now: working time, else the next opening (민원처리법 §16, 영 §13; reading A7).
    """
    row = TRANSITIONS[command.action]
    after = facts.model_copy(update={"state": row.to} if row.to else {})
    detail = dict(command.detail)
    match command.action:
        case Action.RECEIVE:
            after = _received(after, command)
        case Action.DISTRIBUTE | Action.TRANSFER:
            return _moved(after, facts, command, received_elsewhere_at)
        case Action.RECLASSIFY:
            return _reclassified(after, command)
        case Action.ANSWER:
            after = after.model_copy(update={"answered_at": command.at})
        case Action.WITHDRAW | Action.CLOSE:
            after = after.model_copy(update={"ended_at": command.at})
        case Action.REMIND | Action.ESCALATE:
            rung = (str(detail["timer"]), int(str(detail["term"])), str(detail["rung"]))
            after = after.model_copy(update={"rungs": facts.rungs | {rung}})
        case _:
            pass
    return Consequence(facts=after, detail=detail)


def _received(after: CaseFacts, command: Command) -> CaseFacts:
    """Receipt (접수) gives the case its item and district, where a rule could tell them, and puts
    it on the first-line desk, which belongs to no agency's clock yet."""
    detail = command.detail
    received = _instant(detail["received_at"])
    update: dict[str, object] = {
        "received_at": received,
        "clock_from": received,
        "district": detail.get("district"),
        "department": FIRST_LINE,
    }
    item = detail.get("item")
    known = leaf(item if isinstance(item, str) else UNCLASSIFIED)
    if isinstance(item, str):
        update |= {"item": item, "urgent": known.urgent}
    if after.kind is CaseKind.PETITION:
        update["petition_type"] = known.petition_type
    elif after.kind is CaseKind.PROPOSAL:
        update["petition_type"] = PetitionType.PROPOSAL
    return after.model_copy(update=update)


def _moved(
    after: CaseFacts, before: CaseFacts, command: Command, received_elsewhere_at: datetime
) -> Consequence | Refusal:
    """A first routing to any agency is no transfer; a later one to another agency begins the
    legal clock anew at its receipt, and so a new term."""
    target = str(command.detail["department"])
    if not is_department(target):
        return Refusal(
            code=RefusalCode.UNKNOWN_DEPARTMENT,
            message_ko=f"«{target}» 부서를 찾을 수 없습니다. 목록에서 골라 주세요.",
            message_en=f"There is no department «{target}»; choose one from the list.",
        )
    if target == before.department:
        return Refusal(
            code=RefusalCode.SAME_DEPARTMENT,
            message_ko="이미 그 부서가 맡고 있습니다.",
            message_en="That department has the case already.",
        )
    agency = agency_of(target)
    detail = dict(command.detail) | {"from": before.department}
    update: dict[str, object] = {"department": target, "agency": agency}
    if command.action is Action.TRANSFER:
        elsewhere = before.agency is not None and agency != before.agency
        update["state"] = State.TRANSFERRED if elsewhere else State.ASSIGNED
        if elsewhere:
            update |= {"clock_from": received_elsewhere_at, "term": before.term + 1}
            detail["received_at"] = received_elsewhere_at.isoformat()
    return Consequence(facts=after.model_copy(update=update), detail=detail)


def _reclassified(facts: CaseFacts, command: Command) -> Consequence | Refusal:
    """A new item: its kind of petition, and every clock recomputed from the first receipt."""
    item = str(command.detail["item"])
    if not is_item(item):
        return Refusal(
            code=RefusalCode.UNKNOWN_ITEM,
            message_ko=f"«{item}» 분류 항목이 없습니다. 목록에서 골라 주세요.",
            message_en=f"There is no item «{item}»; choose one from the list.",
        )
    if item == facts.item:
        return Refusal(
            code=RefusalCode.SAME_ITEM,
            message_ko="이미 그 항목으로 분류되어 있습니다.",
            message_en="The case has that item already.",
        )
    entry = leaf(item)
    update: dict[str, object] = {"item": item, "urgent": entry.urgent}
    if facts.kind is not CaseKind.OPINION:
        update["petition_type"] = entry.petition_type
    detail = dict(command.detail) | {"from": facts.item}
    return Consequence(facts=facts.model_copy(update=update), detail=detail)
