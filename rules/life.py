"""What a case is, folded from its event log: one function from event to event."""

from collections.abc import Callable, Sequence
from datetime import datetime

from pydantic import JsonValue

from rules import pauses
from rules.case_facts import CaseFacts, Cooperation, Hiding, Spell
from rules.pauses import Changes
from rules.taxonomy import leaf_at
from schema.codes import ENDED_STATES, CaseKind, EventKind, Role, State
from schema.deadlines import EventType, Extension
from schema.events import CaseEvent
from schema.grounds import ClosedFor

__all__ = ["CaseFacts", "facts_after", "facts_of"]

CLOSED_BY_DISPOSITION = (
    ClosedFor.NOT_SUPPLEMENTED,
    ClosedFor.UNDELIVERABLE,
    ClosedFor.REPEATED,
)


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
        households=pauses.count(first.detail.get("households", 0)),
        signatures=pauses.count(first.detail.get("signatures", 0)),
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
    if event.state in ENDED_STATES and (facts.ended_at is None or _left_merger(facts, event)):
        changes["ended_at"] = event.at
    return facts.model_copy(update=changes)


def _left_merger(facts: CaseFacts, event: CaseEvent) -> bool:
    """A merged case ends for good with the answer to all, not on the day it was merged."""
    return facts.state is State.MERGED and event.state is not State.MERGED


def _instant(value: JsonValue) -> datetime:
    return datetime.fromisoformat(str(value))


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
                pauses.happening(EventType.TRANSFER_RECEIVED, _instant(held_since)),
            ),
        }
    return changes


def _taken_up(facts: CaseFacts, event: CaseEvent) -> Changes:
    """Whoever takes it up first has it, until somebody is named."""
    own = event.actor.account if event.actor.role is Role.OFFICER else None
    return {"accepted": True, "officer": facts.officer or own}


def _extended(facts: CaseFacts, event: CaseEvent) -> Changes:
    more = Extension.model_validate(
        {
            "type": EventType.EXTEND,
            "at": event.at,
            "days": pauses.count(event.detail["days"]),
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
        days=pauses.count(event.detail["days"]),
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
        "cooperation": (),
    }
    if event.kind is EventKind.REFUSED:
        return changes | _disposed(facts, event)
    return changes | {"disposed_at": None}


def _disposed(facts: CaseFacts, event: CaseEvent) -> Changes:
    """A disposition may be objected to; the decision on an objection is none, and what remains are
    the appeal and the court (행정기본법 §36④)."""
    if facts.objection_days is not None:
        return {}
    return {"disposed_at": event.at, "objected": False}


def _closed(facts: CaseFacts, event: CaseEvent) -> Changes:
    """A return and a closing as repeated are dispositions. What is closed with the case that it
    was merged into has been answered, or refused, as that one was."""
    ground = event.detail.get("ground")
    if ground in CLOSED_BY_DISPOSITION:
        return _disposed(facts, event)
    if ground != ClosedFor.ANSWERED_WITH:
        return {}
    changes: Changes = {"answered_at": event.at, "answers": facts.answers + 1}
    refused = event.detail.get("result") == EventKind.REFUSED
    return changes | (_disposed(facts, event) if refused else {})


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
        (str(one["timer"]), pauses.count(one["term"]), str(one["rung"]))
        for one in found
        if isinstance(one, dict)
    }
    return {"rungs": facts.rungs | rungs}


def _hiding(**changes: bool) -> Callable[[CaseFacts, CaseEvent], Changes]:
    def _fold(facts: CaseFacts, event: CaseEvent) -> Changes:
        if facts.hiding is None:
            return {}
        return {"hiding": facts.hiding.model_copy(update=changes)}

    return _fold


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
    EventKind.SUPPLEMENT_REQUESTED: pauses.asked_for_supplement,
    EventKind.SUPPLEMENT_EXTENDED: pauses.supplement_extended,
    EventKind.SUPPLEMENTED: pauses.supplemented,
    EventKind.INVESTIGATION_STARTED: pauses.investigation_started,
    EventKind.INVESTIGATION_EXTENDED: pauses.investigation_extended,
    EventKind.INVESTIGATION_ENDED: pauses.investigation_ended,
    EventKind.CONSULTATION_STARTED: pauses.consultation_started,
    EventKind.CONSULTATION_ENDED: pauses.consultation_ended,
    EventKind.EXCLUSION_STARTED: pauses.exclusion_started,
    EventKind.EXCLUSION_ENDED: pauses.exclusion_ended,
    EventKind.EXTENDED: _extended,
    EventKind.CONSENTED: lambda facts, event: {"consented": True},
    EventKind.COOPERATION_REQUESTED: _cooperation_requested,
    EventKind.COOPERATED: _cooperated,
    EventKind.ANSWER_SUBMITTED: _drafted,
    EventKind.ANSWER_RETURNED: lambda facts, event: {"draft": None},
    EventKind.ANSWERED: _answered,
    EventKind.REFUSED: _answered,
    EventKind.DECLINED: _disposed,
    EventKind.CLOSED: _closed,
    EventKind.ASKED_AGAIN: _asked_again,
    EventKind.OBJECTED: lambda facts, event: {"objected": True},
    EventKind.CORRECTION_DEMANDED: _demanded,
    EventKind.DEMAND_ANSWERED: lambda facts, event: {"demands": facts.demands[1:]},
    EventKind.DELIBERATED: lambda facts, event: {"deliberated": True},
    EventKind.GROUP_DESIGNATED: lambda facts, event: {
        "households": pauses.count(event.detail["households"]),
        "signatures": pauses.count(event.detail["signatures"]),
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
    EventKind.HIDDEN: lambda facts, event: {"hiding": Hiding(by=event.actor.account)},
    EventKind.UNHIDDEN: lambda facts, event: {"hiding": None},
    EventKind.HIDING_APPEALED: _hiding(appealed=True),
    EventKind.HIDING_KEPT: _hiding(decided=True),
    EventKind.REMOVED_AT_SOURCE: lambda facts, event: {"removed": True},
    EventKind.REMINDED: _climbed,
    EventKind.ESCALATED: _climbed,
}
