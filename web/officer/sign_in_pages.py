"""Signing in by password or by the sign-on service, signing out, and how long a session lasts."""

from datetime import datetime
from typing import Annotated

import structlog
from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import JSONResponse

from rules.sign_on import mapped, sign_on_mapping
from schema.audit import AuditKind, AuditNote, Doer
from storage.audit import note, note_alone
from storage.sessions import Means, Origin, Session, close_session, open_session, touch_session
from storage.sign_on import Sent, StrangerError, account_of, keep_attempt, take_attempt
from web.officer.own_form import check_own
from web.passwords import TooManyTriesError
from web.sign_in import SESSION_COOKIE, StaffHere
from web.sign_on import (
    Attempt,
    SignOn,
    SignOnAwayError,
    SignOnRefusedError,
    browser_mark,
)
from web.site import Site, SiteHere, address_of, page, see

router = APIRouter(prefix="/staff", include_in_schema=False)
log = structlog.get_logger(__name__)

BROWSER_COOKIE = "minwon_sign_on"
BROWSER_PATH = "/staff/sign-in"


@router.get("/sign-in")
async def sign_in_form(request: Request, site: SiteHere, next: str = "/staff") -> Response:
    """Ask for login and password, or offer the sign-on service."""
    return _sign_in_page(request, site, next=next)


@router.post("/sign-in")
async def sign_in(
    request: Request,
    site: SiteHere,
    login: Annotated[str, Form(max_length=60)] = "",
    password: Annotated[str, Form(max_length=200)] = "",
    next: Annotated[str, Form(max_length=400)] = "/staff",
) -> Response:
    """Open a session and go on to the page that was wanted."""
    if not site.local_sign_in:
        raise HTTPException(403)
    fault, status = "sign_in.wrong", 401
    try:
        origin = origin_of(request, Means.PASSWORD)
        opened = await site.sign_in.session(login.strip(), password, origin)
    except TooManyTriesError:
        fault, status, opened = "sign_in.too_many", 429, None
    if opened is None:
        return _sign_in_page(request, site, next=next, fault=fault, status=status, login=login)
    return _signed_in(site, opened[1], next)


def origin_of(request: Request, means: Means) -> Origin:
    """Where a session comes from."""
    agent = request.headers.get("user-agent")
    return Origin(means=means, address=address_of(request) or None, agent=agent)


def _sign_in_page(
    request: Request,
    site: Site,
    *,
    next: str,
    fault: str | None = None,
    status: int = 200,
    login: str = "",
) -> Response:
    return page(
        request,
        "staff/sign_in.html",
        status=status,
        next=local_path(next),
        fault=fault,
        login=login,
        sign_on=site.sign_on is not None,
        local=site.local_sign_in,
    )


def local_path(path: str) -> str:
    """`path` where it leads to our own staff pages, else their first one."""
    inside = path.startswith("/staff") and "\\" not in path and not path.startswith("//")
    return path if inside else "/staff"


def _signed_in(site: Site, session: Session, next: str) -> Response:
    response = see(local_path(next))
    response.set_cookie(
        SESSION_COOKIE,
        session.token,
        expires=session.expires_at,
        httponly=True,
        samesite="lax",
        secure=site.secure,
    )
    return response


def _service(site: Site) -> SignOn:
    if site.sign_on is None:
        raise HTTPException(404)
    return site.sign_on


@router.get("/sign-in/start")
async def start(request: Request, site: SiteHere, next: str = "/staff") -> Response:
    """Send the browser to the sign-on service."""
    service = _service(site)
    try:
        url, attempt = await service.begin()
    except SignOnAwayError as error:
        log.warning("the sign-on service is away", fault=str(error))
        return _sign_in_page(request, site, next=next, fault="sign_on.away", status=503)
    browser = browser_mark()
    sent = Sent(nonce=attempt.nonce, verifier=attempt.verifier, next=local_path(next)[:400])
    async with site.store.engine.begin() as conn:
        await keep_attempt(conn, sent, state=attempt.state, browser=browser, now=site.now())
    response = see(url)
    response.set_cookie(
        BROWSER_COOKIE,
        browser,
        max_age=600,
        path=BROWSER_PATH,
        httponly=True,
        samesite="lax",
        secure=site.secure,
    )
    return response


