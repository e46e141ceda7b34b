"""Signatures of our own formats: `X-Minwon-Signature: sha256=<HMAC of the body>`."""

import hashlib
import hmac

SIGNATURE_HEADER = "X-Minwon-Signature"


def signed(body: bytes, key: str) -> str:
    """The header that goes with `body`: `sha256=` and the HMAC-SHA256 in lower-case hex."""
    return "sha256=" + hmac.digest(key.encode(), body, hashlib.sha256).hex()


def is_signed(body: bytes, header: str | None, key: str | None) -> bool:
    """True when `header` is the signature of exactly these bytes; compared in constant time.

    Without a key nothing is signed: an unset secret refuses every request.
    """
    if not key or not header:
        return False
    return hmac.compare_digest(header.strip().encode(), signed(body, key).encode())
