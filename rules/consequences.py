"""What an act makes of a case: the state and owner after it, and the detail of its event."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import uuid4

from pydantic import JsonValue

from rules.fields import FieldKind, choice
from rules.fields import field as act_field
from rules.lawfulness import Asked, unlawful
from rules.life import CaseFacts
from rules.life_table import Transition
from rules.organisation import AUDIT, FIRST_LINE, agency_of, is_department
from rules.packs import SEOUL
from rules.taxonomy import UNCLASSIFIED, is_item, leaf_at
from rules.transitions import TRANSITIONS
from schema.codes import Action, CaseKind, Channel, EventKind, PetitionType, Role, State
from schema.commands import Command, Refusal, RefusalCode
from schema.events import CaseEvent
from schema.grounds import ClosedFor

MOST_TRANSFERS = 2
"""The third transfer goes to the first-line desk (영 §38① 1호: the committee names the owner)."""


@dataclass
class Consequence:
    """What the event of an act carries: changes of the case's own fields, and the detail."""

    detail: dict[str, JsonValue]
    changes: dict[str, object] = field(default_factory=dict)


def consequence(row: Transition, asked: Asked) -> Consequence | Refusal:
    """What `asked` makes of its case, or why the law or its fields do not allow it; that state,
    role and department do is known already."""
    no = _wrong_field(row, asked) or unlawful(row, asked)
    if no is not None:
        return no
    done = Consequence(detail=dict(asked.detail))
    if row.to is not None:
        done.changes["state"] = row.to
    special = _SPECIAL.get(row.action)
    return (special(asked, done) or done) if special else done


def drawn_event(
    facts: CaseFacts,
    command: Command,
    done: Consequence,
    *,
    seq: int,
    channel: Channel,
    recorded_at: datetime,
) -> CaseEvent:
    """The event of an act, number `seq` of its case. The deadlines are left out: they follow from
    the facts after it."""
    row = TRANSITIONS[command.action]
    carried: dict[str, object] = {
        "state": facts.state,
        "petition_type": facts.petition_type,
        "item": facts.item,
        "district": facts.district,
        "agency": facts.agency,
        "department": facts.department,
    }
    return CaseEvent.model_validate(
        {
            **carried,
            **done.changes,
            "id": uuid4(),
            "case": command.case,
            "seq": seq,
            "kind": _kind_of(command, row.event),
            "at": command.at,
            "recorded_at": recorded_at,
            "request_id": command.request_id,
            "actor": command.actor,
            "channel": channel,
            "legal_due_at": None,
            "target_due_at": None,
            "calendar_version": None,
            "rule_pack": None,
            "visibility": row.visibility,
            "detail": done.detail,
        }
    )


def _kind_of(command: Command, kind: EventKind) -> EventKind:
    if command.action is Action.DELIVER and command.detail.get("outcome") != "delivered":
        return EventKind.UNDELIVERED
    return kind


def _wrong_field(row: Transition, asked: Asked) -> Refusal | None:
    for name in (*row.needs, *row.takes):
        value = asked.detail.get(name)
        known = act_field(name)
        if value is None:
            continue
        if known.kind is FieldKind.CHOICE and choice(name, value) is None:
            codes = ", ".join(one.code for one in known.choices)
            return _wrong(known.ko, known.en, codes)
        if known.kind is FieldKind.COUNT and not _is_count(value, known.least, known.most):
            return _wrong(known.ko, known.en, f"{known.least}–{known.most}")
    return None


def _is_count(value: JsonValue, least: int, most: int) -> bool:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return is_number and least <= int(str(value)) <= most


def _wrong(ko: str, en: str, allowed: str) -> Refusal:
    return Refusal(
        code=RefusalCode.WRONG_FIELD,
        message_ko=f"«{ko}» 값을 확인해 주세요. 가능한 값: {allowed}.",
        message_en=f"Check the {en}; allowed: {allowed}.",
    )


