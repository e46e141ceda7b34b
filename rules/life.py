"""What a case is, folded from its event log: one function from event to event."""

from collections.abc import Callable, Sequence
from datetime import datetime

from pydantic import JsonValue

from rules.case_facts import CaseFacts, Cooperation, Spell, SupplementRound
from rules.taxonomy import leaf_at
from schema.codes import ENDED_STATES, CaseKind, EventKind, Role
from schema.deadlines import EventType, Extension, Happening
from schema.events import CaseEvent

__all__ = ["CaseFacts", "facts_after", "facts_of"]

Changes = dict[str, object]


def facts_of(log: Sequence[CaseEvent], *, kind: CaseKind, synthetic: bool = False) -> CaseFacts:
    """The facts that a whole log gives. Raises ValueError for an empty log."""
    if not log:
        raise ValueError("a case has at least its submission")
    first = log[0]
    basis = first.detail.get("objection_days")
    facts = CaseFacts(
        kind=kind,
        state=first.state,
        petition_type=first.petition_type,
        item=first.item,
        urgent=False,
        district=first.district,
        agency=first.agency,
        department=first.department,
        submitted_at=first.at,
        synthetic=synthetic,
        objection_days=int(str(basis)) if basis is not None else None,
        households=_count(first.detail.get("households", 0)),
        signatures=_count(first.detail.get("signatures", 0)),
    )
    for event in log[1:]:
        facts = facts_after(facts, event)
    return facts


def facts_after(facts: CaseFacts, event: CaseEvent) -> CaseFacts:
    """The facts once `event` has happened. What an event carries itself (state, owner, kind of
    petition) is taken from it; the rest follows from its kind and detail."""
    changes: Changes = {
        "state": event.state,
        "petition_type": event.petition_type,
        "item": event.item,
        "urgent": event.item is not None and leaf_at(event.item, event.at).urgent,
        "district": event.district,
        "agency": event.agency,
        "department": event.department,
    }
    fold = _FOLDS.get(event.kind)
    if fold is not None:
        changes |= fold(facts, event)
    if event.state in ENDED_STATES and facts.ended_at is None:
        changes["ended_at"] = event.at
    return facts.model_copy(update=changes)


def _instant(value: JsonValue) -> datetime:
    return datetime.fromisoformat(str(value))


def _count(value: JsonValue) -> int:
    return int(str(value))


def _happening(kind: EventType, at: datetime, *, extended: bool = False) -> Happening:
    return Happening.model_validate({"type": kind, "at": at, "extended": extended})


def _received(facts: CaseFacts, event: CaseEvent) -> Changes:
    received = _instant(event.detail["received_at"])
    return {
        "received_at": received,
        "clock_from": received,
        "held_since": received,
        "moves": (str(event.department),),
    }


def _moved(facts: CaseFacts, event: CaseEvent) -> Changes:
    """Another department has the case. With `received_at` in the detail it is another agency,
    whose receipt begins the legal clock anew (법 §16, reading A7)."""
    held_since = event.detail.get("received_at")
    changes: Changes = {
        "moves": (*facts.moves, str(event.department)),
        "held_since": _instant(held_since) if held_since else event.at,
        "accepted": False,
        "officer": None,
        "draft": None,
        "transfers": facts.transfers + (event.kind is EventKind.TRANSFERRED),
    }
    if held_since:
        changes |= {
            "term": facts.term + 1,
            "extensions": 0,
            "consented": False,
            "investigation": None,
            "consultation": None,
            "exclusion": None,
            "happenings": (
                *facts.happenings,
                _happening(EventType.TRANSFER_RECEIVED, _instant(held_since)),
            ),
        }
    return changes


def _taken_up(facts: CaseFacts, event: CaseEvent) -> Changes:
    """Whoever takes it up first has it, until somebody is named."""
    own = event.actor.account if event.actor.role is Role.OFFICER else None
    return {"accepted": True, "officer": facts.officer or own}


def _asked_for_supplement(facts: CaseFacts, event: CaseEvent) -> Changes:
    again = facts.supplement is not None
    round_ = SupplementRound(
        ordinal=facts.supplements + 1,
        asked_at=event.at,
        days=_count(event.detail["days"]),
        before=facts.supplement.before if facts.supplement else facts.state,
        again=again,
    )
    changes: Changes = {"supplement": round_, "supplements": facts.supplements + 1}
    if not again:
        changes["happenings"] = (
            *facts.happenings,
            _happening(EventType.SUPPLEMENT_REQUEST, event.at),
        )
    return changes | {"accepted": True}


def _supplement_extended(facts: CaseFacts, event: CaseEvent) -> Changes:
    if facts.supplement is None:
        return {}
    more = Extension.model_validate(
        {"type": EventType.EXTEND, "at": event.at, "days": _count(event.detail["days"])}
    )
    round_ = facts.supplement.model_copy(
        update={
            "extensions": (*facts.supplement.extensions, more),
            "ordinal": facts.supplements + 1,
        }
    )
    return {"supplement": round_, "supplements": facts.supplements + 1}


