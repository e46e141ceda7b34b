"""The sheet of one case, as an officer reads it: everything about it on one screen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import HTTPException, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.organisation import agencies, departments
from rules.quality import Remark
from rules.rights import Right, departments_for
from rules.veil import veil
from schema.audit import AuditKind, Why
from schema.codes import Action, Role, TextKind, Visibility
from schema.commands import Refusal
from schema.messages import Recipient
from schema.numbers import is_receipt_number
from schema.party import Party
from schema.staff import Duty
from storage.audit import note_reading
from storage.commands import find_command
from storage.drafts import ActDraft, drafts_of
from storage.foreseeing import Foreseen
from storage.given_answers import given_answers
from storage.likely_same import likely_same
from storage.same_here import SAME_HERE
from storage.sealing import ErasedError
from storage.staff import Account, accounts_of
from storage.veil_choice import veils_words
from web.act_forms import Typed
from web.acts import Standing
from web.clocks import clock_panel, supplement_dues
from web.due import why_due
from web.evidence import evidence_panel, typed_plate
from web.filing import item_groups
from web.officer.acting_as import actor_for, offered_to
from web.officer.acts_shown import (
    draft_of,
    form_of,
    grouped_forms,
    with_refused,
    without_comment,
)
from web.officer.answering import templates_shown
from web.officer.case_notes import notes_of
from web.officer.decision import decision_of
from web.officer.likeness import likeness_said
from web.officer.papers import papers_of
from web.officer.reading import concerned_departments, may_read
from web.officer.undoing import undoing_for
from web.officer.veiling import veiled_lines
from web.opened import OpenedCase, find_shown, load_case
from web.sign_in import Staff
from web.site import Site, page, wording_of
from web.timeline import timeline
from web.wording import SEOUL, Wording

PETITION_TEXTS = (TextKind.PETITION, TextKind.AMENDMENT)


async def readable_case(site: Site, staff: Staff, number: str) -> OpenedCase:
    """The case with its log and texts; HTTPException 404 without one, 403 where it is another
    department's."""
    if not is_receipt_number(number):
        raise HTTPException(404)
    async with site.store.engine.connect() as conn:
        case = await find_shown(conn, number)
        if case is None:
            raise HTTPException(404)
        opened = await load_case(conn, site, case)
    if not may_read(staff, case, opened.events):
        raise HTTPException(403)
    return opened


def concerned(opened: OpenedCase) -> frozenset[str | None]:
    """The departments that the case is or was with, or that were asked about it."""
    assert opened.case is not None
    return concerned_departments(opened.case, opened.events)


def case_duty(staff: Staff, opened: OpenedCase) -> Duty | None:
    """The duty by which the person reads the case."""
    return staff.duty_on(Right.READ, concerned(opened))


async def read_case(site: Site, staff: Staff, number: str) -> OpenedCase:
    """As `readable_case`, for showing it: that it was read stands in the audit log."""
    opened = await readable_case(site, staff, number)
    await note_read(site, staff, opened)
    return opened


async def note_read(site: Site, staff: Staff, opened: OpenedCase) -> None:
    """Keep that the person reads the case, before it is shown."""
    doer = staff.doer(case_duty(staff, opened))
    await note_reading(site.store, doer, AuditKind.CASE_READ, case=opened.number)


@dataclass(frozen=True)
class Beside:
    """What a sheet shows beside the case: what became of an act, what was typed, what was opened.

    `typed` stays in its form. `recipient` and `party` are the petitioner, once opened for a reason;
    `why_fault` is what was wrong with the reason. Where what was typed was `looked` over,
    `foreseen` is what would come of it and `remarks` are what there is to say of its words;
    `held_back`: it was not sent because of them.
    """

    standing: Standing | None = None
    act: str | None = None
    refusal: Refusal | None = None
    typed: Typed | None = None
    recipient: Recipient | None = None
    party: Party | None = None
    why_fault: str | None = None
    looked: bool = False
    foreseen: Foreseen | None = None
    remarks: tuple[Remark, ...] = ()
    held_back: bool = False