def _received(asked: Asked, done: Consequence) -> None:
    """Receipt (접수) gives the case its item and district, where a rule could tell them, and puts
    it on the first-line desk, which belongs to no agency's clock yet."""
    detail, facts = asked.detail, asked.facts
    done.changes |= {"district": detail.get("district"), "department": FIRST_LINE}
    item = detail.get("item")
    known = leaf_at(item if isinstance(item, str) else UNCLASSIFIED, asked.at)
    if isinstance(item, str):
        done.changes["item"] = item
    if facts.kind is CaseKind.PROPOSAL:
        done.changes["petition_type"] = PetitionType.PROPOSAL
    elif facts.kind is CaseKind.PETITION and facts.objection_days is None:
        done.changes["petition_type"] = known.petition_type


def _day(asked: Asked) -> date:
    """The day of the act in Seoul: what may be named is what is in force then."""
    return asked.at.astimezone(SEOUL).date()


def _department(asked: Asked) -> str | Refusal:
    target = str(asked.detail["department"])
    if not is_department(target, on_date=_day(asked)):
        return Refusal(
            code=RefusalCode.UNKNOWN_DEPARTMENT,
            message_ko=f"«{target}» 부서를 찾을 수 없습니다. 목록에서 골라 주세요.",
            message_en=f"There is no department «{target}»; choose one from the list.",
        )
    if target == asked.facts.department:
        return Refusal(
            code=RefusalCode.SAME_DEPARTMENT,
            message_ko="이미 그 부서가 맡고 있습니다.",
            message_en="That department has the case already.",
        )
    return target


def _moved(asked: Asked, done: Consequence) -> Refusal | None:
    """A first routing to any agency is no transfer; a later one to another agency begins the
    legal clock anew at its receipt, and so a new term (법 §16, reading A7). Back to the first-line
    desk, which decides for all agencies, is no receipt: agency and clock stay as they are."""
    target = _department(asked)
    if isinstance(target, Refusal):
        return target
    facts, agency = asked.facts, agency_of(target)
    done.detail["from"] = facts.department
    if target == FIRST_LINE:
        done.changes |= {"department": target, "state": State.RECEIVED}
        return None
    done.changes |= {"department": target, "agency": agency, "state": State.ASSIGNED}
    if facts.agency is not None and agency != facts.agency:
        opening = asked.law.opening(asked.at)
        done.detail["received_at"] = opening.isoformat()
        done.changes["state"] = State.TRANSFERRED
    return None


def _transferred(asked: Asked, done: Consequence) -> Refusal | None:
    """Ping-pong A→B→A and the third transfer go to the first-line desk with the history; the
    agency and its clock stay as they are."""
    target = _department(asked)
    if isinstance(target, Refusal):
        return target
    contested = _contested(asked, target)
    if contested is None:
        return _moved(asked, done)
    done.detail |= {
        "department": FIRST_LINE,
        "asked_for": target,
        "from": asked.facts.department,
        "contested": contested,
        "history": list(asked.facts.moves),
    }
    done.changes |= {"department": FIRST_LINE, "state": State.RECEIVED}
    return None


def _contested(asked: Asked, target: str) -> str | None:
    facts = asked.facts
    if asked.actor.role is Role.FIRST_LINE or target == FIRST_LINE:
        return None
    if facts.transfers >= 1 and target in facts.moves:
        return "returned"
    return "third_transfer" if facts.transfers >= MOST_TRANSFERS else None


def _sent_to_audit(asked: Asked, done: Consequence) -> Refusal | None:
    """영 §17②: the audit department of the same agency; the clock runs on."""
    own = f"{asked.facts.agency}.audit" if asked.facts.agency else AUDIT
    target = own if is_department(own, on_date=_day(asked)) else AUDIT
    if target == asked.facts.department:
        return Refusal(
            code=RefusalCode.SAME_DEPARTMENT,
            message_ko="이미 감사부서가 맡고 있습니다.",
            message_en="The audit department has the case already.",
        )
    done.detail |= {"from": asked.facts.department, "department": target}
    done.changes |= {"department": target, "agency": agency_of(target)}
    return None


def _item(asked: Asked) -> str | Refusal:
    item = str(asked.detail["item"])
    if not is_item(item, on_date=_day(asked)):
        return Refusal(
            code=RefusalCode.UNKNOWN_ITEM,
            message_ko=f"«{item}» 분류 항목이 없습니다. 목록에서 골라 주세요.",
            message_en=f"There is no item «{item}»; choose one from the list.",
        )
    return item