def _supplemented(facts: CaseFacts, event: CaseEvent) -> Changes:
    given = _happening(EventType.SUPPLEMENT_RECEIVED, event.at)
    return {"supplement": None, "happenings": (*facts.happenings, given)}


def _investigation_started(facts: CaseFacts, event: CaseEvent) -> Changes:
    ordinal = facts.investigations + 1
    return {
        "investigation": Spell(ordinal=ordinal, since=event.at),
        "investigations": ordinal,
        "happenings": (
            *facts.happenings,
            _happening(EventType.INVESTIGATION_START, event.at),
        ),
    }


def _investigation_extended(facts: CaseFacts, event: CaseEvent) -> Changes:
    """The running investigation gets its seven days more: its beginning says so from now on."""
    spell = facts.investigation
    if spell is None:
        return {}
    return {
        "investigation": spell.model_copy(update={"extended": True}),
        "happenings": tuple(
            one.model_copy(update={"extended": True})
            if isinstance(one, Happening)
            and one.type is EventType.INVESTIGATION_START
            and one.at == spell.since
            else one
            for one in facts.happenings
        ),
    }


def _investigation_ended(facts: CaseFacts, event: CaseEvent) -> Changes:
    end = _happening(EventType.INVESTIGATION_END, event.at)
    return {"investigation": None, "happenings": (*facts.happenings, end)}


def _consultation_started(facts: CaseFacts, event: CaseEvent) -> Changes:
    ordinal = facts.consultations + 1
    return {
        "consultation": Spell(
            ordinal=ordinal, since=event.at, days=_count(event.detail.get("days", 21))
        ),
        "consultations": ordinal,
        "happenings": (*facts.happenings, _happening(EventType.CONSULT_REQUEST, event.at)),
    }


def _consultation_ended(facts: CaseFacts, event: CaseEvent) -> Changes:
    reply = _happening(EventType.CONSULT_REPLY, event.at)
    return {"consultation": None, "happenings": (*facts.happenings, reply)}


def _exclusion_started(facts: CaseFacts, event: CaseEvent) -> Changes:
    ordinal = facts.exclusions + 1
    return {
        "exclusion": Spell(ordinal=ordinal, since=event.at),
        "exclusions": ordinal,
        "happenings": (*facts.happenings, _happening(EventType.EXCLUSION_START, event.at)),
    }


def _exclusion_ended(facts: CaseFacts, event: CaseEvent) -> Changes:
    end = _happening(EventType.EXCLUSION_END, event.at)
    return {"exclusion": None, "happenings": (*facts.happenings, end)}


def _extended(facts: CaseFacts, event: CaseEvent) -> Changes:
    more = Extension.model_validate(
        {
            "type": EventType.EXTEND,
            "at": event.at,
            "days": _count(event.detail["days"]),
            "nth": facts.extensions + 1,
            "reason_code": event.detail["reason_code"],
            "consent": bool(event.detail.get("consent")),
        }
    )
    return {
        "happenings": (*facts.happenings, more),
        "extensions": facts.extensions + 1,
        "consented": False,
        "term": facts.term + 1,
    }


def _cooperation_requested(facts: CaseFacts, event: CaseEvent) -> Changes:
    ordinal = facts.cooperations + 1
    asked = Cooperation(
        ordinal=ordinal,
        department=str(event.detail["department"]),
        asked_at=event.at,
        days=_count(event.detail["days"]),
    )
    return {"cooperation": (*facts.cooperation, asked), "cooperations": ordinal}


def _cooperated(facts: CaseFacts, event: CaseEvent) -> Changes:
    gave = event.detail.get("by_department")
    return {"cooperation": tuple(one for one in facts.cooperation if one.department != gave)}


def _drafted(facts: CaseFacts, event: CaseEvent) -> Changes:
    return {
        "draft": str(event.detail["text"]),
        "drafted_at": event.at,
        "drafts": facts.drafts + 1,
    }


def _answered(facts: CaseFacts, event: CaseEvent) -> Changes:
    changes: Changes = {
        "answered_at": event.at,
        "answers": facts.answers + 1,
        "draft": None,
        "investigation": None,
        "consultation": None,
        "exclusion": None,
    }
    return changes | {"disposed_at": event.at if event.kind is EventKind.REFUSED else None}


def _disposed(facts: CaseFacts, event: CaseEvent) -> Changes:
    ground = event.detail.get("ground")
    if event.kind is EventKind.CLOSED and ground not in ("not_supplemented", "repeated"):
        return {}
    return {"disposed_at": event.at}


