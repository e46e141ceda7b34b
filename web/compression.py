"""Compression of what is the same for everybody.

A page that holds a secret (a case's key, a session's token) beside something that its reader's
address can change would tell the secret by its length (BREACH): those stay as they are. Whatever is
added here must hold no secret; a form's request id is none, it is new with each page.
"""

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

WITHOUT_SECRETS = frozenset({"/", "/petitions/new", "/embed/petitions/new", "/embed.js"})
PREFIXES = ("/static/", "/public", "/api/v1/form", "/api/v1/suggestions")
LEAST_BYTES = 900
"""Below that a packet is sent either way."""


class Compression:
    """ASGI middleware: gzip for the pages, scripts and sheets that hold no secret."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._compressed = GZipMiddleware(app, minimum_size=LEAST_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        app = self._compressed if _holds_no_secret(scope) else self._plain
        await app(scope, receive, send)


def _holds_no_secret(scope: Scope) -> bool:
    """Answers to a POST of the form hold the key of a case."""
    if scope["type"] != "http":
        return False
    path: str = scope["path"]
    if path.startswith(PREFIXES):
        return True
    return path in WITHOUT_SECRETS and scope["method"] in ("GET", "HEAD")
