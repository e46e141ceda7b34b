"""How HTTP carriers answer: taken, refused for good, or «not now»."""

from collections.abc import Set
from typing import Any

import httpx

from adapters.carriers import TemporaryFailure
from schema.messages import Delivery, DeliveryOutcome

OUR_TROUBLE = frozenset({401, 402, 403, 408, 425, 429})
"""Statuses that say nothing of the message: a wrong token, an empty account, too fast."""


async def posted(
    client: httpx.AsyncClient, path: str, *, trouble: Set[int] = OUR_TROUBLE, **request: Any
) -> httpx.Response:
    """The answer to a POST; raises TemporaryFailure where there is none, or it says «later».

    `trouble` are the statuses that say so beside 5xx.
    """
    try:
        answer = await client.post(path, **request)
    except httpx.TransportError as error:
        raise TemporaryFailure(type(error).__name__) from error
    if answer.is_server_error or answer.status_code in trouble:
        raise later(answer)
    return answer


def later(answer: httpx.Response) -> TemporaryFailure:
    """To be raised: the same again, when the carrier asks for it."""
    return TemporaryFailure(f"http_{answer.status_code}", retry_after=_retry_after(answer))


def json_of(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object of an answer, empty where it is none."""
    try:
        told = answer.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def failed(reason: str) -> Delivery:
    """Refused for good."""
    return Delivery(outcome=DeliveryOutcome.FAILED, reason=reason[:60])


def delivered(reference: object) -> Delivery:
    """Taken; `reference` is the carrier's own id. Raises TemporaryFailure where it gave none."""
    if not isinstance(reference, str) or not reference:
        raise TemporaryFailure("answer_not_understood")
    return Delivery(outcome=DeliveryOutcome.DELIVERED, reference=reference)


def _retry_after(answer: httpx.Response) -> float | None:
    seconds = answer.headers.get("retry-after", "")
    return float(seconds) if seconds.isdigit() else None
