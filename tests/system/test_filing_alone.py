"""A petition is filed while Kafka and Temporal are away: only the database is needed."""

import asyncio
import sys
from pathlib import Path

import httpx

from stack.processes import Child, free_port
from storage.keys import Keyring, write_keyring
from storage.store import Store

FORM = {"text": "합정역 앞 가로등이 꺼졌습니다", "request_id": "alone"}


async def test_the_receipt_comes_at_once_with_nobody_to_talk_to(
    database_url: str, store: Store, keyring: Keyring, tmp_path: Path
) -> None:
    """The role `web` with a broker and a Temporal address on which nobody listens: page, API and
    frame answer with number and key, and the page of the case opens."""
    write_keyring(tmp_path / "keys.json", keyring)
    port = free_port()
    web = Child(
        name="web",
        argv=[sys.executable, "-m", "cli", "web"],
        env={
            "MINWON_DATABASE_URL": database_url,
            "MINWON_KAFKA_BOOTSTRAP": f"127.0.0.1:{free_port()}",
            "MINWON_TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}",
            "MINWON_HTTP_PORT": str(port),
            "MINWON_STATE_DIR": str(tmp_path),
            "MINWON_KEYS_FILE": str(tmp_path / "keys.json"),
        },
        log=tmp_path / "web.log",
    )
    await web.start()
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as browser:
            await _until_it_answers(browser, web)
            filed = await browser.post("/petitions/new", data=FORM)
            assert filed.status_code == 303, filed.text
            receipt = await browser.get(filed.headers["location"])
            assert "접수되었습니다" in receipt.text
            number = filed.headers["location"].split("/")[2]
            assert keyring.citizen_key(number, 1) in receipt.text
            page = await browser.get(f"/cases/{number}")
            assert page.status_code == 200
            by_program = await browser.post("/api/v1/petitions", json={"text": FORM["text"]})
            assert by_program.status_code == 201, by_program.text
            framed = await browser.post("/embed/petitions/new?site=lights", data=FORM)
            assert framed.status_code == 201
    finally:
        await web.stop()


async def _until_it_answers(browser: httpx.AsyncClient, web: Child) -> None:
    for _ in range(600):
        assert web.running, "the role ended"
        try:
            if (await browser.get("/healthz")).status_code == 200:
                return
        except httpx.TransportError:
            await asyncio.sleep(0.1)
    raise AssertionError("web never answered")
