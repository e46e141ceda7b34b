"""What stops the clock of a case, folded from its log: supplement, investigation, consultation."""

from datetime import datetime

from pydantic import JsonValue

from rules.case_facts import CaseFacts, Spell, SupplementRound
from schema.deadlines import EventType, Extension, Happening
from schema.events import CaseEvent

Changes = dict[str, object]


def happening(kind: EventType, at: datetime, *, extended: bool = False) -> Happening:
    """What has happened to the legal clock."""
    return Happening.model_validate({"type": kind, "at": at, "extended": extended})


def count(value: JsonValue) -> int:
    """A count of an event's detail."""
    return int(str(value))


def asked_for_supplement(facts: CaseFacts, event: CaseEvent) -> Changes:
    """A period is set for the petitioner: the first, or the second of 영 §24③."""
    again = facts.supplement is not None
    round_ = SupplementRound(
        ordinal=facts.supplements + 1,
        asked_at=event.at,
        days=count(event.detail["days"]),
        before=facts.supplement.before if facts.supplement else facts.state,
        again=again,
    )
    changes: Changes = {"supplement": round_, "supplements": facts.supplements + 1}
    if not again:
        changes["happenings"] = (
            *facts.happenings,
            happening(EventType.SUPPLEMENT_REQUEST, event.at),
        )
    return changes | {"accepted": True}


def supplement_extended(facts: CaseFacts, event: CaseEvent) -> Changes:
    """More time for the petitioner (영 §24②)."""
    if facts.supplement is None:
        return {}
    more = Extension.model_validate(
        {"type": EventType.EXTEND, "at": event.at, "days": count(event.detail["days"])}
    )
    round_ = facts.supplement.model_copy(
        update={
            "extensions": (*facts.supplement.extensions, more),
            "ordinal": facts.supplements + 1,
        }
    )
    return {"supplement": round_, "supplements": facts.supplements + 1}


def supplemented(facts: CaseFacts, event: CaseEvent) -> Changes:
    """What was missing has come: the legal clock runs on."""
    given = happening(EventType.SUPPLEMENT_RECEIVED, event.at)
    return {"supplement": None, "happenings": (*facts.happenings, given)}


def investigation_started(facts: CaseFacts, event: CaseEvent) -> Changes:
    """현장조사 begins."""
    ordinal = facts.investigations + 1
    return {
        "investigation": Spell(ordinal=ordinal, since=event.at),
        "investigations": ordinal,
        "happenings": (
            *facts.happenings,
            happening(EventType.INVESTIGATION_START, event.at),
        ),
    }


def investigation_extended(facts: CaseFacts, event: CaseEvent) -> Changes:
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


def investigation_ended(facts: CaseFacts, event: CaseEvent) -> Changes:
    """It is over."""
    end = happening(EventType.INVESTIGATION_END, event.at)
    return {"investigation": None, "happenings": (*facts.happenings, end)}


def consultation_started(facts: CaseFacts, event: CaseEvent) -> Changes:
    """Others are asked for their opinion (의견조회)."""
    ordinal = facts.consultations + 1
    return {
        "consultation": Spell(
            ordinal=ordinal, since=event.at, days=count(event.detail.get("days", 21))
        ),
        "consultations": ordinal,
        "happenings": (*facts.happenings, happening(EventType.CONSULT_REQUEST, event.at)),
    }


def consultation_ended(facts: CaseFacts, event: CaseEvent) -> Changes:
    """Their opinion has come."""
    reply = happening(EventType.CONSULT_REPLY, event.at)
    return {"consultation": None, "happenings": (*facts.happenings, reply)}


def exclusion_started(facts: CaseFacts, event: CaseEvent) -> Changes:
    """Time that 영 §20 leaves out begins."""
    ordinal = facts.exclusions + 1
    return {
        "exclusion": Spell(ordinal=ordinal, since=event.at),
        "exclusions": ordinal,
        "happenings": (*facts.happenings, happening(EventType.EXCLUSION_START, event.at)),
    }


def exclusion_ended(facts: CaseFacts, event: CaseEvent) -> Changes:
    """It ends."""
    end = happening(EventType.EXCLUSION_END, event.at)
    return {"exclusion": None, "happenings": (*facts.happenings, end)}
