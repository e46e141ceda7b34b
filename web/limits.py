"""Limits of requests per address: 429 with when to come again, before anything is done.

Counted in the memory of each web process: with N processes an address has up to N times as much.
That is enough against guessing and flooding; what must be exact is counted in the database.
"""

from collections.abc import Iterable
from math import ceil
from time import time

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from prometheus_client import Counter
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rules.request_limits import Counts, RequestLimit, request_limits
from web.addresses import Networks, address_of
from web.problems import too_many_requests

LIMITED = Counter("minwon_web_limited", "Requests refused by a limit", ("limit",))
MISSED = frozenset({401, 403, 404})


class Limits:
    """ASGI middleware: counts and refuses."""

    def __init__(self, app: ASGIApp, *, trusted: Networks = ()) -> None:
        self._app = app
        self._trusted = trusted
        self._counted = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless its address has had enough."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        address = address_of(scope, self._trusted)
        covering = [one for one in request_limits() if one.covers(scope["method"], scope["path"])]
        over = self._over(covering, address)
        if over is not None:
            LIMITED.labels(over.name).inc()
            again = too_many_requests(Request(scope), seconds=self._wait(over, address))
            await again(scope, receive, send)
            return
        misses = [one for one in covering if one.counts is Counts.MISSES]

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in MISSED:
                for one in misses:
                    self._counted.hit(_item(one), one.name, address)
            await send(message)

        await self._app(scope, receive, answer if misses else send)

    def _over(self, covering: Iterable[RequestLimit], address: str) -> RequestLimit | None:
        for one in covering:
            count = self._counted.hit if one.counts is Counts.ALL else self._counted.test
            if not count(_item(one), one.name, address):
                return one
        return None

    def _wait(self, over: RequestLimit, address: str) -> int:
        """Seconds until one more is allowed."""
        window = self._counted.get_window_stats(_item(over), over.name, address)
        return max(1, ceil(window.reset_time - time()))


def _item(limit: RequestLimit) -> RateLimitItemPerSecond:
    return RateLimitItemPerSecond(limit.amount, limit.seconds)
