"""What every answer passes: security headers, the check of where a form was posted from, counts."""

import re
from collections.abc import Mapping
from time import perf_counter
from urllib.parse import urlsplit

from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUESTS = Counter("minwon_web_requests", "Requests answered", ("method", "route", "status"))
SECONDS = Histogram("minwon_web_seconds", "Seconds to answer", ("route",))

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "media-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS: Mapping[str, str] = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "geolocation=(self), camera=(), microphone=()",
    "x-permitted-cross-domain-policies": "none",
}
FOR_OTHER_SITES = ("/static/", "/embed", "/api/", "/open311/", "/public")
"""What another site's page may load; everything else is read by our own pages only."""

PAGE_PREFIXES = ("/staff", "/petitions", "/cases", "/my", "/public")
_HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Guard:
    """ASGI middleware; `secure` where the pages are served over https."""

    def __init__(self, app: ASGIApp, *, public_url: str) -> None:
        self._app = app
        self._origin = _origin(public_url)
        self._secure = public_url.startswith("https://")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless another site's page posts to ours."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = perf_counter(), 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._add_headers(scope, MutableHeaders(scope=message))
            await send(message)

        if not _names_a_host(scope):
            await PlainTextResponse(NO_HOST, status_code=400)(scope, receive, answer)
        elif self._is_foreign(scope):
            await PlainTextResponse(FOREIGN, status_code=403)(scope, receive, answer)
        else:
            try:
                await self._app(scope, receive, answer)
            finally:
                _count(scope, status, perf_counter() - began)

    def _add_headers(self, scope: Scope, headers: MutableHeaders) -> None:
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        if not scope["path"].startswith(FOR_OTHER_SITES):
            headers.setdefault("cross-origin-resource-policy", "same-origin")
        if not scope["path"].startswith("/static/"):
            headers.setdefault("cache-control", "no-store")
        if self._secure:
            headers.setdefault("strict-transport-security", "max-age=31536000")

    def _is_foreign(self, scope: Scope) -> bool:
        """True for a form or script of another site that would act with a person's cookies.

        Gateways and the petition API take no cookies as authority, so other sites may post there.
        """
        if scope["method"] in SAFE_METHODS:
            return False
        headers = Headers(scope=scope)
        if not scope["path"].startswith(PAGE_PREFIXES) and "cookie" not in headers:
            return False
        fetch_site = headers.get("sec-fetch-site")
        if fetch_site is not None:
            return fetch_site not in ("same-origin", "none")
        origin = headers.get("origin") or headers.get("referer")
        if origin is None:
            return False
        return _origin(origin) != self._origin and _host_of(origin) != headers.get("host")


FOREIGN = "다른 사이트에서 보낸 요청은 받지 않습니다. / Requests from other sites are refused.\n"


NO_HOST = "Host 헤더가 올바르지 않습니다. / The Host header is no host.\n"


def _names_a_host(scope: Scope) -> bool:
    """False for a Host header that no address can be made of; one that is missing is no fault."""
    hosts = Headers(scope=scope).getlist("host")
    return len(hosts) < 2 and all(_HOST.fullmatch(host) for host in hosts)


def _origin(url: str) -> str | None:
    """Scheme and host of an address; None for what is none, such as «null»."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else None


def _host_of(url: str) -> str | None:
    origin = _origin(url)
    return origin.partition("://")[2] if origin else None


def _count(scope: Scope, status: int, seconds: float) -> None:
    """Count under the route's pattern: a number or a key never becomes a label."""
    route = getattr(scope.get("route"), "path", "other")
    REQUESTS.labels(scope["method"], route, str(status)).inc()
    SECONDS.labels(route).observe(seconds)
