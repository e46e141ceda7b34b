"""Answers that a client may keep: named by their content, and not sent again while it is the same.

Only the ETag decides. `Last-Modified` is told for readers, and not asked back: a case that is
hidden leaves a list older than it was, and has to leave every copy too.
"""

import hashlib
from datetime import UTC, datetime
from email.utils import format_datetime

from fastapi import Request, Response

KEPT_SECONDS = 60


def answer_once(
    request: Request, content: bytes, media_type: str, *, modified: datetime | None
) -> Response:
    """`content`, or 304 where the client has it. It may be shared, for a minute."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:24]}"'
    headers = {
        "etag": tag,
        "cache-control": f"public, max-age={KEPT_SECONDS}",
        "vary": "cookie, accept-encoding",
    }
    if modified is not None:
        headers["last-modified"] = format_datetime(modified.astimezone(UTC), usegmt=True)
    known = [one.strip() for one in request.headers.get("if-none-match", "").split(",")]
    if "*" in known or tag in [one.removeprefix("W/") for one in known]:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)
