"""How every gateway reads a request and answers it: size, refusals, and «committed, else 503»."""

import hashlib
import unicodedata
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from sqlalchemy import exc
from starlette.requests import ClientDisconnect

from schema.forms import FieldFault
from schema.model import Frozen
from storage.faults import is_permanent
from storage.journal import JournalEntry, Journalled, append
from storage.store import Store

RETRY_AFTER_SECONDS = 5
EXTERNAL_ID_LENGTH = 200

DATABASE_IS_AWAY = (
    OSError,
    exc.TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InterfaceError,
)
"""What is raised where the database cannot be reached. TimeoutError is an OSError.

The driver raises its own while connecting, before SQLAlchemy has a connection to wrap them for.
"""


class GatewayRefusal(Frozen):
    """The JSON body of every refusal. Programs decide on `code`, people read the messages."""

    code: str
    message_ko: str
    message_en: str
    fields: tuple[FieldFault, ...] = ()


class RefusedError(Exception):
    """Raised anywhere below a `GatewayRoute`; becomes the HTTP answer."""

    def __init__(self, status: int, refusal: GatewayRefusal, headers: dict[str, str]) -> None:
        super().__init__(f"{status} {refusal.code}")
        self.status = status
        self.refusal = refusal
        self.headers = headers

    def response(self) -> Response:
        """The refusal as JSON; `fields` only where there are any."""
        body = self.refusal.model_dump(mode="json", exclude_defaults=True)
        return JSONResponse(body, status_code=self.status, headers=self.headers)


def refused(
    status: int,
    code: str,
    message_ko: str,
    message_en: str,
    *,
    fields: tuple[FieldFault, ...] = (),
    headers: dict[str, str] | None = None,
) -> RefusedError:
    """The refusal to raise: `raise refused(413, "too_large", …)`."""
    refusal = GatewayRefusal(code=code, message_ko=message_ko, message_en=message_en, fields=fields)
    return RefusedError(status, refusal, headers or {})


def not_signed() -> RefusedError:
    """401: the signature is missing or wrong; nothing was kept."""
    return refused(
        401,
        "wrong_signature",
        "서명이 없거나 맞지 않아 받지 않았습니다.",
        "The signature is missing or wrong; nothing was taken in.",
    )


def too_large(limit: int) -> RefusedError:
    """413: the request is larger than `limit` bytes; nothing was kept."""
    return refused(
        413,
        "too_large",
        f"보낸 내용이 너무 큽니다. {limit:,}바이트까지 받습니다.",
        f"The request is too large; up to {limit:,} bytes are taken.",
    )


def database_away() -> RefusedError:
    """503 with Retry-After: nothing was kept, the sender should send the same again."""
    return refused(
        503,
        "try_again",
        "지금은 접수할 수 없습니다. 잠시 뒤에 다시 보내 주세요.",
        "The petition could not be taken in just now; send the same again in a moment.",
        headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
    )


class GatewayRoute(APIRoute):
    """The route class of gateways: `APIRouter(route_class=GatewayRoute)` answers refusals."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """The usual handler, with RefusedError turned into its answer."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except RefusedError as refusal:
                return refusal.response()
            except RequestValidationError as error:
                return _wrong_parameters(error).response()
            except ClientDisconnect:
                # Nobody is left to be answered, and it is no fault of ours to be logged.
                return Response(status_code=400)

        return answer


def _wrong_parameters(error: RequestValidationError) -> RefusedError:
    """422 for headers and the like that the document does not allow, each named."""
    faults = tuple(
        FieldFault(
            field=str(fault["loc"][-1]),
            message_ko="값을 확인해 주세요.",
            message_en=str(fault["msg"]),
        )
        for fault in error.errors()
    )
    return refused(
        422,
        "wrong_parameter",
        "요청의 머리글이나 매개변수가 맞지 않습니다.",
        "A header or parameter of the request is not as documented.",
        fields=faults,
    )


async def limited_body(request: Request, limit: int) -> bytes:
    """The request's bytes; raises the 413 by Content-Length, or by counting where it lies."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise too_large(limit)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise too_large(limit)
    return bytes(body)


@asynccontextmanager
async def answered_when_committed() -> AsyncIterator[None]:
    """Around a transaction: raises the 503 with Retry-After where the database is away."""
    try:
        yield
    except DATABASE_IS_AWAY as error:
        raise database_away() from error
    except exc.DBAPIError as error:
        if is_permanent(error):
            raise
        raise database_away() from error


async def journalled(store: Store, entry: JournalEntry) -> Journalled:
    """Write one record and commit; raises the 503 with Retry-After where that fails."""
    async with answered_when_committed(), store.engine.begin() as conn:
        return await append(conn, store, entry)


def journal_id_of(given: object, body: bytes, *, within: str = "") -> str:
    """The external id to journal a record under: the one it gave, where that can be stored.

    Else the body's SHA-256: a record that nobody can read is then still kept once, and ends in
    quarantine. `within` sets apart the ids of two kinds of record of one channel.
    """
    prefix = f"{within}:" if within else ""
    if isinstance(given, str) and given.isprintable() and given.strip():
        named = prefix + unicodedata.normalize("NFC", given.strip())
        if len(named) <= EXTERNAL_ID_LENGTH:
            return named
    return prefix + hashlib.sha256(body).hexdigest()
