"""Replies on X by its API v2: `POST /2/tweets` under the post, within the length as X counts it."""

import httpx

from adapters.carriers.answers import OUR_TROUBLE, delivered, failed, json_of, later, posted
from schema.messages import Delivery, DeliveryOutcome, OutboundMessage

TIMEOUT_SECONDS = 10.0
FORBIDDEN = 403
DUPLICATE = "duplicate content"
GONE = "deleted or not visible"
"""What X says in `detail`: it answers 403 to both, and to a wrong permission as well."""


class XCarrier:
    """Replies as the city's account."""

    def __init__(self, url: str, *, token: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=url, timeout=TIMEOUT_SECONDS, headers={"Authorization": f"Bearer {token}"}
        )

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()

    async def send(self, message: OutboundMessage) -> Delivery:
        """Reply under the message's post; raises TemporaryFailure where it should be tried again.

        X refuses a text that it has already as a duplicate: ours names its case, so it is there.
        """
        if message.thread is None:
            return failed("no_thread")
        request = {
            "text": message.body,
            "reply": {"in_reply_to_tweet_id": message.thread.post_id},
        }
        answer = await posted(
            self._client, "/2/tweets", trouble=OUR_TROUBLE - {FORBIDDEN}, json=request
        )
        if answer.status_code == FORBIDDEN:
            return _forbidden(answer)
        told = json_of(answer)
        if answer.is_client_error:
            reason = str(told.get("type") or told.get("title") or f"http_{answer.status_code}")
            return failed(reason.rpartition("/")[2])
        data = told.get("data")
        return delivered(data.get("id") if isinstance(data, dict) else None)


def _forbidden(answer: httpx.Response) -> Delivery:
    detail = str(json_of(answer).get("detail"))
    if DUPLICATE in detail:
        return Delivery(outcome=DeliveryOutcome.DELIVERED)
    if GONE in detail:
        return failed("post_gone")
    raise later(answer)
