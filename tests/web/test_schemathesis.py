"""What schemathesis makes of our own description: no call is answered with a 5xx.

Cases are drawn first (the same ones every time), then sent through the application as staff and as
nobody, to a case that is there and to others.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.core.result import Ok

from schema.codes import Role
from tests.web.conftest import PAGES, City

DRAWN = 12
"""Cases of an operation for each mode: what the description allows, and what it does not."""
Operation = APIOperation[Any, Any, Any, Any]
Drawn = Case[Any]
NOT_CALLED = ("/metrics", "/healthz", "/readyz", "/api/v1/session")
QUIET = settings(
    max_examples=DRAWN,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


def _drawn(operation: Operation) -> list[Drawn]:
    """Cases for the operation, good and bad, the same in every run."""
    found: list[Drawn] = []
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

        @QUIET
        @given(case=operation.as_strategy(generation_mode=mode))
        def keep(case: Drawn) -> None:
            found.append(case)

        try:
            keep()
        except Unsatisfiable:
            # An operation that takes nothing has no bad case.
            continue
    return found


def _request(case: Drawn) -> httpx.Request:
    """The very bytes that schemathesis would send."""
    prepared = requests.Request(**case.as_transport_kwargs(base_url=PAGES)).prepare()
    body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body
    assert body is None or isinstance(body, bytes)
    headers = [
        (name.encode("utf-8", "replace"), _bytes(value)) for name, value in prepared.headers.items()
    ]
    return httpx.Request(
        prepared.method or "GET", prepared.url or PAGES, headers=headers, content=body
    )


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8", "replace")


@dataclass
class Caller:
    """Sends drawn cases: half of them as staff, most of them about a case that is there."""

    clients: list[httpx.AsyncClient]
    number: str
    key: str
    sent: Counter[str] = field(default_factory=Counter)
    broken: list[object] = field(default_factory=list)

    async def send(self, operation: Operation, place: int, case: Drawn) -> None:
        """Send one case and keep it where it is answered with a 5xx."""
        if place % 3 and "number" in (case.path_parameters or {}):
            case.path_parameters["number"] = self.number
        if place % 2:
            case.headers["X-Minwon-Key"] = self.key
        try:
            request = _request(case)
        except (httpx.InvalidURL, requests.RequestException, UnicodeError):
            return
        client = self.clients[place % 2]
        client.cookies.set_cookie_header(request)
        request.headers.setdefault("sec-fetch-site", "same-origin")
        answer = await client.send(request)
        self.sent[operation.path] += 1
        if answer.status_code >= 500:
            body = request.content[:400]
            self.broken.append((operation.label, answer.text[:400], str(request.url)[:400], body))


async def test_no_described_call_is_answered_with_a_5xx(city: City) -> None:
    """Every operation of the API and of Open311, with good and bad values, as staff and nobody."""
    number = await city.case()
    document = (await city.browser().get("/openapi.json")).json()
    transport = httpx.ASGITransport(app=city.app, raise_app_exceptions=False)
    nobody, officer = (httpx.AsyncClient(transport=transport, base_url=PAGES) for _ in range(2))
    officer.cookies = (await city.staff(Role.FIRST_LINE, "6110000.first-line")).cookies
    caller = Caller([nobody, officer], number, city.key(number))
    async with nobody, officer:
        for result in schemathesis.openapi.from_dict(document).get_all_operations():
            assert isinstance(result, Ok)
            operation = result.ok()
            if operation.path not in NOT_CALLED:
                for place, case in enumerate(_drawn(operation)):
                    await caller.send(operation, place, case)
    assert caller.broken == []
    assert set(document["paths"]) - set(NOT_CALLED) - set(caller.sent) == set()


async def test_the_description_is_valid_and_complete(city: City) -> None:
    """OpenAPI 3.1: each operation has a summary and says what it answers, refusals too."""
    document = (await city.browser().get("/openapi.json")).json()
    schemathesis.openapi.from_dict(document).validate()
    lacking = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            codes = set(operation["responses"])
            refuses = any(code.startswith("4") for code in codes)
            if not operation.get("summary") or not codes:
                lacking.append(f"{method} {path}: no summary")
            if "{" in path and not refuses:
                lacking.append(f"{method} {path}: no refusal")
    assert lacking == []


@pytest.mark.parametrize("path", ["/openapi.json"])
async def test_the_description_is_served(city: City, path: str) -> None:
    """Whoever builds on the API finds it."""
    assert (await city.browser().get(path)).json()["openapi"].startswith("3.")
