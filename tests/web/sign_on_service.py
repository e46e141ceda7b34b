"""The sign-on service of the tests: a certified OpenID provider in a process of its own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx

from web.assets.build import program

TOOLS = Path(__file__).parents[1] / "tools"


@dataclass
class SignOnService:
    """The running service. `http` is its side of a browser: its cookies live here."""

    issuer: str
    http: httpx.AsyncClient

    async def says(
        self,
        subject: str = "",
        *,
        new_keys: bool = False,
        **people: Mapping[str, object],
    ) -> None:
        """`subject` sits at the browser; `people` are whom the service knows."""
        self.http.cookies.clear()
        told = {"subject": subject, "people": people, "newKeys": new_keys}
        (await self.http.put(f"{self.issuer}/test", json=told)).raise_for_status()

    async def visit(self, url: str) -> str:
        """Go where `url` leads at the service, as a browser does; the address that leads away."""
        for _ in range(8):
            answer = await self.http.get(url)
            assert answer.status_code in (302, 303), f"{answer.status_code} {answer.text[:400]}"
            url = urljoin(url, answer.headers["location"])
            if urlsplit(url).netloc != urlsplit(self.issuer).netloc:
                return url
        raise AssertionError("the service leads in a circle")


@asynccontextmanager
async def sign_on_service(callback: str, signed_out: str) -> AsyncIterator[SignOnService]:
    """Start the service for one client, which is sent back to `callback`."""
    assert (TOOLS / "node_modules").is_dir(), "tests/tools is not installed: run `make tools`"
    process = await asyncio.create_subprocess_exec(
        program("node"),
        str(TOOLS / "sign_on_service.mjs"),
        callback,
        signed_out,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        issuer = (await process.stdout.readline()).decode().strip()
        assert issuer.startswith("http://"), "the sign-on service did not start"
        async with httpx.AsyncClient() as http:
            yield SignOnService(issuer, http)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
