"""What an operator asks of any role: does the loop turn, is it ready, what are its figures."""

from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from schema.model import Frozen


class Part(Frozen):
    """One thing a role talks to. `needed`: without it the role is not ready."""

    ok: bool
    needed: bool
    detail: str = ""


Parts = Callable[[], Awaitable[Mapping[str, Part]]]


def ops_router(role: str, parts: Parts) -> APIRouter:
    """`/healthz`, `/readyz` and `/metrics` of `role`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"role": role, "status": "turning"}

    @router.get("/readyz")
    async def readyz() -> JSONResponse:
        found = await parts()
        ready = all(part.ok for part in found.values() if part.needed)
        body = {
            "role": role,
            "ready": ready,
            "parts": {name: part.model_dump() for name, part in found.items()},
        }
        return JSONResponse(body, status_code=200 if ready else 503)

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


def ops_application(role: str, parts: Parts) -> FastAPI:
    """The same as an application of its own, for a role that serves nothing else."""
    app = FastAPI(openapi_url=None)
    app.include_router(ops_router(role, parts))
    return app
