"""A Facebook page and an Instagram account as far as replies go: comments by the Graph API."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import JSONResponse

from stack.outside.book import Book

MOST_CHARACTERS = 8_000
MOST_ON_INSTAGRAM = 300


def router(book: Book) -> APIRouter:
    """`POST /{version}/{object}/comments`, `/replies`, `/mentions`; an object whose id begins with
    «deleted» is gone."""
    routes = APIRouter()

    @routes.post("/{version}/{under}/comments")
    async def comment(
        version: str,
        under: str,
        message: Annotated[str, Form()],
        access_token: Annotated[str, Form()] = "",
    ) -> JSONResponse:
        return _said(book, version, under, message, access_token, most=MOST_CHARACTERS)

    @routes.post("/{version}/{under}/replies")
    async def reply(
        version: str,
        under: str,
        message: Annotated[str, Form()],
        access_token: Annotated[str, Form()] = "",
    ) -> JSONResponse:
        return _said(book, version, under, message, access_token, most=MOST_ON_INSTAGRAM)

    @routes.post("/{version}/{account}/mentions")
    async def mention(
        version: str,
        account: str,
        message: Annotated[str, Form()],
        media_id: Annotated[str, Form()],
        comment_id: Annotated[str, Form()] = "",
        access_token: Annotated[str, Form()] = "",
    ) -> JSONResponse:
        under = comment_id or media_id
        return _said(book, version, under, message, access_token, most=MOST_ON_INSTAGRAM)

    return routes


def _said(
    book: Book, version: str, under: str, message: str, token: str, *, most: int
) -> JSONResponse:
    asked = book.failures.next("meta")
    if asked is not None:
        return _error(asked, 2, "Service temporarily unavailable")
    if not version.startswith("v") or not token:
        return _error(401, 190, "Invalid OAuth access token.")
    if under.startswith("deleted"):
        return _error(400, 100, "Unsupported post request.")
    if not message or len(message) > most:
        return _error(400, 100, "Invalid parameter")
    comment_id = f"{under}_{secrets.randbelow(10**9):09d}"
    raw = {"message": message, "version": version}
    book.keep(kind="meta", to=under, body=message, reference=comment_id, raw=raw)
    return JSONResponse({"id": comment_id})


def _error(status: int, code: int, message: str) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message}}, status_code=status)
