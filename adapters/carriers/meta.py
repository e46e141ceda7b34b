"""Replies on a Facebook page and an Instagram account by the Graph API, where the words stand."""

import httpx

from adapters.carriers.answers import delivered, failed, json_of, posted
from schema.messages import Delivery, OutboundMessage
from schema.submission import Thread

TIMEOUT_SECONDS = 10.0
VERSION = "v25.0"


class MetaCarrier:
    """Comments as the city's page, and as its Instagram account."""

    def __init__(self, url: str, *, token: str) -> None:
        self._token = token
        self._client = httpx.AsyncClient(base_url=url, timeout=TIMEOUT_SECONDS)

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()

    async def send(self, message: OutboundMessage) -> Delivery:
        """Reply where the message's thread stands; raises TemporaryFailure where it should be tried
        again."""
        if message.thread is None:
            return failed("no_thread")
        path, named = _addressed(message.thread)
        answer = await posted(
            self._client,
            f"/{VERSION}/{path}",
            data={"message": message.body, "access_token": self._token, **named},
        )
        told = json_of(answer)
        if answer.is_client_error:
            error = told.get("error")
            code = error.get("code") if isinstance(error, dict) else answer.status_code
            return failed(f"graph_{code}")
        return delivered(told.get("id"))


def _addressed(thread: Thread) -> tuple[str, dict[str, str]]:
    """Path and fields: a comment on Facebook, a reply on Instagram, or an answer to a mention of
    the account elsewhere (IG Comment Replies, IG User Mentions)."""
    match thread.network:
        case "instagram":
            return f"{thread.post_id}/replies", {}
        case "instagram_mention":
            media, _, comment = thread.post_id.partition("/")
            return f"{thread.account}/mentions", {
                "media_id": media,
                **({"comment_id": comment} if comment else {}),
            }
    return f"{thread.post_id}/comments", {}
