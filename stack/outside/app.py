"""The outside world in one server: carrier, push service and networks, and what citizens got."""

from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Query
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, Field

from stack.outside import carrier, meta, push, x
from stack.outside.book import Book
from stack.outside.page import page

NEWEST_SHOWN = 200


class AskedFailure(BaseModel):
    """Trouble to come: the next `times` sends of `kind` are answered with `status`."""

    kind: str
    status: int = Field(ge=400, le=599)
    times: int = Field(default=1, ge=1, le=10_000)


def build(directory: Path, *, book: Book | None = None) -> FastAPI:
    """The server on a book in `directory`; the mail server beside it shares `book`."""
    kept = book or Book(directory)
    app = FastAPI(title="Outside", docs_url=None, redoc_url=None)
    for part in (carrier, push, x, meta):
        app.include_router(part.router(kept))

    @app.get("/", response_class=HTMLResponse)
    async def received(to: str | None = None, kind: str | None = None) -> str:
        """What citizens received, newest first."""
        messages = kept.messages(to or None, kind or None)
        return page(messages[::-1][:NEWEST_SHOWN], total=len(messages), to=to, kind=kind)

    @app.get("/messages")
    async def messages(
        to: Annotated[str | None, Query()] = None, kind: Annotated[str | None, Query()] = None
    ) -> list[dict[str, Any]]:
        """All that was received, oldest first."""
        return kept.messages(to, kind)

    @app.post("/_control/failures")
    async def fail_next(asked: AskedFailure) -> JSONResponse:
        """Make the next sends of a kind fail."""
        kept.failures.ask(asked.kind, status=asked.status, times=asked.times)
        return JSONResponse({"asked": asked.model_dump()}, status_code=201)

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        """The loop turns."""
        return {"status": "ok"}

    return app
