"""How Open311 routes answer what goes wrong: in the format asked for, with the status it has."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import BaseRoute, Match

from storage.faults import is_permanent
from web.open311.formats import NO_SUCH_RESOURCE, Open311Error, bad, format_of, not_found
from web.open311.forms import ErrorView
from web.problems import DATABASE_AWAY, RETRY_AFTER

AWAY = (
    "지금은 처리할 수 없습니다. 잠시 뒤에 다시 보내 주세요. / "
    "This cannot be done just now; send the same again in a moment."
)


class Open311Route(APIRoute):
    """The route class of Open311."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """The usual handler, with every fault turned into the answer that Open311 gives."""
        handle = super().get_route_handler()

        async def answering(request: Request) -> Response:
            try:
                return await handle(request)
            except Open311Error as error:
                return error.response(format_of(request.url.path))
            except ClientDisconnect:
                return Response(status_code=400)
            except Exception as error:
                known = _known(error)
                if known is None:
                    raise
                return known.response(format_of(request.url.path))

        return answering


def _known(error: Exception) -> Open311Error | None:
    """What is said of a fault that is not our own; None for one that is."""
    if isinstance(error, RequestValidationError):
        return bad(*(f"{fault['loc'][-1]}: {fault['msg']}" for fault in error.errors()))
    if isinstance(error, HTTPException):
        return Open311Error(error.status_code, str(error.detail), headers=error.headers)
    away = isinstance(error, DATABASE_AWAY)
    if away or (isinstance(error, DBAPIError) and not is_permanent(error)):
        return Open311Error(503, AWAY, headers=RETRY_AFTER)
    return None


def fresh_router() -> APIRouter:
    """A router whose routes answer so."""
    return APIRouter(route_class=Open311Route)


def _errors(said: dict[int, str]) -> dict[int | str, dict[str, Any]]:
    return {code: {"model": list[ErrorView], "description": words} for code, words in said.items()}


ERROR_RESPONSES = _errors(
    {
        400: "고칠 것이 있음 / something to mend",
        404: "없음 / not found",
        503: "잠시 뒤 다시 / try again in a moment",
    }
)
POST_RESPONSES = ERROR_RESPONSES | _errors(
    {
        403: "키가 없거나 맞지 않음 / no key, or not a valid one",
        409: "지금은 받을 수 없음 / cannot be taken as things stand",
        413: "너무 큼 / too large",
        429: "한도 초과 / over the limit of the key",
    }
)


def add_fallback(router: APIRouter, known: Sequence[BaseRoute]) -> None:
    """Answer whatever none of the routes `known` takes: 404, or 405 with what it allows."""

    @router.api_route(
        "/{rest:path}",
        methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
        include_in_schema=False,
    )
    async def fallback(request: Request, rest: str) -> Response:
        scope = {**request.scope, "path": f"/{rest}", "root_path": ""}
        allowed: set[str] = set()
        for route in known:
            match, _ = route.matches(scope)
            if match is Match.PARTIAL:
                allowed |= getattr(route, "methods", None) or set()
        if allowed and rest.endswith((".xml", ".json")):
            names = ", ".join(sorted(allowed))
            words = f"이 주소는 {names}만 받습니다. / This address takes {names}."
            raise Open311Error(405, words, headers={"allow": names})
        raise not_found(NO_SUCH_RESOURCE)
