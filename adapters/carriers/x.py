"""Replies on X by its API v2: `POST /2/tweets` under the post, within the length as X counts it."""

import httpx

from adapters.carriers.answers import delivered, failed, json_of, posted
from schema.messages import Delivery, OutboundMessage

TIMEOUT_SECONDS = 10.0


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

        X refuses the same text under the same post as a duplicate: then it is there already.
        """
        if message.thread is None:
            return failed("no_thread")
        request = {
            "text": message.body,
            "reply": {"in_reply_to_tweet_id": message.thread.post_id},
        }
        answer = await posted(self._client, "/2/tweets", json=request)
        told = json_of(answer)
        if answer.is_client_error:
            reason = str(told.get("type") or told.get("title") or f"http_{answer.status_code}")
            return failed(reason.rpartition("/")[2])
        data = told.get("data")
        return delivered(data.get("id") if isinstance(data, dict) else None)
