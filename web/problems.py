"""What goes wrong, said in words: JSON to programs, a page to people."""

from urllib.parse import quote

import asyncpg
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy import exc
from starlette.exceptions import HTTPException

from schema.commands import Refusal
from schema.model import Frozen
from web.site import page, see

DATABASE_AWAY = (
    ConnectionError,
    TimeoutError,
    exc.OperationalError,
    exc.InterfaceError,
    exc.TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InterfaceError,
)
"""What a database that cannot be reached raises; the driver's own come up while connecting."""

PROGRAM_PREFIXES = ("/api/", "/gateway/", "/open311/", "/static/")
RETRY_AFTER = {"retry-after": "5"}


class ProblemView(Frozen):
    """The JSON body of a problem. Programs decide on `code`, people read the messages."""

    code: str
    message_ko: str
    message_en: str


class ProblemError(Exception):
    """Why an API call is not done; becomes `{"code", "message_ko", "message_en"}`."""

    def __init__(
        self,
        status: int,
        code: str,
        message_ko: str,
        message_en: str,
        *,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.headers = headers
        self.body = ProblemView(code=code, message_ko=message_ko, message_en=message_en)

    def response(self) -> Response:
        """The answer in JSON."""
        return JSONResponse(self.body.model_dump(), status_code=self.status, headers=self.headers)


def no_such_case() -> ProblemError:
    """404: there is none, or the key is another's."""
    return ProblemError(
        404,
        "unknown_case",
        "그런 민원이 없거나 열람 번호(키)가 맞지 않습니다.",
        "There is no such case, or the key does not open it.",
    )


def wrong_fields(names: list[str]) -> ProblemError:
    """422: the action does not exist here, or does not take these fields."""
    said = ", ".join(names) or "action"
    return ProblemError(
        422,
        "wrong_field",
        f"이 처리에 쓰이지 않는 항목입니다: {said}.",
        f"This action does not take: {said}.",
    )


def refused(refusal: Refusal) -> Response:
    """409 with the reason and the article."""
    return JSONResponse(refusal.model_dump(mode="json"), status_code=409)


class SignInNeededError(Exception):
    """A staff page without a session: the reader is sent to sign in, and comes back."""


def sign_in_address(request: Request) -> str:
    """Where to sign in, with the way back for a page that was only read."""
    if request.method != "GET":
        return "/staff/sign-in"
    query = f"?{request.url.query}" if request.url.query else ""
    return f"/staff/sign-in?next={quote(request.url.path + query, safe='')}"


def too_many_requests(request: Request, *, seconds: int) -> Response:
    """429: this address has sent too many; `seconds` until it may again."""
    headers = {"retry-after": str(seconds)}
    if not _is_program(request):
        response = page(request, "problem.html", status=429, problem="problem.429")
        response.headers.update(headers)
        return response
    return ProblemError(
        429,
        "too_many_requests",
        f"짧은 시간에 너무 많이 요청하셨습니다. {seconds}초 뒤에 다시 해 주세요.",
        f"Too many requests in a short time; come again in {seconds} seconds.",
        headers=headers,
    ).response()


def file_gone(request: Request) -> Response:
    """410: a file that was erased, or is lost; what else is known of the case stays readable."""
    if not _is_program(request):
        return page(request, "problem.html", status=410, problem="problem.410")
    return ProblemError(
        410,
        "file_gone",
        "이 파일은 더 이상 보관되어 있지 않습니다.",
        "This file is not kept any more.",
    ).response()


def refused_body(request: Request, status: int) -> Response:
    """A body that was not read: too large (413). The connection ends with the answer."""
    if not _is_program(request):
        response: Response = page(
            request, "problem.html", status=status, problem=f"problem.{status}"
        )
    else:
        response = ProblemError(
            status,
            "too_large",
            "보낸 내용이 너무 큽니다. 나누어 보내 주세요.",
            "The request is too large; send it in parts.",
        ).response()
    response.headers["connection"] = "close"
    return response


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)
    return error.response()


async def _sign_in(request: Request, error: Exception) -> Response:
    return see(sign_in_address(request))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if _is_program(request):
        detail = {"code": f"http_{error.status_code}", "detail": error.detail}
        return JSONResponse(detail, status_code=error.status_code, headers=error.headers)
    known = error.status_code if error.status_code in (403, 404, 405, 408, 413) else 400
    return page(request, "problem.html", status=error.status_code, problem=f"problem.{known}")


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if not _is_program(request):
        return page(request, "problem.html", status=422, problem="problem.422")
    faults = [
        {"field": ".".join(str(part) for part in fault["loc"][1:]), "message": fault["msg"]}
        for fault in error.errors()
    ]
    body = {
        "code": "wrong_field",
        "message_ko": "보낸 내용을 확인해 주세요.",
        "message_en": "Check the fields named.",
        "fields": faults,
    }
    return JSONResponse(body, status_code=422)


async def _away(request: Request, error: Exception) -> Response:
    if not _is_program(request):
        response = page(request, "problem.html", status=503, problem="problem.503")
        response.headers.update(RETRY_AFTER)
        return response
    body = {
        "code": "try_again",
        "message_ko": "지금은 처리할 수 없습니다. 잠시 뒤에 다시 시도해 주세요.",
        "message_en": "This cannot be done just now; try again in a moment.",
    }
    return JSONResponse(body, status_code=503, headers=RETRY_AFTER)


def add_handlers(app: FastAPI) -> None:
    """Have `app` answer problems in words."""
    app.add_exception_handler(ProblemError, _problem)
    app.add_exception_handler(SignInNeededError, _sign_in)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    for kind in DATABASE_AWAY:
        app.add_exception_handler(kind, _away)


def _is_program(request: Request) -> bool:
    return request.url.path.startswith(PROGRAM_PREFIXES)
