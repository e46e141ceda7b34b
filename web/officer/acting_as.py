"""By which duty somebody acts on a case: the own one, else that of an absent person (대리)."""

from datetime import datetime

from rules.book import RuleBook
from rules.rights import Right, holding
from rules.transitions import TRANSITIONS, Transition, refusal
from schema.audit import AuditKind, AuditNote, Doer
from schema.codes import Action
from schema.commands import Command, RefusalCode
from schema.events import Actor
from storage.audit import note_alone
from storage.cases import snapshot_of
from web.offered import offered
from web.opened import OpenedCase
from web.sign_in import Staff
from web.site import Site

OF_THE_DUTY = frozenset({RefusalCode.NOT_THIS_ROLE, RefusalCode.NOT_YOUR_DEPARTMENT})
"""Refusals that another duty of the same person may not meet with."""


def actors_of(staff: Staff) -> tuple[Actor, ...]:
    """Whom an event can name: the person in each of the duties that let it act, own ones first."""
    held = sorted(holding(staff.duties, Right.ACT), key=lambda duty: duty.instead_of is not None)
    return tuple(
        Actor(
            role=duty.role,
            department=duty.department,
            account=staff.account.login,
            instead_of=duty.instead_of,
        )
        for duty in held
    )


def actor_for(staff: Staff, opened: OpenedCase, action: Action, at: datetime) -> Actor:
    """The person in the first duty that role and department allow `action` by; where none does in
    the first of all, which the refusal then speaks of."""
    assert opened.case is not None
    snapshot = snapshot_of(opened.case, joined=opened.facts.joined)
    actors = actors_of(staff)
    for actor in actors:
        command = Command(request_id="ask", case=opened.number, action=action, actor=actor, at=at)
        no = refusal(snapshot, command)
        if no is None or no.code not in OF_THE_DUTY:
            return actor
    return actors[0]


def offered_to(
    staff: Staff, opened: OpenedCase, book: RuleBook, at: datetime
) -> tuple[Transition, ...]:
    """The acts that any duty of the person offers, in the table's order."""
    rows = {
        row.action
        for actor in actors_of(staff)
        for row in offered(opened, book, actor=actor, at=at)
    }
    return tuple(row for action, row in TRANSITIONS.items() if action in rows)


async def note_deputy(site: Site, staff: Staff, number: str, action: Action, actor: Actor) -> None:
    """Keep in the audit log that somebody acted for an absent person."""
    if actor.instead_of is None:
        return
    doer = Doer(
        account=actor.account,
        role=actor.role,
        instead_of=actor.instead_of,
        address=staff.address,
    )
    entry = AuditNote(
        kind=AuditKind.ACTED_AS_DEPUTY,
        doer=doer,
        case=number,
        person=actor.instead_of,
        detail={"action": action},
    )
    await note_alone(site.store, entry)
