"""What an act on many cases would do to each of them, before anything is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import JsonValue

from rules.book import RuleBook
from rules.consequences import Consequence, consequence, drawn_event
from rules.lawfulness import Asked, Circumstances
from rules.life import facts_after
from rules.transitions import TRANSITIONS, refusal
from schema.codes import Action, State
from schema.commands import Command, Refusal
from schema.events import Actor, CaseEvent
from storage.cases import snapshot_of
from web.officer.foretold import told_of
from web.opened import OpenedCase
from web.wording import Wording

BULK_ACTIONS = (Action.ASSIGN, Action.TRANSFER, Action.ANSWER)


@dataclass(frozen=True)
class Foreseen:
    """One case of the preview: `refusal`, or what the act does to owner, clock and petitioner."""

    opened: OpenedCase
    actor: Actor
    refusal: Refusal | None
    effects: tuple[str, ...] = ()


def foreseen(
    opened: OpenedCase,
    actor: Actor,
    action: Action,
    body: Mapping[str, JsonValue],
    *,
    book: RuleBook,
    now: datetime,
    wording: Wording,
) -> Foreseen:
    """What `action` would do to the case, judged by the rules that will record it."""
    case, around = opened.case, opened.around
    assert case is not None
    assert around is not None
    command = Command(
        request_id="foreseen", case=case.number, action=action, actor=actor, at=now, detail=body
    )
    facts = opened.facts
    no = refusal(snapshot_of(case, joined=facts.joined), command)
    if no is not None:
        return Foreseen(opened, actor, no)
    circumstances = Circumstances(law=book.law(around.calendar), reachable=around.reachable)
    asked = Asked(facts, now, actor, command.detail, circumstances)
    done = consequence(TRANSITIONS[action], asked)
    if isinstance(done, Refusal):
        return Foreseen(opened, actor, done)
    return Foreseen(opened, actor, None, _effects(opened, command, done, book, wording))


def _effects(
    opened: OpenedCase, command: Command, done: Consequence, book: RuleBook, wording: Wording
) -> tuple[str, ...]:
    case = opened.case
    assert case is not None
    event = drawn_event(
        opened.facts,
        command,
        done,
        seq=case.seq + 1,
        channel=case.channel,
        recorded_at=command.at.astimezone(UTC),
    )
    told = told_of(
        TRANSITIONS[command.action], opened, wording, actor=command.actor, now=command.at
    )
    return (*_owner(opened, event, wording), *_clock(opened, event, book, wording), told)


def _owner(opened: OpenedCase, event: CaseEvent, wording: Wording) -> list[str]:
    facts, said = opened.facts, []
    if event.department != facts.department:
        before, after = wording.department(facts.department), wording.department(event.department)
        said.append(wording.t("bulk.moves", before=before, after=after))
    if event.state is not facts.state:
        said.append(wording.t("bulk.becomes", state=wording.state(event.state)))
    if facts.reporters and event.state is State.ANSWERED:
        said.append(wording.t("bulk.reporters", n=len(facts.reporters)))
    return said


def _clock(opened: OpenedCase, event: CaseEvent, book: RuleBook, wording: Wording) -> Sequence[str]:
    around, case = opened.around, opened.case
    assert around is not None
    assert case is not None
    if event.state is State.ANSWERED:
        return (wording.t("bulk.clock_ends"),)
    after = facts_after(opened.facts, event)
    clocks = book.clocks(after, around.calendar, reporters=tuple(around.reporters.values()))
    due = clocks.legal_due_at or clocks.target_due_at
    if due is None or due == case.due_at():
        return (wording.t("bulk.clock_same"),)
    return (wording.t("bulk.clock_moves", at=wording.when(due)),)
