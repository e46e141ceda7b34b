"""The papers of a case (서식): which event calls for which, and what stands on it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from rules.notice_texts import NoticeFacts
from rules.organisation import CITY, agencies
from schema.codes import CaseKind, EventKind, PetitionType
from schema.events import CaseEvent
from schema.grounds import ClosedFor
from web.wording import SEOUL, Wording

EXTENSION_FORBIDDEN_SINCE = "2026-05-06"
"""From this rule pack on, 영 §21 has a paragraph more, and the notice is its third."""


class PaperKind(StrEnum):
    """The papers that one event of a case calls for."""

    EXTENSION = "extension"
    """별지 제5호: 민원 처리기간(이의신청 결정기간) 연장 통지서"""
    PROGRESS = "progress"
    """별지 제6호: 민원처리진행상황 통지서"""
    DUNNING = "dunning"
    """별지 제7호: 민원 처리 독촉장"""
    SUPPLEMENT = "supplement"
    TRANSFER = "transfer"
    RESULT = "result"


OF_PROPOSALS = frozenset({PaperKind.SUPPLEMENT, PaperKind.TRANSFER, PaperKind.RESULT})
"""For these 국민 제안 규정 has provisions of its own (§6, §10)."""
RESULTS = frozenset({EventKind.ANSWERED, EventKind.REFUSED, EventKind.DECLINED, EventKind.CLOSED})
REFUSALS = frozenset({EventKind.REFUSED, EventKind.DECLINED})
_BY_EVENT: Mapping[EventKind, PaperKind] = {
    EventKind.EXTENDED: PaperKind.EXTENSION,
    EventKind.PROGRESS_NOTIFIED: PaperKind.PROGRESS,
    EventKind.SUPPLEMENT_REQUESTED: PaperKind.SUPPLEMENT,
    EventKind.TRANSFERRED: PaperKind.TRANSFER,
    **dict.fromkeys(RESULTS, PaperKind.RESULT),
}
_RUNGS = frozenset({EventKind.REMINDED, EventKind.ESCALATED})


def paper_kind(event: CaseEvent) -> PaperKind | None:
    """Which paper `event` calls for, or None.

    The message that an answered case was closed, or that a transfer went to the first-line desk,
    is none of its own.
    """
    if event.kind in _RUNGS:
        return PaperKind.DUNNING if overdue_rung(event) else None
    if event.kind is EventKind.CLOSED and event.detail.get("ground") == ClosedFor.ANSWERED:
        return None
    if event.kind is EventKind.TRANSFERRED and event.detail.get("contested"):
        return None
    return _BY_EVENT.get(event.kind)


def overdue_rung(event: CaseEvent) -> Mapping[str, object] | None:
    """The rung by which the 민원심사관 learnt that the legal period is over (영 §28②), or None."""
    also = event.detail.get("also")
    for rung in (event.detail, *(also if isinstance(also, list) else ())):
        if isinstance(rung, dict) and rung.get("to") == "inspector" and _is_legal(rung):
            return rung
    return None


def _is_legal(rung: Mapping[str, object]) -> bool:
    return rung.get("timer") == "legal"


@dataclass(frozen=True)
class PaperLink:
    """A paper of the case, for its list: `title` names the text."""

    seq: int
    title: str
    at: datetime


def papers_of(events: Sequence[CaseEvent]) -> tuple[PaperLink, ...]:
    """The papers that the log of a case calls for, newest first."""
    found = [(event, paper_kind(event)) for event in reversed(events)]
    return tuple(
        PaperLink(event.seq, title_of(kind, event), event.at) for event, kind in found if kind
    )


@dataclass(frozen=True)
class Line:
    """One row of a form: what it is called, and what stands there."""

    label: str
    value: str


@dataclass(frozen=True)
class Part:
    """A block of text under a heading."""

    heading: str
    text: str


@dataclass(frozen=True)
class Paper:
    """One paper, ready to be laid out. `form` is the number of the form of the rule, where there
    is one; `articles` what it rests on."""

    kind: PaperKind
    title: str
    form: str | None
    addressee: str
    lines: tuple[Line, ...]
    parts: tuple[Part, ...]
    sentence: str
    articles: str
    day: date
    signed: str
    sealed: bool
    holder: tuple[Line, ...]


@dataclass(frozen=True)
class Matter:
    """What a paper is made of: the event, what may be said of it, and how the case stood then."""

    event: CaseEvent
    facts: NoticeFacts
    petition_type: PetitionType
    received_at: datetime
    submitted_at: datetime
    petitioner: str
    """By name for those who may know it."""
    before: CaseEvent | None = None
    """The event before it: who had the case, and until when."""
    inspector: str | None = None
    period: str | None = None
    """How long the law gives, in words."""

    @property
    def objection(self) -> bool:
        """True for the decision on an objection."""
        return self.petition_type is PetitionType.OBJECTION

    @property
    def proposal(self) -> bool:
        """True for what lives under 국민 제안 규정."""
        return self.facts.kind is CaseKind.PROPOSAL


def title_of(kind: PaperKind, event: CaseEvent) -> str:
    """The text that names the paper."""
    if kind is not PaperKind.RESULT:
        return f"paper_title.{kind}"
    if event.petition_type is PetitionType.OBJECTION:
        return "paper_title.decision"
    ground = event.detail.get("ground")
    if event.kind is EventKind.CLOSED and ground != ClosedFor.ANSWERED_WITH:
        return f"paper_title.closed_{ground}"
    return f"paper_title.{event.kind}" if event.kind is EventKind.DECLINED else "paper_title.result"


def paper_of(matter: Matter, wording: Wording) -> Paper:
    """The paper of `matter`. Raises KeyError for an event that calls for none."""
    kind = paper_kind(matter.event)
    if kind is None:
        raise KeyError(matter.event.kind)
    title = title_of(kind, matter.event)
    dunning = kind is PaperKind.DUNNING
    return Paper(
        kind=kind,
        title=wording.t(title),
        form=wording.t(f"paper_form.{kind}") if wording.has(f"paper_form.{kind}") else None,
        addressee=_addressee(matter, wording, dunning=dunning),
        lines=(*_common(matter, wording), *_LINES[kind](matter, wording)),
        parts=tuple(part for part in _PARTS[kind](matter, wording) if part.text),
        sentence=wording.t(f"paper_says.{title.partition('.')[2]}"),
        articles=wording.t(_articles(kind, matter)),
        day=matter.event.at.astimezone(SEOUL).date(),
        signed=_signed(matter, wording, kind),
        sealed=not dunning,
        holder=() if dunning else _holder(matter, wording),
    )


def _addressee(matter: Matter, wording: Wording, *, dunning: bool) -> str:
    if dunning:
        return wording.t("paper.to_head", department=_department(matter, wording))
    return wording.t("paper.to", name=matter.petitioner)


def _department(matter: Matter, wording: Wording) -> str:
    return matter.facts.holder.department.in_language(wording.language)


def _signed(matter: Matter, wording: Wording, kind: PaperKind) -> str:
    """행정기관의 장; of a transfer the one that had the case."""
    if kind is PaperKind.DUNNING:
        return wording.t("paper.inspector", name=matter.inspector or "").strip()
    sender = matter.before if kind is PaperKind.TRANSFER and matter.before else matter.event
    agency = agencies().get(sender.agency or "") or agencies()[CITY]
    return agency.head(korean=wording.korean)


def _holder(matter: Matter, wording: Wording) -> tuple[Line, ...]:
    """소속·성명·연락처 (영 §31)."""
    holder = matter.facts.holder
    return (
        Line(wording.t("paper.department"), _department(matter, wording)),
        Line(wording.t("paper.officer"), holder.officer or wording.t("paper.not_named")),
        Line(wording.t("paper.phone"), holder.phone or wording.t("paper.not_named")),
    )


def _common(matter: Matter, wording: Wording) -> tuple[Line, ...]:
    facts = matter.facts
    waited = matter.submitted_at < matter.received_at
    arrived = Line(wording.t("paper.submitted"), wording.when(matter.submitted_at))
    return (
        Line(wording.t("paper.number"), facts.number),
        *((arrived,) if waited else ()),
        Line(wording.t("paper.received"), wording.when(matter.received_at)),
        Line(wording.t("paper.matter"), facts.item.in_language(wording.language)),
        Line(wording.t("paper.type"), wording.code("petition_type", matter.petition_type)),
    )


def _extension(matter: Matter, wording: Wording) -> tuple[Line, ...]:
    before = matter.before.legal_due_at if matter.before else None
    due = matter.event.legal_due_at
    nth = "paper.second" if matter.event.detail.get("consent") else "paper.first"
    return (
        Line(wording.t("paper.period"), matter.period or "-"),
        Line(wording.t("paper.due_before"), wording.when(before) if before else "-"),
        Line(
            wording.t("paper.extended_by"),
            wording.t(nth, days=wording.t("note.days", n=matter.facts.days)),
        ),
        Line(wording.t("paper.due_after"), wording.when(due) if due else "-"),
        Line(wording.t("paper.ground"), _ground(matter, wording)),
    )


def _ground(matter: Matter, wording: Wording) -> str:
    ground = matter.facts.ground
    return ground.in_language(wording.language) if ground else "-"


def _progress(matter: Matter, wording: Wording) -> tuple[Line, ...]:
    due = matter.facts.due_at or matter.event.legal_due_at
    return (
        Line(wording.t("paper.state"), wording.state(matter.event.state)),
        Line(wording.t("paper.due"), wording.when(due) if due else wording.t("queue.no_due")),
    )


def _supplement(matter: Matter, wording: Wording) -> tuple[Line, ...]:
    until = matter.facts.until
    days = wording.t("note.days", n=matter.facts.days) if matter.facts.days else "-"
    return (
        Line(wording.t("paper.supplement_period"), days),
        Line(wording.t("paper.supplement_until"), wording.when(until) if until else "-"),
        Line(
            wording.t("paper.supplement_which"),
            wording.t("paper.again" if matter.facts.again else "paper.once"),
        ),
    )


def _transfer(matter: Matter, wording: Wording) -> tuple[Line, ...]:
    source = matter.before.department if matter.before else None
    due = matter.facts.due_at
    elsewhere = bool(matter.event.detail.get("received_at"))
    return (
        Line(wording.t("paper.transfer_from"), wording.department(source)),
        Line(wording.t("paper.transfer_to"), wording.department(matter.event.department)),
        Line(wording.t("paper.transferred_at"), wording.when(matter.event.at)),
        Line(wording.t("paper.due"), wording.when(due) if due else wording.t("queue.no_due")),
        Line(
            wording.t("paper.counting"),
            wording.t("paper.counts_anew" if elsewhere else "paper.counts_on"),
        ),
    )


def _dunning(matter: Matter, wording: Wording) -> tuple[Line, ...]:
    rung = overdue_rung(matter.event) or {}
    due = matter.event.legal_due_at
    if rung.get("due_at"):
        due = datetime.fromisoformat(str(rung["due_at"]))
    return (
        Line(wording.t("paper.period"), matter.period or "-"),
        Line(wording.t("paper.due"), wording.when(due) if due else "-"),
        Line(wording.t("paper.late"), wording.span(matter.event.at - due) if due else "-"),
        Line(wording.t("paper.responsible"), _department(matter, wording)),
        Line(
            wording.t("paper.officer"),
            matter.facts.holder.officer or wording.t("paper.not_named"),
        ),
    )


def _result(matter: Matter, wording: Wording) -> tuple[Line, ...]:
    lines = [
        Line(wording.t("paper.done"), wording.when(matter.event.at)),
        Line(wording.t("paper.outcome"), _outcome(matter, wording)),
    ]
    if matter.event.kind is EventKind.DECLINED:
        lines.append(Line(wording.t("paper.ground"), _ground(matter, wording)))
    return tuple(lines)


def _outcome(matter: Matter, wording: Wording) -> str:
    ground = matter.event.detail.get("ground")
    return outcome_said(matter.event.kind, str(ground) if ground else None, wording)


def outcome_said(kind: EventKind, ground: str | None, wording: Wording) -> str:
    """How the case ended, in the words of the register."""
    if kind is EventKind.CLOSED and ground:
        return wording.t("outcome.closed", ground=wording.code("closed_for", ground))
    return wording.code("outcome", kind)


_LINES: Mapping[PaperKind, Callable[[Matter, Wording], tuple[Line, ...]]] = {
    PaperKind.EXTENSION: _extension,
    PaperKind.PROGRESS: _progress,
    PaperKind.DUNNING: _dunning,
    PaperKind.SUPPLEMENT: _supplement,
    PaperKind.TRANSFER: _transfer,
    PaperKind.RESULT: _result,
}


def _reason(matter: Matter, wording: Wording) -> tuple[Part, ...]:
    return (Part(wording.t("paper.reason"), matter.facts.reason),)


def _nothing(matter: Matter, wording: Wording) -> tuple[Part, ...]:
    return ()


def _asked_for(matter: Matter, wording: Wording) -> tuple[Part, ...]:
    return (
        Part(wording.t("paper.missing"), matter.facts.content),
        Part(wording.t("paper.mind"), wording.t("paper.supplement_mind")),
    )


def _answer(matter: Matter, wording: Wording) -> tuple[Part, ...]:
    facts = matter.facts
    refused = matter.facts.until is not None or matter.event.kind in REFUSALS
    heading = wording.t("paper.refusal_reason" if refused else "paper.answer")
    return (
        Part(heading, facts.answer),
        Part(wording.t("paper.reason"), facts.reason),
        Part(wording.t("paper.remedy"), _remedy(matter, wording)),
    )


def _remedy(matter: Matter, wording: Wording) -> str:
    """구제절차 (법 §27③, 영 §40②): what the officer wrote, and what the law gives anyway."""
    facts, said = matter.facts, [matter.facts.remedy]
    disposed = facts.until is not None or matter.event.kind in REFUSALS
    if matter.proposal and disposed:
        return "\n".join([*filter(None, said), wording.t("remedy.proposal")])
    if facts.until is not None:
        statutory = matter.petition_type is PetitionType.STATUTORY
        key = "remedy.objection_statutory" if statutory else "remedy.objection"
        said.append(wording.t(key, until=wording.when(facts.until)))
    if disposed:
        said.append(wording.t("remedy.after_objection" if matter.objection else "remedy.appeal"))
    return "\n".join(filter(None, said))


_PARTS: Mapping[PaperKind, Callable[[Matter, Wording], tuple[Part, ...]]] = {
    PaperKind.EXTENSION: _reason,
    PaperKind.PROGRESS: _nothing,
    PaperKind.DUNNING: _nothing,
    PaperKind.SUPPLEMENT: _asked_for,
    PaperKind.TRANSFER: _nothing,
    PaperKind.RESULT: _answer,
}


def _articles(kind: PaperKind, matter: Matter) -> str:
    """The text that names what the paper rests on."""
    event = matter.event
    if kind is PaperKind.EXTENSION:
        old = (event.rule_pack or "") < EXTENSION_FORBIDDEN_SINCE
        which = "objection" if matter.objection else "before_2026" if old else "extension"
        return f"paper_article.{which}"
    if matter.proposal and kind in OF_PROPOSALS:
        return f"paper_article.proposal_{kind}"
    if kind is PaperKind.RESULT:
        return f"paper_article.{title_of(kind, event).partition('.')[2]}"
    return f"paper_article.{kind}"
