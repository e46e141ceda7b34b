"""What an officer writes with: templates that fit, and what is said of a text before it goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from fastapi import Request

from rules.quality import Remark, looked_over
from rules.reply_templates import filled, templates_for
from rules.rights import Right, departments_for
from rules.transitions import TRANSITIONS, fields_of
from schema.codes import Action, TextKind
from schema.commands import Refusal, RefusalCode
from storage.cases import party_of, petitioner_of
from storage.given_answers import given_answers
from storage.sealing import ErasedError
from storage.staff import accounts_of
from web.act_forms import Typed, read_by_petitioner
from web.acts import ActBody, ActForm
from web.officer.acting_as import offered_to
from web.officer.acts_shown import draft_of
from web.opened import OpenedCase
from web.sign_in import Staff
from web.site import Site, wording_of
from web.wording import SEOUL, Wording

ANSWERS = (Action.ANSWER, Action.SUBMIT_ANSWER, Action.REFUSE)
"""Acts whose text is an answer, looked over for all that an answer should have."""


@dataclass(frozen=True)
class TemplateShown:
    """A template filled for the case."""

    name: str
    title: str
    text: str


def templates_shown(
    opened: OpenedCase, staff: Staff, wording: Wording, now: datetime
) -> tuple[TemplateShown, ...]:
    """The templates for the case, those made for it first."""
    case = opened.case
    assert case is not None
    values = _values(opened, staff, wording, now)
    return tuple(
        TemplateShown(
            name=one.name,
            title=one.title_ko if wording.korean else one.title_en,
            text=filled(one, values),
        )
        for one in templates_for(case.item, case.department)
    )


def _values(opened: OpenedCase, staff: Staff, wording: Wording, now: datetime) -> Mapping[str, str]:
    case = opened.case
    assert case is not None
    due = case.due_at()
    return {
        "number": case.number,
        "item": wording.item(case.item),
        "department": wording.department(case.department),
        "officer": staff.account.name,
        "phone": staff.account.phone or wording.phone(case.department) or "",
        "received": wording.day_of(case.received_at or case.submitted_at),
        "due": wording.when(due) if due else "",
        "today": wording.day(now.astimezone(SEOUL).date()),
        "place": opened.address or case.dong or "",
    }


async def begun_with(
    request: Request,
    site: Site,
    staff: Staff,
    opened: OpenedCase,
    *,
    template: str | None,
    like: str | None,
) -> Typed | None:
    """The form of the answer, begun with a template or with another case's masked answer; None
    where neither is asked for, or nobody here may answer now."""
    now, text = site.now(), None
    if template is not None:
        shown = templates_shown(opened, staff, wording_of(request), now)
        text = next((one.text for one in shown if one.name == template), None)
    elif like is not None and opened.case is not None:
        reach = departments_for(staff.duties, Right.READ)
        async with site.store.engine.connect() as conn:
            given = await given_answers(conn, opened.case, reach=reach)
        text = next((one.answer for one in given if one.number == like), None)
    offered = {row.action for row in offered_to(staff, opened, site.book, now)}
    action = next((one for one in ANSWERS if one in offered), None)
    if text is None or action is None:
        return None
    return Typed(action, ActForm(request_id="begun", text=text))


async def remarks_on(
    site: Site, staff: Staff, opened: OpenedCase, action: Action, body: ActBody
) -> tuple[Remark, ...]:
    """What there is to say of the texts that the petitioner would read: everything of an answer, of
    any other text whether it holds somebody's personal data."""
    row = TRANSITIONS[action]
    typed = body.model_dump(exclude_none=True)
    names = [name for name in fields_of(action) if read_by_petitioner(row, name)]
    texts = {name: str(typed[name]) for name in names if typed.get(name)}
    if action is Action.APPROVE_ANSWER:
        texts["text"] = draft_of(opened) or ""
    if not texts:
        return ()
    own = await _own(site, staff, opened)
    found: list[Remark] = []
    for name, text in texts.items():
        remarks = looked_over(text, petition=_asked(opened), own=own)
        whole = action in (*ANSWERS, Action.APPROVE_ANSWER) and name == "text"
        found += [one for one in remarks if whole or one.holds_back]
    return tuple(found)


def _asked(opened: OpenedCase) -> str:
    asked = (TextKind.PETITION, TextKind.AMENDMENT, TextKind.QUESTION)
    return "\n".join(one.text for one in (opened.texts or {}).values() if one.kind in asked)


async def _own(site: Site, staff: Staff, opened: OpenedCase) -> frozenset[str]:
    """What is nobody else's data: the petitioner's own, and that of whoever answers. It is compared
    with, never shown."""
    case = opened.case
    assert case is not None
    found = {staff.account.name, staff.account.phone}
    async with site.store.engine.connect() as conn:
        if case.department:
            for one in await accounts_of(conn, case.department):
                found |= {one.name, one.phone}
        try:
            contact = (await petitioner_of(conn, site.store, case.number)).contact
            party = await party_of(conn, site.store, case.number)
        except ErasedError:
            return frozenset(one for one in found if one)
    found |= {contact.name, contact.phone, contact.email}
    for person in (party.principal, *party.representatives):
        if person is not None:
            found |= {person.name, person.phone}
    return frozenset(one for one in found if one)


async def held_back(
    site: Site, staff: Staff, opened: OpenedCase, action: Action, body: ActBody
) -> tuple[Remark, ...]:
    """What keeps the act from being done until its sender confirms it; nothing once that is so.
    Whoever approves an answer reads what its writer confirmed."""
    if body.confirmed or action is Action.APPROVE_ANSWER:
        return ()
    remarks = await remarks_on(site, staff, opened, action, body)
    return remarks if any(one.holds_back for one in remarks) else ()


def personal_data(remarks: tuple[Remark, ...]) -> Refusal:
    """The refusal that a program gets: what was found, and how it goes out nevertheless."""
    found = ", ".join(one.words for one in remarks if one.holds_back)
    return Refusal(
        code=RefusalCode.PERSONAL_DATA,
        message_ko=f"다른 사람의 개인정보로 보이는 내용이 있습니다: {found}. "
        "지우거나, 보내도 된다면 confirmed를 true로 하여 다시 보내 주세요.",
        message_en=f"It seems to hold somebody else's personal data: {found}. Take it out, or send "
        "it again with confirmed: true.",
        article="개인정보 보호법 §18",
    )