@router.get("/sign-in/callback")
async def come_back(
    request: Request,
    site: SiteHere,
    state: str = "",
    code: str = "",
    error: str = "",
    iss: str | None = None,
) -> Response:
    """Take over what the sign-on service says; a session where it knows somebody whom we know."""
    service = _service(site)
    browser = request.cookies.get(BROWSER_COOKIE, "")
    async with site.store.engine.begin() as conn:
        sent = await take_attempt(conn, state=state, browser=browser, now=site.now())
    if sent is None:
        return _sign_in_page(request, site, next="/staff", fault="sign_on.stale", status=400)
    if error or not code or iss not in (None, service.client.issuer):
        log.info("the sign-on service refused", error=error[:40])
        return _sign_in_page(request, site, next=sent.next, fault="sign_on.denied", status=401)
    attempt = Attempt(state=state, nonce=sent.nonce, verifier=sent.verifier)
    return await _finish(request, site, service, code, attempt, sent.next)


async def _finish(
    request: Request, site: Site, service: SignOn, code: str, attempt: Attempt, next: str
) -> Response:
    try:
        claims = await service.finish(code, attempt)
    except SignOnAwayError as away:
        log.warning("the sign-on service is away", fault=str(away))
        return _sign_in_page(request, site, next=next, fault="sign_on.away", status=503)
    except SignOnRefusedError as refused:
        log.warning("the sign-on service's answer was not accepted", fault=str(refused))
        await note_alone(site.store, _failed(request, "answer"))
        return _sign_in_page(request, site, next=next, fault="sign_on.refused", status=401)
    origin = origin_of(request, Means.DIRECTORY)
    doer = Doer(account=None, address=origin.address)
    try:
        async with site.store.engine.begin() as conn:
            account = await account_of(
                conn,
                issuer=service.client.issuer,
                subject=claims["sub"],
                mapped=mapped(claims, sign_on_mapping()),
                doer=doer,
            )
            session = await open_session(
                conn, account.login, site.now(), origin=origin, limits=site.limits
            )
            signed_in = Doer(account=account.login, role=account.role, address=origin.address)
            await note(
                conn,
                AuditNote(
                    kind=AuditKind.SIGNED_IN,
                    doer=signed_in,
                    person=account.login,
                    detail={"means": Means.DIRECTORY},
                ),
            )
    except StrangerError as stranger:
        await note_alone(site.store, _failed(request, stranger.code))
        return page(request, "staff/stranger.html", status=403, why=stranger.code)
    return _signed_in(site, session, next)


def _failed(request: Request, why: str) -> AuditNote:
    return AuditNote(
        kind=AuditKind.SIGN_IN_FAILED,
        doer=Doer(account=None, address=address_of(request) or None),
        detail={"means": Means.DIRECTORY, "fault": why},
    )


@router.post("/sign-out")
async def sign_out(
    request: Request, site: SiteHere, staff: StaffHere, csrf: Annotated[str, Form()] = ""
) -> Response:
    """Close the session, here and in the database, and then at the sign-on service."""
    check_own(staff, csrf)
    async with site.store.engine.begin() as conn:
        await close_session(conn, request.cookies[SESSION_COOKIE])
        signed_out = AuditNote(
            kind=AuditKind.SIGNED_OUT, doer=staff.doer(), person=staff.account.login
        )
        await note(conn, signed_out)
    by_service = staff.session is not None and staff.session.means is Means.DIRECTORY
    response = see("/staff/sign-in/out" if by_service and site.sign_on else "/staff/sign-in")
    response.delete_cookie(SESSION_COOKIE)
    return response


@router.get("/sign-in/out")
async def way_out(request: Request, site: SiteHere) -> Response:
    """Go on to the sign-on service's own way out, where it offers one. The page leads there and
    not a redirect of the form: a form may only lead to ourselves."""
    url = await _service(site).way_out()
    if url is None:
        return see("/staff/sign-in")
    return page(request, "staff/signed_out.html", url=url)


@router.get("/session")
async def session_state(site: SiteHere, staff: StaffHere) -> Response:
    """When the session ends; asking does not keep it alive."""
    assert staff.session_ends_at is not None
    return _session_view(site, staff.session_ends_at)


@router.post("/session")
async def extend(site: SiteHere, staff: StaffHere, csrf: Annotated[str, Form()] = "") -> Response:
    """Keep the session alive: its idle time begins anew."""
    check_own(staff, csrf)
    assert staff.session is not None
    async with site.store.engine.begin() as conn:
        session = await touch_session(conn, staff.session, site.now())
    ends_at = session.ends_at(site.limits)
    return _session_view(site, ends_at)


def _session_view(site: Site, ends_at: datetime) -> Response:
    return JSONResponse({"ends_at": ends_at.isoformat(), "now": site.now().isoformat()})
