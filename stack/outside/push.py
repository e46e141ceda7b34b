"""A push service that speaks FCM's HTTP v1 interface."""

import uuid
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from stack.outside.book import Book

UNREGISTERED = "unregistered"
"""Tokens that begin so belong to an app that was removed."""

MOST_BYTES = 4_096


def router(book: Book) -> APIRouter:
    """`POST /v1/projects/{project}/messages:send`."""
    routes = APIRouter()

    @routes.post("/v1/projects/{project}/messages:send")
    async def send(project: str, request: Request) -> JSONResponse:
        asked = book.failures.next("push")
        if asked is not None:
            return _error(asked, "UNAVAILABLE")
        if not request.headers.get("authorization", "").startswith("Bearer "):
            return _error(401, "UNAUTHENTICATED")
        body: dict[str, Any] = await request.json()
        message = body.get("message", {})
        token, shown = str(message.get("token", "")), message.get("notification", {})
        if not token or len(str(shown).encode()) > MOST_BYTES:
            return _error(400, "INVALID_ARGUMENT")
        if token.startswith(UNREGISTERED):
            return _error(404, "UNREGISTERED")
        book.keep(
            kind="push",
            to=token,
            body=f"{shown.get('title', '')}\n{shown.get('body', '')}",
            reference=message.get("data", {}).get("messageId"),
            raw=body,
        )
        return JSONResponse({"name": f"projects/{project}/messages/{uuid.uuid4().hex}"})

    return routes


def _error(status: int, code: str) -> JSONResponse:
    details = [{"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code}]
    return JSONResponse(
        {"error": {"code": status, "status": code, "details": details}}, status_code=status
    )
