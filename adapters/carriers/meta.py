"""Replies on a Facebook page by the Graph API: a comment under the comment or post."""

import httpx

from adapters.carriers.answers import delivered, failed, json_of, posted
from schema.messages import Delivery, OutboundMessage

TIMEOUT_SECONDS = 10.0
VERSION = "v25.0"


class MetaCarrier:
    """Comments as the city's page."""

    def __init__(self, url: str, *, token: str) -> None:
        self._token = token
        self._client = httpx.AsyncClient(base_url=url, timeout=TIMEOUT_SECONDS)

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()

    async def send(self, message: OutboundMessage) -> Delivery:
        """Comment under the message's post; raises TemporaryFailure where it should be tried
        again."""
        if message.thread is None:
            return failed("no_thread")
        answer = await posted(
            self._client,
            f"/{VERSION}/{message.thread.post_id}/comments",
            data={"message": message.body, "access_token": self._token},
        )
        told = json_of(answer)
        if answer.is_client_error:
            error = told.get("error")
            code = error.get("code") if isinstance(error, dict) else answer.status_code
            return failed(f"graph_{code}")
        return delivered(told.get("id"))
