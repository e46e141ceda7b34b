"""Cases for staff's programs: list, show, act; sessions for those who do not use HTTP Basic."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, Field

from schema.audit import AuditKind
from schema.codes import Action, State, TextKind, Visibility
from schema.commands import Refusal
from schema.deadlines import Step
from schema.events import CaseEvent
from schema.model import Frozen
from schema.numbers import is_receipt_number
from schema.submission import Attachment
from storage.audit import note_reading
from storage.cases import Case
from storage.desk import QueueFilter, queue
from storage.linked_cases import LinkedCase
from storage.sessions import Means, close_session
from storage.staff import Account
from web.acts import ActBody, OnItsWay, act_body, foreign_fields
from web.clocks import ClockView, clocks_of
from web.officer.acting_as import actor_for, note_deputy, offered_to
from web.officer.answering import held_back, personal_data
from web.officer.case_sheet import case_duty
from web.officer.queue_query import horizon_at
from web.officer.reading import (
    PAGE_LENGTH,
    cursor_after,
    departments_to_read,
    may_read,
    place_at,
    reads_beyond_own,
)
from web.officer.sign_in_pages import origin_of
from web.opened import OpenedCase, find_shown, load_case
from web.passwords import TooManyTriesError
from web.problems import ProblemError, ProblemView, no_such_case, refused, wrong_fields
from web.sign_in import (
    Staff,
    StaffInApi,
    not_signed_in,
    too_many_tries,
)
from web.site import Site, SiteHere
from web.timeline import answer_of

router = APIRouter(prefix="/api/v1", tags=["staff"])

Responses = dict[int | str, dict[str, Any]]
NOT_SIGNED_IN: Responses = {401: {"model": ProblemView}, 429: {"model": ProblemView}}
NOT_READABLE: Responses = {
    **NOT_SIGNED_IN,
    403: {"model": ProblemView},
    404: {"model": ProblemView},
}


class Credentials(Frozen):
    """A local account's login and password."""

    login: str = Field(max_length=60)
    password: str = Field(max_length=200)


class SessionView(Frozen):
    """A session: send `Authorization: Bearer <token>`."""

    token: str
    expires_at: AwareDatetime
    account: Account


class CasePage(Frozen):
    """Cases by their nearest clock (`turn_at`); `next` is the cursor of the next page, or null."""

    cases: tuple[Case, ...]
    next: str | None


class TextView(Frozen):
    """A stored text. Events name it by id."""

    id: str
    kind: TextKind
    text: str
    hidden: bool
    created_at: AwareDatetime


class CaseView(Frozen):
    """One case whole, for staff. `clocks` are those that run, `used` the share of their counted
    time; `steps` say how the legal due was counted; `reporters` are the cases merged into it."""

    case: Case
    events: tuple[CaseEvent, ...]
    texts: tuple[TextView, ...]
    attachments: tuple[Attachment, ...]
    answer: str | None
    allowed_actions: tuple[Action, ...]
    clocks: tuple[ClockView, ...]
    steps: tuple[Step, ...]
    linked: tuple[LinkedCase, ...]
    reporters: tuple[str, ...]


@router.post(
    "/session",
    status_code=201,
    summary="Sign in",
    responses={401: {"model": ProblemView}, 429: {"model": ProblemView}},
)
async def sign_in(request: Request, site: SiteHere, credentials: Credentials) -> SessionView:
    """A session token for a local account."""
    if not site.local_sign_in:
        raise not_signed_in()
    try:
        origin = origin_of(request, Means.PROGRAM)
        opened = await site.sign_in.session(credentials.login, credentials.password, origin)
    except TooManyTriesError:
        raise too_many_tries() from None
    if opened is None:
        raise not_signed_in()
    account, session = opened
    return SessionView(token=session.token, expires_at=session.expires_at, account=account)


