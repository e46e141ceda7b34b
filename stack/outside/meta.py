"""A Facebook page as far as replies go: comments by the Graph API."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import JSONResponse

from stack.outside.book import Book

MOST_CHARACTERS = 8_000


def router(book: Book) -> APIRouter:
    """`POST /{version}/{object}/comments`; an object whose id begins with «deleted» is gone."""
    routes = APIRouter()

    @routes.post("/{version}/{under}/comments")
    async def comment(
        version: str,
        under: str,
        message: Annotated[str, Form()],
        access_token: Annotated[str, Form()] = "",
    ) -> JSONResponse:
        asked = book.failures.next("meta")
        if asked is not None:
            return _error(asked, 2, "Service temporarily unavailable")
        if not version.startswith("v") or not access_token:
            return _error(401, 190, "Invalid OAuth access token.")
        if under.startswith("deleted"):
            return _error(400, 100, "Unsupported post request.")
        if not message or len(message) > MOST_CHARACTERS:
            return _error(400, 100, "Invalid parameter")
        comment_id = f"{under}_{secrets.randbelow(10**9):09d}"
        raw = {"message": message, "version": version}
        book.keep(kind="meta", to=under, body=message, reference=comment_id, raw=raw)
        return JSONResponse({"id": comment_id})

    return routes


def _error(status: int, code: int, message: str) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message}}, status_code=status)