async def case_page(
    request: Request,
    site: Site,
    staff: Staff,
    opened: OpenedCase,
    beside: Beside = Beside(),
    *,
    status: int = 200,
) -> Response:
    """The sheet of a case that the person may read."""
    case, wording, now = opened.case, wording_of(request), site.now()
    assert case is not None
    rows = with_refused(offered_to(staff, opened, site.book, now), beside.typed)
    texts = opened.texts or {}
    reach = departments_for(staff.duties, Right.READ)
    async with site.store.engine.connect() as conn:
        colleagues = await accounts_of(conn, case.department) if case.department else ()
        likely = await likely_same(conn, case)
        wish = await find_command(conn, case.number, SAME_HERE)
        given = await given_answers(conn, case, reach=reach)
        drafts = await _drafts(conn, site, staff, case.number)
        veils = await veils_words(conn, staff.account.login)
    lines = timeline(
        opened.events,
        texts,
        eyes=Visibility.INTERNAL,
        wording=wording,
        until=supplement_dues(opened, site.book),
    )
    if veils:
        lines = veiled_lines(opened.events, lines)
    groups = grouped_forms(
        rows,
        opened,
        site.book,
        now,
        wording,
        beside.typed,
        drafts,
        lambda action: actor_for(staff, opened, action, now),
    )
    return page(
        request,
        "staff/case.html",
        status=status,
        account=staff.account,
        staff=staff,
        case=case,
        opened=opened,
        facts=opened.facts,
        now=now,
        petition=[
            (text, veil(text.text) if veils else None)
            for text in texts.values()
            if text.kind in PETITION_TEXTS
        ],
        draft=draft_of(opened),
        evidence=evidence_panel(opened),
        plate=typed_plate(opened),
        wish=wish if wish is not None and wish.refusal is not None else None,
        may_confirm_plate=any(row.action is Action.CONFIRM_PLATE for row in rows),
        notes=notes_of(opened.events, lines, wording),
        as_executive=_comments_as_executive(staff, opened, now),
        given=given,
        templates=templates_shown(opened, staff, wording, now),
        beside=beside,
        why=why_due(opened, site.book, wording),
        panel=clock_panel(opened, site.book, now),
        decision=decision_of(case, wording),
        groups_of_acts=without_comment(groups),
        comment=form_of(groups, Action.COMMENT),
        colleagues=colleagues,
        officer=_name_of(opened.facts.officer, colleagues),
        departments=departments_by_agency(site, wording),
        papers=papers_of(opened.events),
        likely=likely,
        likeness_said=likeness_said,
        groups=item_groups(site, wording),
        may_open_contact=staff.duty_on(Right.CONTACT, concerned(opened)) is not None,
        whys=tuple(Why),
        why_fault=beside.why_fault,
        recipient=beside.recipient,
        party=beside.party,
        standing=beside.standing,
        undo=beside.act if await undoing_for(site, staff, opened, beside.act) else None,
        refusal=beside.refusal,
    )


async def _drafts(
    conn: AsyncConnection, site: Site, staff: Staff, number: str
) -> Mapping[Action, ActDraft]:
    try:
        return await drafts_of(conn, site.store, number, login=staff.account.login)
    except ErasedError:
        return {}


def _comments_as_executive(staff: Staff, opened: OpenedCase, at: datetime) -> bool:
    """True where what the person notes down is an executive's word (첨언)."""
    if not staff.may(Right.ACT):
        return False
    return actor_for(staff, opened, Action.COMMENT, at).role is Role.EXECUTIVE


def _name_of(login: str | None, colleagues: Sequence[Account]) -> str | None:
    """The person's name, or the login where the account is another department's by now."""
    return next((one.name for one in colleagues if one.login == login), login)


def departments_by_agency(site: Site, wording: Wording) -> list[tuple[str, list[tuple[str, str]]]]:
    """The departments in force today, as (agency, [(code, name)])."""
    today = site.now().astimezone(SEOUL).date()
    found: dict[str, list[tuple[str, str]]] = {}
    for code, row in departments(today).items():
        name = row.name_ko if wording.korean else row.name_en
        found.setdefault(row.agency, []).append((code, name))
    return [
        (agencies()[code].name_ko if wording.korean else agencies()[code].name_en, rows)
        for code, rows in found.items()
    ]
