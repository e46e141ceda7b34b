"""Push messages by FCM's HTTP v1 interface: a short title, a body, and the page to open."""

import httpx

from adapters.carriers.answers import delivered, failed, json_of, posted
from schema.messages import Composed, Delivery, NoticeText, OutboundMessage

TIMEOUT_SECONDS = 10.0
TITLE_CHARACTERS = 60
BODY_BYTES = 3_000
"""FCM takes 4,096 bytes for the whole message; title, token and address need the rest."""


def fit(notice: NoticeText, token: str) -> Composed:
    """Title and body within FCM's size; the page's address is always whole, on its own line."""
    title = " ".join(notice.subject.split())[:TITLE_CHARACTERS]
    tail = f"\n{notice.url}" if notice.url and notice.url not in notice.body else ""
    return Composed(to=token, subject=title, body=_cut(notice.body.strip(), tail))


def _cut(words: str, tail: str) -> str:
    whole = words + tail
    if len(whole.encode()) <= BODY_BYTES:
        return whole
    room = BODY_BYTES - len(tail.encode()) - len("…".encode())
    return words.encode()[:room].decode(errors="ignore").rstrip() + "…" + tail


class PushCarrier:
    """Sends to one device. FCM has no idempotency key: our id is the collapse key, so that a
    message that arrives twice is shown once."""

    def __init__(self, url: str, *, token: str, project: str) -> None:
        self._path = f"/v1/projects/{project}/messages:send"
        self._client = httpx.AsyncClient(
            base_url=url, timeout=TIMEOUT_SECONDS, headers={"Authorization": f"Bearer {token}"}
        )

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()

    async def send(self, message: OutboundMessage) -> Delivery:
        """Hand over one message; raises TemporaryFailure where it should be tried again."""
        answer = await posted(self._client, self._path, json=_request(message))
        told = json_of(answer)
        if answer.is_client_error:
            return failed(_reason(told) or f"http_{answer.status_code}")
        return delivered(told.get("name"))


def _request(message: OutboundMessage) -> dict[str, object]:
    return {
        "message": {
            "token": message.to,
            "notification": {"title": message.subject, "body": message.body},
            "data": {"case": message.case, "messageId": str(message.id)},
            "android": {"collapse_key": str(message.id)},
            "apns": {"headers": {"apns-collapse-id": str(message.id)}},
        }
    }


def _reason(told: dict[str, object]) -> str | None:
    """FCM's own code: UNREGISTERED where the app was removed."""
    error = told.get("error")
    if not isinstance(error, dict):
        return None
    details = error.get("details")
    if isinstance(details, list) and details and isinstance(details[0], dict):
        return str(details[0].get("errorCode") or error.get("status"))
    return str(error.get("status"))
