"""Short messages by Solapi's REST interface: SMS of 90 bytes in CP949, else LMS of 2,000."""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import httpx

from adapters.carriers import TemporaryFailure
from adapters.carriers.cp949 import cp949_bytes, cut_to_bytes, in_cp949
from adapters.phones import domestic_phone, takes_messages
from schema.messages import Composed, Delivery, DeliveryOutcome, NoticeText, OutboundMessage

SMS_BYTES = 90
LMS_BYTES = 2_000
SUBJECT_BYTES = 40
TIMEOUT_SECONDS = 10.0

ACCEPTED = "2000"
OUR_TROUBLE = frozenset(
    {
        "SignatureDoesNotMatch",
        "RequestTimeTooSkewed",
        "DuplicatedSignature",
        "InvalidAPIKey",
        "Unauthorized",
        "Forbidden",
        "NotEnoughBalance",
        "TooManyRequests",
    }
)
"""Refusals that say nothing of the message, but of our key or account: it is kept for later."""


def fit(notice: NoticeText, to: str) -> Composed:
    """The notice as an SMS where text and address fit 90 bytes, else as an LMS with a subject.

    The page's address is always whole and on its own line; the text before it is cut, never inside
    a letter.
    """
    words = in_cp949(notice.body).strip()
    tail = f"\n{notice.url}" if notice.url else ""
    whole = words if notice.url in words else (words + tail).strip()
    if cp949_bytes(whole) <= SMS_BYTES:
        return Composed(to=to, body=whole)
    subject = cut_to_bytes(" ".join(in_cp949(notice.subject).split()), SUBJECT_BYTES)
    if cp949_bytes(whole) > LMS_BYTES:
        bare = words.replace(notice.url, "").rstrip() if notice.url else words
        whole = cut_to_bytes(bare, LMS_BYTES - cp949_bytes(tail)) + tail
    return Composed(to=to, subject=subject, body=whole)


def authorization(key: str, secret: str, *, at: datetime, salt: str) -> str:
    """The header that Solapi asks for: HMAC-SHA256 of date and salt under the API secret."""
    date = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    signature = hmac.digest(secret.encode(), (date + salt).encode(), hashlib.sha256).hex()
    return f"HMAC-SHA256 apiKey={key}, date={date}, salt={salt}, signature={signature}"


class SmsCarrier:
    """Sends short messages. One HTTP connection pool, closed by `close`.

    Solapi has no idempotency key: a message whose answer was lost may reach the telephone twice.
    Our id goes along in `customFields`, so that its reports can be matched.
    """

    def __init__(self, url: str, *, api_key: str, api_secret: str, sender: str) -> None:
        self._key = api_key
        self._secret = api_secret
        self._sender = sender
        self._client = httpx.AsyncClient(base_url=url, timeout=TIMEOUT_SECONDS)

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()

    async def send(self, message: OutboundMessage) -> Delivery:
        """Hand over one message; raises TemporaryFailure where it should be tried again."""
        to = domestic_phone(message.to)
        if to is None or not takes_messages(to):
            return Delivery(outcome=DeliveryOutcome.FAILED, reason="no_such_number")
        try:
            answer = await self._client.post(
                "/messages/v4/send",
                json=self._request(message, to),
                headers={"Authorization": self._authorization()},
            )
        except httpx.TransportError as error:
            raise TemporaryFailure(type(error).__name__) from error
        return _delivery(answer)

    def _authorization(self) -> str:
        return authorization(
            self._key, self._secret, at=datetime.now(UTC), salt=secrets.token_hex(16)
        )

    def _request(self, message: OutboundMessage, to: str) -> dict[str, Any]:
        text = in_cp949(message.body)
        content: dict[str, Any] = {
            "to": to,
            "from": self._sender,
            "text": text,
            "type": "SMS",
            "autoTypeDetect": False,
            "customFields": {"messageId": str(message.id)},
        }
        if message.subject or cp949_bytes(text) > SMS_BYTES:
            content["type"] = "LMS"
            content["subject"] = message.subject
        return {"message": content}


def _delivery(answer: httpx.Response) -> Delivery:
    try:
        told = answer.json()
    except ValueError:
        told = {}
    if not isinstance(told, dict):
        told = {}
    if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS or answer.is_server_error:
        raise TemporaryFailure(f"http_{answer.status_code}", retry_after=_retry_after(answer))
    if answer.is_client_error:
        reason = str(told.get("errorCode") or f"http_{answer.status_code}")
        if reason in OUR_TROUBLE or answer.status_code in {401, 402, 403}:
            raise TemporaryFailure(reason)
        return Delivery(outcome=DeliveryOutcome.FAILED, reason=reason)
    status = str(told.get("statusCode", ""))
    if not status:
        raise TemporaryFailure("answer_not_understood")
    if status != ACCEPTED:
        return Delivery(
            outcome=DeliveryOutcome.FAILED, reference=told.get("messageId"), reason=status
        )
    return Delivery(outcome=DeliveryOutcome.DELIVERED, reference=told.get("messageId"))


def _retry_after(answer: httpx.Response) -> float | None:
    seconds = answer.headers.get("retry-after", "")
    return float(seconds) if seconds.isdigit() else None
