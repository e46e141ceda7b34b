"""Clients that others wrote, against a real server on a port."""

import asyncio
import io
import itertools
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from georeport import GeoReport
from PIL import Image

from schema.codes import Action
from schema.numbers import is_receipt_number
from stack.processes import free_port
from tests.web.open311.conftest import V2, Open311
from tests.web.open311.fixmystreet import FixMyStreet, RefusedError, Report
from web.serving import served

HERE: dict[str, Any] = {"lat": 37.5563, "long": 126.922}


@pytest_asyncio.fixture(loop_scope="session")
async def endpoint(open311: Open311) -> AsyncIterator[str]:
    """The address of the city's Open311 on a port of this machine."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    async with served(open311.city.app, port=port), httpx.AsyncClient() as client:
        while True:
            try:
                await client.get(f"{address}/healthz")
                break
            except httpx.ConnectError:
                await asyncio.sleep(0.05)
        yield address + V2


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The client `three`, which was written for Python 2: it asks itertools for ifilter."""
    monkeypatch.setattr(itertools, "ifilter", filter, raising=False)
    import three as module

    return module.Three


@pytest.mark.parametrize("written", ["json", "xml"])
async def test_georeport_reads_services_definitions_and_requests(
    open311: Open311, endpoint: str, written: str
) -> None:
    """In both formats; what it finds is what the city has."""
    numbers = [await open311.city.case(), await open311.city.case(item="RD02")]
    client = GeoReport(endpoint, jurisdiction="seoul", output_format=written)

    def ask() -> tuple[Any, ...]:
        return (
            client.get_service_list(),
            client.get_service_definition("TR01"),
            client.get_service_requests(status="open"),
            client.get_service_requests(service_request_id=",".join(numbers)),
            client.get_service_request(numbers[0]),
        )

    services, definition, newest, by_id, one = await asyncio.to_thread(ask)
    assert "RD01" in {service["service_code"] for service in services}
    assert definition["service_code"] == "TR01"
    assert {entry["service_request_id"] for entry in newest} == set(numbers)
    assert {entry["service_request_id"] for entry in by_id} == set(numbers)
    assert one["service_request_id"] == numbers[0]


async def test_three_discovers_reads_and_files(open311: Open311, endpoint: str, three: Any) -> None:
    """With a photo, as it sends one."""
    number = await open311.city.case()
    client = three(endpoint, api_key=open311.key, jurisdiction="seoul")
    made = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(made, "JPEG")

    def ask() -> tuple[Any, ...]:
        today = datetime.now(UTC)
        return (
            client.discovery(),
            client.services(),
            client.services("RD01"),
            client.requests("RD01", count=10),
            client.requests(between=[today - timedelta(days=7), today + timedelta(days=1)]),
            client.request(number),
            client.post(
                "RD01",
                **HERE,
                name="홍 길동",
                description="구멍이 있습니다.",
                media=("hole.jpg", made.getvalue(), "image/jpeg"),
            ),
        )

    discovery, services, definition, newest, between, one, posted = await asyncio.to_thread(ask)
    assert discovery["endpoints"][0]["type"] == "production"
    assert len(services) > 70
    assert definition["service_code"] == "RD01"
    assert [entry["service_request_id"] for entry in newest] == [number]
    assert [entry["service_request_id"] for entry in between] == [number]
    assert one[0]["service_request_id"] == number
    assert is_receipt_number(posted[0]["service_request_id"])
    assert posted[0]["service_notice"] is None
    token = posted[0]["service_request_id"]
    found = await asyncio.to_thread(client.token, token)
    assert found[0]["service_request_id"] == token


async def test_fixmystreet_sends_polls_and_comments(open311: Open311, endpoint: str) -> None:
    """The whole round: a report goes out, its answer comes back as an update, a comment is noted
    once however often it is sent."""
    site = FixMyStreet(f"{endpoint}/", open311.key)
    report = Report(
        title="구멍",
        detail="차도에 구멍이 있습니다.",
        name="홍길동",
        photos=("https://fixmystreet.example/17.0.jpeg", "https://fixmystreet.example/17.1.jpeg"),
        extra=(("easting", "313131"), ("WIDTH_CM", "40")),
        **HERE,
    )

    def send() -> tuple[list[str], list[str], str, str, dict[str, str]]:
        sent = site.send(report, "RD01")
        again = site.send(report, "RD01")
        return site.services(), site.asked_by("RD01"), sent, again, site.statuses([sent])

    services, asked, sent, again, statuses = await asyncio.to_thread(send)
    assert "RD01" in services
    assert asked == ["WIDTH_CM"]
    assert is_receipt_number(sent)
    assert again == sent
    assert statuses == {sent: "open"}

    number = await open311.city.case()
    await open311.city.record(number, Action.ACCEPT)
    await open311.city.record(number, Action.ANSWER, text="메웠습니다.")
    now = datetime.now(UTC)
    start, end = (
        (now + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ") for hours in (-2, 1)
    )

    def poll() -> tuple[Any, ...]:
        first, second = site.updates(start, end), site.updates(start, end)
        told = [site.comment(9, number, "고맙습니다.", status="OPEN", at=start) for _ in range(2)]
        return first, second, told, site.statuses([number])

    first, second, told, statuses = await asyncio.to_thread(poll)
    assert [one.findtext("update_id") for one in first] == [
        one.findtext("update_id") for one in second
    ]
    assert first[-1].findtext("status") == "closed"
    assert "메웠습니다." in (first[-1].findtext("description") or "")
    assert told[0] == told[1] != ""
    assert statuses == {number: "closed"}


async def test_fixmystreet_reads_why_it_was_refused(endpoint: str) -> None:
    """The sentence of the errors element is what ends up in its log."""
    site = FixMyStreet(f"{endpoint}/", "no key")
    report = Report(title="구멍", detail="구멍", name="홍 길동", **HERE)
    with pytest.raises(RefusedError, match="403: api_key"):
        await asyncio.to_thread(site.send, report, "RD01")
