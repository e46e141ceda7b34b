"""Volunteer hours of whoever has shown a telephone: what counts, what it makes, asking for it."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Request, Response
from pydantic import ValidationError

from rules.credits import CreditRules, credit_rules
from schema.model import Frozen
from schema.plain_text import plain_text
from storage.credits import (
    Credit,
    NothingToAskForError,
    Volunteer,
    bring_up_to_date,
    credit_of,
    request_credit,
)
from storage.phone_sessions import PhoneSession, phone_in_session
from web.citizen.my_pages import SESSION_COOKIE
from web.site import Site, SiteHere, page, see

router = APIRouter(include_in_schema=False)

PATH = "/my/credits"
"""Below «my petitions», whose session it is opened with."""


class CreditForm(Frozen):
    """What is asked for with the hours. `request_id` is of the page: sent twice, it is one."""

    request_id: str = ""
    name: str = ""
    member: str = ""
    consent: str = ""


@dataclass(frozen=True)
class Day:
    """One day of the ledger."""

    day: date
    reports: int
    counted: int
    hours: int


@router.get("/credits")
async def credits_from_anywhere() -> Response:
    """The address that is told; the page lies where the session of the telephone is."""
    return see(PATH)


@router.get(PATH)
async def show(request: Request, site: SiteHere) -> Response:
    """Reports and hours by day, what may be asked for, what was asked for."""
    session = await _session(request, site)
    if session is None:
        return see("/my")
    return await _page(request, site, session)


@router.post(PATH)
async def ask(request: Request, site: SiteHere, form: Annotated[CreditForm, Form()]) -> Response:
    """Ask for every whole hour that was not asked for yet."""
    session = await _session(request, site)
    if session is None:
        return see("/my")
    faults = _faults(form)
    if faults:
        return await _page(request, site, session, form=form, faults=faults, status=422)
    try:
        async with site.store.engine.begin() as conn:
            await request_credit(
                conn,
                site.store,
                session.phone_hash,
                request_id=UUID(form.request_id),
                volunteer=Volunteer(name=plain_text(form.name), member=plain_text(form.member)),
                at=site.now(),
            )
    except NothingToAskForError:
        return await _page(
            request, site, session, form=form, faults={"hours": "credits.nothing"}, status=409
        )
    return see(PATH)


def _faults(form: CreditForm) -> dict[str, str]:
    """What is lacking, by field."""
    faults = {}
    try:
        UUID(form.request_id)
    except ValueError:
        faults["hours"] = "credits.send_again"
    for field, said in (("name", form.name), ("member", form.member)):
        if not _is_usable(plain_text(said)):
            faults[field] = f"credits.{field}_fault"
    if form.consent != "yes":
        faults["consent"] = "credits.consent_fault"
    return faults


def _is_usable(said: str) -> bool:
    try:
        Volunteer(name=said, member=said)
    except ValidationError:
        return False
    return True


async def _page(
    request: Request,
    site: Site,
    session: PhoneSession,
    *,
    form: CreditForm | None = None,
    faults: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    async with site.store.engine.begin() as conn:
        await bring_up_to_date(conn, session.phone_hash)
        credit = await credit_of(conn, session.phone_hash)
    rules = credit_rules()
    return page(
        request,
        "citizen/credits.html",
        status=status,
        credit=credit,
        days=days_of(credit, rules),
        rules=rules,
        form=form or CreditForm(),
        faults=faults or {},
        request_id=str(uuid4()),
        until=session.expires_at,
    )


def days_of(credit: Credit, rules: CreditRules) -> list[Day]:
    """The ledger by day, the newest first."""
    return [
        Day(
            day=day,
            reports=credit.reports[day],
            counted=min(max(credit.reports[day], 0), rules.most_reports_a_day),
            hours=credit.hours.get(day, 0),
        )
        for day in sorted(credit.reports, reverse=True)
    ]


async def _session(request: Request, site: Site) -> PhoneSession | None:
    token = request.cookies.get(SESSION_COOKIE)
    if not token:
        return None
    async with site.store.engine.connect() as conn:
        return await phone_in_session(conn, token, site.now())
