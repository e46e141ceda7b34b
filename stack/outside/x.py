"""X as far as replies go: `POST /2/tweets` of its API v2."""

import re
import secrets
import unicodedata
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from stack.outside.book import Book

MOST_WEIGHT = 280
URL_WEIGHT = 23
LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
PROBLEM = "https://api.twitter.com/2/problems/"
_URL = re.compile(r"(?:https?://|\bwww\.)[A-Za-z0-9.-]+[A-Za-z0-9](?:[/?#][!-~]*)?")
FORBIDDEN = 403


def weight(text: str) -> int:
    """The length as X counts it."""
    normal = unicodedata.normalize("NFC", text)
    bare = _URL.sub("", normal)
    heavy = sum(1 if any(a <= ord(ch) <= b for a, b in LIGHT) else 2 for ch in bare)
    return heavy + URL_WEIGHT * len(_URL.findall(normal))


def router(book: Book) -> APIRouter:
    """`POST /2/tweets`, as X documents it; a post whose id begins with «deleted» is gone.

    The same text twice is refused as a duplicate.
    """
    routes = APIRouter()

    @routes.post("/2/tweets")
    async def tweet(request: Request) -> JSONResponse:
        asked = book.failures.next("x")
        if asked is not None:
            return JSONResponse({"title": "Service Unavailable"}, status_code=asked)
        if not request.headers.get("authorization", "").startswith("Bearer "):
            return JSONResponse({"title": "Unauthorized"}, status_code=401)
        body: dict[str, Any] = await request.json()
        text, under = (
            str(body.get("text", "")),
            str(body.get("reply", {}).get("in_reply_to_tweet_id", "")),
        )
        if not text or weight(text) > MOST_WEIGHT:
            return JSONResponse({"type": f"{PROBLEM}invalid-request"}, status_code=400)
        if under.startswith("deleted"):
            return _forbidden(
                "You attempted to reply to a Tweet that is deleted or not visible to you."
            )
        if any(message["body"] == text for message in book.messages(kind="x")):
            return _forbidden("You are not allowed to create a Tweet with duplicate content.")
        tweet_id = str(secrets.randbelow(10**18) + 10**18)
        book.keep(kind="x", to=under, body=text, reference=tweet_id, raw=body)
        return JSONResponse({"data": {"id": tweet_id, "text": text}}, status_code=201)

    return routes


def _forbidden(detail: str) -> JSONResponse:
    problem = {"type": "about:blank", "title": "Forbidden", "status": FORBIDDEN, "detail": detail}
    return JSONResponse(problem, status_code=FORBIDDEN)
