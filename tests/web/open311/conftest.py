"""Open311 on a city of its own: one partner with a key, and what clients need to read answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

import httpx
import pytest_asyncio
from defusedxml.ElementTree import fromstring

from storage.partners import Partner, add_partner, new_key
from tests.web.conftest import City

V2 = "/open311/v2"


@dataclass
class Open311:
    """A client of the city with a partner's key."""

    city: City
    key: str
    client: httpx.AsyncClient

    async def get(self, path: str, **params: str) -> httpx.Response:
        """`path` under the endpoint, as any client asks for it."""
        return await self.client.get(f"{V2}/{path}", params=params)

    async def json(self, path: str, **params: str) -> Any:
        """The JSON of an answer that must be 200."""
        answer = await self.get(f"{path}.json", **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def xml(self, path: str, **params: str) -> Element:
        """The XML of an answer that must be 200."""
        answer = await self.get(f"{path}.xml", **params)
        assert answer.status_code == 200, answer.text
        return parsed(answer)

    async def post(self, path: str = "requests.json", **fields: Any) -> httpx.Response:
        """A form with the key; `files` and `headers` are httpx's own."""
        files, headers = fields.pop("files", None), fields.pop("headers", None)
        data = {"api_key": self.key, **fields}
        return await self.client.post(f"{V2}/{path}", data=data, files=files, headers=headers)

    async def file(self, **fields: Any) -> str:
        """A filed request's id."""
        answer = await self.post(**{**REQUEST, **fields})
        assert answer.status_code == 200, answer.text
        return str(answer.json()[0]["service_request_id"])


REQUEST: Mapping[str, str] = {
    "service_code": "RD01",
    "lat": "37.556300",
    "long": "126.922000",
    "description": "서교동 골목 차도에 구멍이 있습니다.",
}


def parsed(answer: httpx.Response) -> Element:
    """The root of an XML answer, prolog and type checked on the way."""
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert answer.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    root: Element = fromstring(answer.content)
    return root


async def added_partner(city: City, name: str = "fixers", **fields: Any) -> str:
    """A new partner's key."""
    key = new_key()
    async with city.store.engine.begin() as conn:
        await add_partner(conn, Partner(name=name, title="고쳐줘", **fields), key)
    return key


@pytest_asyncio.fixture(loop_scope="session")
async def open311(city: City) -> Open311:
    """The city's Open311 with a key that may do everything."""
    return Open311(city, await added_partner(city), city.browser())
