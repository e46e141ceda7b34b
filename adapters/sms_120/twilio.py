"""Twilio's inbound message webhook: its signature, and the fields of a message.

The signature is the base64 of an HMAC-SHA1, under the account's auth token, of the URL that Twilio
was given, followed by each parameter's name and value, sorted by name.
https://www.twilio.com/docs/usage/security
https://www.twilio.com/docs/messaging/guides/webhook-request
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import parse_qsl

from schema.model import Tolerant

SIGNATURE_HEADER = "X-Twilio-Signature"
FORM = "application/x-www-form-urlencoded"
EMPTY_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
"""TwiML that sends nothing back."""
MAX_FIELDS = 500

Parameters = list[tuple[str, str]]


class InboundMessage(Tolerant):
    """The documented fields that are read; the others are kept as they came."""

    MessageSid: str
    From: str | None = None
    To: str | None = None
    Body: str = ""
    NumMedia: int = 0
    OptOutType: str | None = None


def parameters(body: bytes) -> Parameters:
    """The form's fields in their order; raises ValueError where it is no such form."""
    return parse_qsl(
        body.decode("ascii"),
        keep_blank_values=True,
        errors="strict",
        max_num_fields=MAX_FIELDS,
    )


def twilio_signature(url: str, fields: Parameters, token: str) -> str:
    """The signature that Twilio sends with `fields` to `url`."""
    signed = url + "".join(name + value for name, value in sorted(set(fields)))
    digest = hmac.digest(token.encode(), signed.encode(), hashlib.sha1)
    return base64.b64encode(digest).decode()


def is_signed_by_twilio(
    body: bytes, header: str | None, token: str | None, urls: Iterable[str]
) -> bool:
    """True when `header` signs this form for one of `urls`; compared in constant time."""
    if not header or not token:
        return False
    try:
        fields = parameters(body)
    except ValueError:
        return False
    given = header.strip().encode()
    return any(
        hmac.compare_digest(given, twilio_signature(url, fields, token).encode()) for url in urls
    )
