"""Bodies of requests: not larger than their address takes, and not slower than anybody sends.

Counted as they come in, since a chunked body says no length and a declared one may lie.
"""

import asyncio
import re

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.problems import refused_body

KIB = 1024
MIB = 1024 * KIB
WITH_FILES = 128 * MIB
"""More than any form's own limit, which says better what to do."""
WITHOUT_FILES = 2 * MIB
_TAKES_FILES = re.compile(
    r"/gateway/.*|/(embed/)?petitions/new|/staff/petitions/new"
    r"|/api/v1/petitions|/open311/.*|/cases/.*",
    # An encoded line break is part of a path like any other character.
    re.DOTALL,
)
FIRST_SECONDS = 20.0
"""How long the first part of a body may take, and every part after it."""
SLOWEST = 2 * KIB
"""Bytes a second that a body must come at, over all; a telephone on a train sends more."""
WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS"})


class Bodies:
    """ASGI middleware around what reads bodies."""

    def __init__(self, app: ASGIApp, *, first_seconds: float = FIRST_SECONDS) -> None:
        self._app = app
        self._first_seconds = first_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a body that is counted and timed."""
        if scope["type"] != "http" or scope["method"] in WITHOUT_BODY:
            await self._app(scope, receive, send)
            return
        most = most_bytes(scope["path"])
        declared = Headers(scope=scope).get("content-length", "")
        if _is_more(declared, most):
            await refused_body(Request(scope), 413)(scope, receive, send)
            return
        body = _Body(receive, most, self._first_seconds)
        await self._app(scope, body.receive, send)


def most_bytes(path: str) -> int:
    """The largest body that `path` takes."""
    return WITH_FILES if _TAKES_FILES.fullmatch(path) else WITHOUT_FILES


def _is_more(declared: str, most: int) -> bool:
    """A length of more digits than any we take is more, without being made a number."""
    digits = declared.strip().lstrip("0")
    return digits.isascii() and digits.isdigit() and (len(digits) > 15 or int(digits) > most)


class _Body:
    """One body on its way in. Raises HTTPException 413 and 408 where it is read."""

    def __init__(self, receive: Receive, most: int, first_seconds: float) -> None:
        self._receive = receive
        self._most = most
        self._first_seconds = first_seconds
        self._size = 0
        self._whole = False
        self._since = asyncio.get_running_loop().time()

    async def receive(self) -> Message:
        """The next part; after the last, whatever the server says (that the client left)."""
        if self._whole:
            return await self._receive()
        left = self._first_seconds + self._size / SLOWEST - self._elapsed()
        try:
            async with asyncio.timeout(max(0.0, min(self._first_seconds, left))):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(408) from None
        self._size += len(message.get("body", b""))
        if self._size > self._most:
            raise HTTPException(413)
        self._whole = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    def _elapsed(self) -> float:
        return asyncio.get_running_loop().time() - self._since
