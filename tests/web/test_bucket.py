"""Files in a bucket, on a server that speaks S3: kept sealed, waited for, missed in words."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from obstore.store import S3Store
from sqlalchemy import select

from schema.submission import Attachment
from settings import SettingsError, read_settings
from stack.processes import free_port
from storage.attachments import read_attachment
from storage.keys import write_keyring
from storage.sealed_files import FilesPlaceError, files_at
from storage.store import Store
from storage.tables import attachment, intake_journal
from tests.adapters.web_form.test_gateway import photo
from tests.web.conftest import City, city_on

PLACE = "s3://city-files/of/minwon"
PATIENCE = 30.0
JPEG = b"\xff\xd8\xff"


@dataclass
class S3:
    """The service outside the city, a process of its own. What it held dies with it."""

    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it on its port, and wait (bounded) until it answers."""
        argv = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        self.process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        transport = httpx.HTTPTransport(retries=10)
        with httpx.Client(transport=transport, timeout=PATIENCE) as client:
            client.get(self.url).raise_for_status()

    def make_bucket(self) -> None:
        """The bucket of PLACE."""
        httpx.put(f"{self.url}/city-files").raise_for_status()

    def kill(self) -> None:
        """At once, as a machine that is lost."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3]:
    """The service, and an environment that leads to it."""
    found = S3()
    monkeypatch.setenv("AWS_ENDPOINT_URL", found.url)
    monkeypatch.setenv("AWS_REGION", "ap-northeast-2")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "minwon")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a secret of the test")
    try:
        found.start()
        yield found
    finally:
        found.kill()


async def filed(city: City) -> httpx.Response:
    """A petition with a photograph, sent to the gateway."""
    form = {
        "text": "가로등이 꺼졌습니다",
        "attachments": [{"name": "a", "content_base64": photo()}],
    }
    return await city.browser().post("/api/v1/petitions", json=form)


async def kept(store: Store) -> list[UUID]:
    """The files that have a row."""
    async with store.engine.connect() as conn:
        return list(await conn.scalars(select(attachment.c.id)))


async def journalled(store: Store) -> int:
    """How many petitions were taken in."""
    async with store.engine.connect() as conn:
        return len((await conn.execute(select(intake_journal.c.id))).all())


async def shown(city: City, facts: Attachment, number: str) -> httpx.Response:
    """What the petitioner's page answers for the photograph."""
    browser = city.browser()
    await browser.get(f"/cases/{number}", params={"key": city.key(number)})
    return await browser.get(f"/cases/{number}/photos/{facts.id}")


async def looked_into(path: str) -> bytes:
    """An object of the bucket as it lies there."""
    found = await S3Store("city-files", client_options={"allow_http": True}).get_async(path)
    return bytes(await found.bytes_async())


async def test_a_photograph_outlives_the_absence_of_its_bucket_or_is_missed_in_words(
    store: Store, s3: S3
) -> None:
    """Kept sealed and shown; while S3 is away, 503 and nothing taken in, so that the sender comes
    again with the photograph; a file that is lost for good is 410 with a sentence."""
    s3.make_bucket()
    store = replace(store, files=files_at(PLACE))
    await store.files.prepare()
    city = await city_on(store)
    assert (await filed(city)).status_code == 201
    [file] = await kept(store)
    lying = await looked_into(f"of/minwon/{file.hex[:2]}/{file.hex}")
    assert lying
    assert JPEG not in lying
    async with store.engine.connect() as conn:
        found = await read_attachment(conn, store, file)
    assert found is not None
    number = await city.register(attachments=(found[0],))
    assert (await shown(city, found[0], number)).content == found[1]
    assert found[1].startswith(JPEG)
    assert await store.files.answers()

    s3.kill()
    for away in (await filed(city), await shown(city, found[0], number)):
        assert (away.status_code, away.headers["retry-after"]) == (503, "5")
    assert not await store.files.answers()
    await asyncio.to_thread(s3.start)
    assert (await filed(city)).status_code == 503, "a bucket that is gone is not a file that is"
    assert (await shown(city, found[0], number)).status_code == 503
    assert (len(await kept(store)), await journalled(store)) == (1, 1)

    s3.make_bucket()
    assert (await filed(city)).status_code == 201
    assert (len(await kept(store)), await journalled(store)) == (2, 2)
    lost = await shown(city, found[0], number)
    assert lost.status_code == 410
    assert "더 이상 보관되어 있지 않습니다" in lost.text
    api = f"/api/v1/petitions/{number}/attachments/{file}"
    told = await city.browser().get(api, headers={"X-Minwon-Key": city.key(number)})
    assert (told.status_code, told.json()["code"]) == (410, "file_gone")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({}, "there is no such bucket: make it, or set"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "127.0.0.1:9: set AWS_ENDPOINT_URL"),
        ({"AWS_ENDPOINT_URL": "127.0.0.1"}, "set AWS_ENDPOINT_URL"),
        ({"AWS_SECRET_ACCESS_KEY": None}, "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
        (
            # A machine of Amazon's would be asked for its role; here nobody answers.
            {"AWS_ACCESS_KEY_ID": None, "AWS_METADATA_ENDPOINT": "http://127.0.0.1:9"}
            | {"AWS_SECRET_ACCESS_KEY": None},
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        ),
    ],
)
async def test_a_place_that_cannot_be_used_is_told_with_what_to_set(
    s3: S3, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str | None], said: str
) -> None:
    """One sentence, which names the setting and what is wrong with it."""
    for name, value in wrong.items():
        if value is None:
            monkeypatch.delenv(name)
        else:
            monkeypatch.setenv(name, value)
    with pytest.raises(FilesPlaceError) as told:
        await files_at(PLACE).prepare()
    assert str(told.value).startswith("MINWON_ATTACHMENTS is s3://city-files, but ")
    assert said in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("place", ["s3://", "s3:///prefix", "gs://city", "s3://city/a?b", "s3://C"])
def test_a_place_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """A directory or s3://bucket/prefix, and nothing else."""
    monkeypatch.setenv("MINWON_ATTACHMENTS", place)
    with pytest.raises(SettingsError, match="must be a directory or s3://bucket/prefix"):
        read_settings()


async def test_the_pages_do_not_start_without_the_bucket(
    store: Store, s3: S3, tmp_path: Path
) -> None:
    """`minwon web` ends with 2 and the sentence, before it takes a petition."""
    write_keyring(tmp_path / "keys.json", store.keyring)
    chosen = {
        "MINWON_DATABASE_URL": store.engine.url.render_as_string(hide_password=False),
        "MINWON_KAFKA_BOOTSTRAP": "127.0.0.1:9",
        "MINWON_TEMPORAL_ADDRESS": "127.0.0.1:9",
        "MINWON_KEYS_FILE": str(tmp_path / "keys.json"),
        "MINWON_HTTP_PORT": str(free_port()),
        "MINWON_ATTACHMENTS": PLACE,
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", "web"),
        env=os.environ | chosen,
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert process.returncode == 2
    assert errors.decode().splitlines()[-1].startswith("MINWON_ATTACHMENTS is s3://city-files, but")
