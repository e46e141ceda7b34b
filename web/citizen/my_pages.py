"""«My petitions»: whoever enters the code sent to a telephone sees what was filed with it.

Nothing here says whether a telephone has petitions before the code was entered: the same message is
sent to any, and the same page is shown.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from schema.codes import State
from schema.numbers import is_receipt_number
from schema.phones import domestic_phone, takes_messages
from storage.cases import Case
from storage.phone_codes import (
    DIGITS,
    VALID,
    CodeWanted,
    TooManyCodesError,
    new_code,
    phone_of_code,
    send_code,
)
from storage.phone_sessions import (
    PhoneSession,
    case_of_phone,
    cases_of_phone,
    close_phone_session,
    lengthen_phone_session,
    open_phone_session,
    phone_in_session,
)
from web.citizen.access import keep_key
from web.site import Site, SiteHere, address_of, page, see, wording_of
from web.wording import Wording

router = APIRouter(prefix="/my", include_in_schema=False)

SESSION_COOKIE = "minwon_my"
CODE_COOKIE = "minwon_my_code"
PATH = "/my"
MOST_WORDS = 60
WAITS_FOR_ME = (State.SUPPLEMENT, State.ANSWERED)
"""In the order of the list: what holds the case up first, then what can still be said of it."""


@dataclass(frozen=True)
class MyCase:
    """One line of the list. `asks` is what waits for the petitioner, `due_at` stands while the
    city owes an answer."""

    number: str
    state: State
    words: str
    department: str | None
    submitted_at: datetime
    due_at: datetime | None
    asks: str | None


@router.get("")
async def show(request: Request, site: SiteHere) -> Response:
    """The list, or the question for a telephone where nobody has shown one."""
    session = await _session(request, site)
    if session is None:
        return page(request, "citizen/my_phone.html", faults={}, phone="")
    async with site.store.engine.connect() as conn:
        found = await cases_of_phone(conn, session.phone_hash)
    rows = my_cases(found, wording_of(request))
    return page(
        request,
        "citizen/my.html",
        waiting=[row for row in rows if row.asks],
        open=[row for row in rows if not row.asks and row.due_at],
        others=[row for row in rows if not row.asks and not row.due_at],
        until=session.expires_at,
    )


@router.post("")
async def ask_for_code(
    request: Request, site: SiteHere, phone: Annotated[str, Form(max_length=40)] = ""
) -> Response:
    """Send a code to the telephone, whosever it is; refused where too many were asked for."""
    wording, number = wording_of(request), domestic_phone(phone)
    if number is None or not takes_messages(number):
        return _ask_again(request, phone, "my.no_mobile", 422)
    code = new_code()
    wanted = CodeWanted(
        phone=number,
        code=code,
        words=wording.t("my.sms", code=code, minutes=int(VALID.total_seconds() // 60)),
        by=address_of(request),
    )
    try:
        async with site.store.engine.begin() as conn:
            sent = await send_code(conn, site.store, wanted, now=site.now())
    except TooManyCodesError:
        return _ask_again(request, phone, "my.too_many", 429)
    response = see(f"{PATH}/code")
    _keep(response, site, CODE_COOKIE, str(sent), seconds=int(VALID.total_seconds()))
    return response


def _ask_again(request: Request, phone: str, fault: str, status: int) -> Response:
    faults = {"phone": wording_of(request).t(fault)}
    return page(request, "citizen/my_phone.html", status=status, faults=faults, phone=phone)


@router.get("/code")
async def ask_code(request: Request) -> Response:
    """Ask for the code that was sent."""
    if CODE_COOKIE not in request.cookies:
        return see(PATH)
    return _code_page(request, missed=False)


@router.post("/code")
async def enter_code(
    request: Request, site: SiteHere, code: Annotated[str, Form(max_length=20)] = ""
) -> Response:
    """Open a session with the code; a wrong, an old and a used one are told alike."""
    digits = "".join(ch for ch in code if ch.isascii() and ch.isdigit())
    now = site.now()
    asked = _asked(request)
    token = None
    async with site.store.engine.begin() as conn:
        found = asked and await phone_of_code(conn, site.store, asked, digits, now)
        if found:
            token = await open_phone_session(conn, found, now)
    if token is None:
        return _code_page(request, missed=True)
    response = see(PATH)
    response.delete_cookie(CODE_COOKIE, path=PATH)
    _keep(response, site, SESSION_COOKIE, token)
    return response


def _code_page(request: Request, *, missed: bool) -> Response:
    return page(
        request,
        "citizen/my_code.html",
        status=422 if missed else 200,
        faults={"code": wording_of(request).t("my.missed")} if missed else {},
        digits=DIGITS,
        minutes=int(VALID.total_seconds() // 60),
    )


@router.post("/longer")
async def longer(request: Request, site: SiteHere) -> Response:
    """Let the session last anew."""
    token = request.cookies.get(SESSION_COOKIE)
    if token:
        async with site.store.engine.begin() as conn:
            await lengthen_phone_session(conn, token, site.now())
    return see(PATH)


@router.post("/sign-out")
async def sign_out(request: Request, site: SiteHere) -> Response:
    """End the session at the server, and forget it in the browser."""
    token = request.cookies.get(SESSION_COOKIE)
    if token:
        async with site.store.engine.begin() as conn:
            await close_phone_session(conn, token)
    response = see(PATH)
    response.delete_cookie(SESSION_COOKIE, path=PATH)
    return response


@router.get("/cases/{number}")
async def open_case(request: Request, site: SiteHere, number: str) -> Response:
    """Go to a petition of the telephone: the browser is given its key, which no address shows."""
    session = await _session(request, site)
    if session is None or not is_receipt_number(number):
        return see(PATH)
    async with site.store.engine.connect() as conn:
        case = await case_of_phone(conn, session.phone_hash, number)
    if case is None:
        return see(PATH)
    response = see(f"/cases/{number}")
    keep_key(response, site, number, site.store.keyring.citizen_key(number, case.key_version))
    return response


def my_cases(cases: tuple[Case, ...], wording: Wording) -> list[MyCase]:
    """The list: what waits for the petitioner first, else as it came, the newest first."""
    rows = [_row(case, wording) for case in cases]
    return sorted(rows, key=lambda row: _rank(row.state))


def _rank(state: State) -> int:
    return WAITS_FOR_ME.index(state) if state in WAITS_FOR_ME else len(WAITS_FOR_ME)


def _row(case: Case, wording: Wording) -> MyCase:
    owed = not case.ended and case.answered_at is None and case.state is not State.SUPPLEMENT
    asks = wording.t(f"my.asks_{case.state.lower()}") if case.state in WAITS_FOR_ME else None
    words = " ".join(case.summary.split())
    return MyCase(
        number=case.number,
        state=case.state,
        words=words if len(words) <= MOST_WORDS else words[: MOST_WORDS - 1] + "…",
        department=wording.department(case.department) if case.department else None,
        submitted_at=case.submitted_at,
        due_at=case.due_at() if owed else None,
        asks=asks,
    )


async def _session(request: Request, site: Site) -> PhoneSession | None:
    token = request.cookies.get(SESSION_COOKIE)
    if not token:
        return None
    async with site.store.engine.connect() as conn:
        return await phone_in_session(conn, token, site.now())


def _asked(request: Request) -> UUID | None:
    try:
        return UUID(request.cookies.get(CODE_COOKIE, ""))
    except ValueError:
        return None


def _keep(
    response: Response, site: Site, name: str, value: str, *, seconds: int | None = None
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=PATH,
        httponly=True,
        samesite="lax",
        secure=site.secure,
    )