def _reclassified(asked: Asked, done: Consequence) -> Refusal | None:
    """A new item: its kind of petition, and every clock recomputed from the first receipt."""
    item = _item(asked)
    if isinstance(item, Refusal):
        return item
    if item == asked.facts.item:
        return Refusal(
            code=RefusalCode.SAME_ITEM,
            message_ko="이미 그 항목으로 분류되어 있습니다.",
            message_en="The case has that item already.",
        )
    done.detail["from"] = asked.facts.item
    done.changes["item"] = item
    if asked.facts.kind is not CaseKind.OPINION and asked.facts.objection_days is None:
        received_at = asked.facts.received_at or asked.at
        done.changes["petition_type"] = leaf_at(item, received_at).petition_type
    return None


def _converted(asked: Asked, done: Consequence) -> Refusal | None:
    """소통민원 made a formal petition: its identity is known now, and its legal clock begins."""
    item = _item(asked)
    if isinstance(item, Refusal):
        return item
    done.detail["received_at"] = asked.law.opening(asked.at).isoformat()
    done.changes |= {"item": item, "petition_type": leaf_at(item, asked.at).petition_type}
    return None


def _cooperation_asked(asked: Asked, done: Consequence) -> Refusal | None:
    target = _department(asked)
    return target if isinstance(target, Refusal) else None


def _cooperated(asked: Asked, done: Consequence) -> Refusal | None:
    """Who gives a part: the joined department itself, or for one joined department whoever has
    the case and was told it."""
    joined, own = asked.facts.joined, asked.actor.department
    if own not in joined and len(joined) > 1:
        return _wrong("부서", "department", ", ".join(joined))
    done.detail["by_department"] = own if own in joined else joined[0]
    return None


def _supplemented(asked: Asked, done: Consequence) -> None:
    before = asked.facts.supplement.before if asked.facts.supplement else State.PROCESSING
    done.changes["state"] = State.REANSWER if before is State.REANSWER else State.PROCESSING


def _extended(asked: Asked, done: Consequence) -> None:
    done.detail["nth"] = asked.facts.extensions + 1
    done.detail["consent"] = asked.extension().consent


def _approved(asked: Asked, done: Consequence) -> None:
    done.detail["text"] = asked.facts.draft


def _closed_unsupplemented(asked: Asked, done: Consequence) -> None:
    done.detail["ground"] = str(asked.detail["return_ground"])


def _closed_repeated(asked: Asked, done: Consequence) -> None:
    done.detail["ground"] = ClosedFor.REPEATED


def _asked_again(asked: Asked, done: Consequence) -> None:
    done.detail["received_at"] = asked.law.opening(asked.at).isoformat()


def _merged(asked: Asked, done: Consequence) -> None:
    """Merges stay flat: what was named stands for the case that it was merged into."""
    done.detail["into"] = next(iter(asked.circumstances.named))


def _unmerged(asked: Asked, done: Consequence) -> None:
    done.detail["from"] = asked.facts.merged_into
    done.changes["state"] = asked.facts.before_merge or State.RECEIVED


_SPECIAL: dict[Action, Callable[[Asked, Consequence], Refusal | None]] = {
    Action.RECEIVE: _received,
    Action.DISTRIBUTE: _moved,
    Action.TRANSFER: _transferred,
    Action.SEND_TO_AUDIT: _sent_to_audit,
    Action.RECLASSIFY: _reclassified,
    Action.CONVERT: _converted,
    Action.JOIN_DEPARTMENT: _cooperation_asked,
    Action.COOPERATE: _cooperated,
    Action.SUPPLEMENT: _supplemented,
    Action.EXTEND: _extended,
    Action.APPROVE_ANSWER: _approved,
    Action.CLOSE_UNSUPPLEMENTED: _closed_unsupplemented,
    Action.CLOSE_REPEATED: _closed_repeated,
    Action.ASK_AGAIN: _asked_again,
    Action.MERGE: _merged,
    Action.UNMERGE: _unmerged,
}