def _asked_again(facts: CaseFacts, event: CaseEvent) -> Changes:
    """추가답변: a re-opening. Its own term, counted from its own receipt; the first answer stays
    in the log (P13)."""
    return {
        "asked_again": facts.asked_again + 1,
        "clock_from": _instant(event.detail["received_at"]),
        "happenings": (),
        "extensions": 0,
        "consented": False,
        "progress_before": facts.progress_notices,
        "term": facts.term + 1,
    }


def _converted(facts: CaseFacts, event: CaseEvent) -> Changes:
    received = _instant(event.detail["received_at"])
    return {
        "kind": CaseKind.PETITION,
        "clock_from": received,
        "happenings": (),
        "term": facts.term + 1,
    }


def _demanded(facts: CaseFacts, event: CaseEvent) -> Changes:
    ordinal = facts.demands_made + 1
    demand = Spell(ordinal=ordinal, since=event.at)
    return {"demands": (*facts.demands, demand), "demands_made": ordinal}


def _merged(facts: CaseFacts, event: CaseEvent) -> Changes:
    return {
        "merged_into": str(event.detail["into"]),
        "merged_at": event.at,
        "before_merge": facts.before_merge or facts.state,
        "reporters": frozenset(),
    }


def _unmerged(facts: CaseFacts, event: CaseEvent) -> Changes:
    return {"merged_into": None, "merged_at": None, "before_merge": None, "ended_at": None}


def _climbed(facts: CaseFacts, event: CaseEvent) -> Changes:
    """The rungs of one message: after an outage there may be several."""
    also = event.detail.get("also")
    found = [event.detail, *(also if isinstance(also, list) else [])]
    rungs = {
        (str(one["timer"]), _count(one["term"]), str(one["rung"]))
        for one in found
        if isinstance(one, dict)
    }
    return {"rungs": facts.rungs | rungs}


_FOLDS: dict[EventKind, Callable[[CaseFacts, CaseEvent], Changes]] = {
    EventKind.RECEIVED: _received,
    EventKind.ASSIGNED: _moved,
    EventKind.TRANSFERRED: _moved,
    EventKind.SENT_TO_AUDIT: _moved,
    EventKind.ACCEPTED: _taken_up,
    EventKind.STARTED: _taken_up,
    EventKind.OFFICER_ASSIGNED: lambda facts, event: {
        "officer": event.detail["officer"],
        "accepted": True,
    },
    EventKind.CONVERTED: _converted,
    EventKind.SUPPLEMENT_REQUESTED: _asked_for_supplement,
    EventKind.SUPPLEMENT_EXTENDED: _supplement_extended,
    EventKind.SUPPLEMENTED: _supplemented,
    EventKind.INVESTIGATION_STARTED: _investigation_started,
    EventKind.INVESTIGATION_EXTENDED: _investigation_extended,
    EventKind.INVESTIGATION_ENDED: _investigation_ended,
    EventKind.CONSULTATION_STARTED: _consultation_started,
    EventKind.CONSULTATION_ENDED: _consultation_ended,
    EventKind.EXCLUSION_STARTED: _exclusion_started,
    EventKind.EXCLUSION_ENDED: _exclusion_ended,
    EventKind.EXTENDED: _extended,
    EventKind.CONSENTED: lambda facts, event: {"consented": True},
    EventKind.COOPERATION_REQUESTED: _cooperation_requested,
    EventKind.COOPERATED: _cooperated,
    EventKind.ANSWER_SUBMITTED: _drafted,
    EventKind.ANSWER_RETURNED: lambda facts, event: {"draft": None},
    EventKind.ANSWERED: _answered,
    EventKind.REFUSED: _answered,
    EventKind.DECLINED: _disposed,
    EventKind.CLOSED: _disposed,
    EventKind.ASKED_AGAIN: _asked_again,
    EventKind.CORRECTION_DEMANDED: _demanded,
    EventKind.DEMAND_ANSWERED: lambda facts, event: {"demands": facts.demands[1:]},
    EventKind.DELIBERATED: lambda facts, event: {"deliberated": True},
    EventKind.GROUP_DESIGNATED: lambda facts, event: {
        "households": _count(event.detail["households"]),
        "signatures": _count(event.detail["signatures"]),
    },
    EventKind.MERGED: _merged,
    EventKind.UNMERGED: _unmerged,
    EventKind.REPORTER_JOINED: lambda facts, event: {
        "reporters": facts.reporters | {str(event.detail["reporter"])}
    },
    EventKind.REPORTER_LEFT: lambda facts, event: {
        "reporters": facts.reporters - {str(event.detail["reporter"])}
    },
    EventKind.PROGRESS_NOTIFIED: lambda facts, event: {
        "progress_notices": facts.progress_notices + ("term" in event.detail)
    },
    EventKind.REMINDED: _climbed,
    EventKind.ESCALATED: _climbed,
}
