"""What somebody may do to a case now: the table's rows, less those that the law rules out."""

from datetime import datetime

from rules.book import RuleBook
from rules.lawfulness import Asked, Circumstances, not_offered
from rules.transitions import Transition, allowed_actions, refusal
from schema.commands import Command, RefusalCode
from schema.events import Actor
from storage.cases import snapshot_of
from web.opened import OpenedCase


def offered(
    opened: OpenedCase, book: RuleBook, *, actor: Actor, at: datetime
) -> tuple[Transition, ...]:
    """The acts to offer, in the table's order: state, role and department allow them, and so do
    the conditions that depend on the case alone."""
    case, around = opened.case, opened.around
    if case is None or around is None:
        return ()
    facts = opened.facts
    snapshot = snapshot_of(case, joined=facts.joined)
    law = book.law(around.calendar)
    asked = Asked(facts, at, actor, {}, Circumstances(law=law, reachable=around.reachable))

    def _may(row: Transition) -> bool:
        command = Command(
            request_id="offer", case=case.number, action=row.action, actor=actor, at=at
        )
        no = refusal(snapshot, command)
        return no is None or no.code is RefusalCode.MISSING_FIELD

    rows = allowed_actions(case.state, actor.role)
    return tuple(row for row in rows if _may(row) and not_offered(row, asked) is None)