@router.delete("/session", status_code=204, summary="Sign out", responses=NOT_SIGNED_IN)
async def sign_out(request: Request, site: SiteHere, staff: StaffInApi) -> None:
    """Close the session of the bearer token."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        async with site.store.engine.begin() as conn:
            await close_session(conn, token.strip())


@router.get(
    "/cases",
    summary="Open cases by their nearest clock",
    responses={**NOT_SIGNED_IN, 403: {"model": ProblemView}},
)
async def cases(
    site: SiteHere,
    staff: StaffInApi,
    department: str | None = None,
    state: Annotated[list[State] | None, Query()] = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = PAGE_LENGTH,
) -> CasePage:
    """Open cases of `department`; without it all that the account may see."""
    try:
        asked = department or ("all" if reads_beyond_own(staff) else None)
        departments = departments_to_read(staff, asked)
        place = place_at(cursor)
    except PermissionError:
        raise not_your_department() from None
    except ValueError:
        raise ProblemError(
            422,
            "wrong_field",
            "department나 cursor 값이 올바르지 않습니다.",
            "There is no such department, or the cursor is not one of ours.",
        ) from None
    async with site.store.engine.connect() as conn:
        found = await queue(
            conn,
            QueueFilter(departments=departments, states=tuple(state) if state else None),
            horizon_at(site),
            after=place,
            limit=limit,
        )
    return CasePage(cases=found, next=cursor_after(found, limit))


@router.get("/cases/{number}", summary="One case", responses=NOT_READABLE)
async def case(site: SiteHere, staff: StaffInApi, number: str) -> CaseView:
    """The case, its whole log and texts, and what the caller may do to it."""
    opened, found = await _readable(site, staff, number)
    doer = staff.doer(case_duty(staff, opened))
    await note_reading(site.store, doer, AuditKind.CASE_READ, case=number)
    texts, around, now = opened.texts or {}, opened.around, site.now()
    assert around is not None
    explained = site.book.explained(opened.facts, around.calendar)
    rows = offered_to(staff, opened, site.book, now)
    return CaseView(
        case=found,
        events=opened.events,
        texts=tuple(
            TextView(
                id=str(text.id),
                kind=text.kind,
                text=text.text,
                hidden=text.hidden,
                created_at=text.created_at,
            )
            for text in texts.values()
        ),
        attachments=opened.attachments,
        answer=answer_of(opened.events, texts, eyes=Visibility.INTERNAL),
        allowed_actions=tuple(row.action for row in rows),
        clocks=clocks_of(opened, site.book, now),
        steps=explained.steps if explained else (),
        linked=around.links,
        reporters=tuple(sorted(opened.facts.reporters)),
    )


@router.post(
    "/cases/{number}/actions/{action}",
    summary="Act on a case",
    response_model=CaseEvent,
    responses={**NOT_READABLE, 202: {"model": OnItsWay}, 409: {"model": Refusal}},
)
async def act(
    site: SiteHere, staff: StaffInApi, number: str, action: Action, body: ActBody
) -> Response:
    """Do `action` once for this `request_id`: 200 the event, 202 stored and on its way, 409 the
    refusal with its article."""
    opened, _ = await _readable(site, staff, number)
    if foreign := foreign_fields(action, body):
        raise wrong_fields(foreign)
    if remarks := await held_back(site, staff, opened, action, body):
        return refused(personal_data(remarks))
    now = site.now()
    actor = actor_for(staff, opened, action, now)
    acted = await site.acting.act(
        number,
        action,
        request_id=body.request_id,
        actor=actor,
        at=now,
        body=act_body(action, body),
    )
    if acted.refusal is not None:
        return refused(acted.refusal)
    await note_deputy(site, staff, number, action, actor)
    if acted.event is None:
        return JSONResponse(OnItsWay(request_id=body.request_id).model_dump(), status_code=202)
    return JSONResponse(acted.event.model_dump(mode="json"))


async def _readable(site: Site, staff: Staff, number: str) -> tuple[OpenedCase, Case]:
    if not is_receipt_number(number):
        raise no_such_case()
    async with site.store.engine.connect() as conn:
        found = await find_shown(conn, number)
        if found is None:
            raise no_such_case()
        opened = await load_case(conn, site, found)
    if not may_read(staff, found, opened.events):
        raise not_your_department()
    return opened, found


def not_your_department() -> ProblemError:
    """403: the case or queue of another department."""
    return ProblemError(
        403,
        "not_your_department",
        "다른 부서의 민원은 볼 수 없습니다.",
        "Cases of another department are not shown to you.",
    )
