"""Where sealed files lie: a directory of this machine, or a bucket of a service that speaks S3.

Both hold the same bytes under the same names; what is in them is opened by `storage/attachments.py`
alone. docs/decisions/0015-where-files-lie.md says why it is so.
"""

import asyncio
import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit
from uuid import UUID

from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

S3 = "s3://"
PATIENCE = timedelta(seconds=10)
"""For one request. Filing holds a transaction meanwhile, which the database ends after 30 s."""
CONNECTING = timedelta(seconds=3)
LOOKING_SECONDS = 3.0
"""How long `/readyz` waits."""
_CHECK = "minwon"
"""The one object that is no file: written and read at the start."""
_NO_BUCKET = "NoSuchBucket"
_CREDENTIALS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)
"""One of these is set where there are any; else a machine of Amazon's own is asked for its role."""
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")


class FilesAwayError(ConnectionError):
    """The place of the files does not answer, or refuses us: whoever sent comes again. It is a
    ConnectionError so that pages and gateways answer it as they do a database that is away."""


class FilesPlaceError(Exception):
    """The place as set cannot be used; the message is one sentence that says what to set."""


class SealedFiles(Protocol):
    """A place for sealed bytes, by the id of the file."""

    async def write(self, file: UUID, sealed: bytes) -> None:
        """Keep `sealed`: whole and lasting when this returns, and not at all where it raises
        OSError (of a bucket: FilesAwayError)."""

    async def read(self, file: UUID) -> bytes:
        """What was kept. Raises FileNotFoundError where there is none, FilesAwayError."""

    async def prepare(self) -> None:
        """Before a role serves: raises FilesPlaceError where nothing could be kept."""

    async def answers(self) -> bool:
        """Whether it could be read just now, for `/readyz`."""


def _name(file: UUID) -> str:
    return f"{file.hex[:2]}/{file.hex}"


class Directory:
    """Files below a directory."""

    def __init__(self, path: Path) -> None:
        self.path = path

    async def write(self, file: UUID, sealed: bytes) -> None:
        """As promised by SealedFiles."""
        await asyncio.to_thread(_write, self.path / _name(file), sealed)

    async def read(self, file: UUID) -> bytes:
        """As promised by SealedFiles."""
        return await asyncio.to_thread((self.path / _name(file)).read_bytes)

    async def prepare(self) -> None:
        """Nothing: it is made with the first file."""

    async def answers(self) -> bool:
        """Always."""
        return True


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


class Bucket:
    """Objects below a prefix of a bucket."""

    def __init__(self, name: str, prefix: str, environment: Mapping[str, str]) -> None:
        self._name = name
        self._endpoint = next((environment[e] for e in _ENDPOINTS if environment.get(e)), "")
        self._keyless = not any(map(environment.get, _CREDENTIALS))
        address = urlsplit(self._endpoint)
        if self._endpoint and not (address.scheme in ("http", "https") and address.hostname):
            raise self._unusable(ValueError(self._endpoint))
        try:
            self._store = S3Store(
                name,
                prefix=prefix or None,
                client_options={
                    # Whoever writes http:// into the address means it: a service of one's own.
                    "allow_http": self._endpoint.startswith("http://"),
                    "timeout": PATIENCE,
                    "connect_timeout": CONNECTING,
                },
                retry_config={"max_retries": 1, "retry_timeout": PATIENCE},
            )
        except (BaseError, ValueError) as error:
            raise self._unusable(error) from None

    async def write(self, file: UUID, sealed: bytes) -> None:
        """As promised by SealedFiles: an object is there whole or not at all."""
        try:
            await self._put(_name(file), sealed)
        except (BaseError, OSError) as error:
            raise FilesAwayError(type(error).__name__) from error

    async def read(self, file: UUID) -> bytes:
        """As promised by SealedFiles."""
        try:
            return await self._get(_name(file))
        except FileNotFoundError as error:
            if _NO_BUCKET not in str(error):
                raise FileNotFoundError(_name(file)) from None
            raise FilesAwayError(_NO_BUCKET) from error
        except (BaseError, OSError) as error:
            raise FilesAwayError(type(error).__name__) from error

    async def prepare(self) -> None:
        """Writes and reads one object: the two rights that are needed, and no other."""
        try:
            await self._put(_CHECK, b"")
            await self._get(_CHECK)
        except (BaseError, OSError) as error:
            raise self._unusable(error) from None

    async def answers(self) -> bool:
        """Whether the object of `prepare` can be read."""
        try:
            async with asyncio.timeout(LOOKING_SECONDS):
                await self._get(_CHECK)
        except (BaseError, OSError):
            return False
        return True

    async def _put(self, path: str, content: bytes) -> None:
        await self._store.put_async(path, content, use_multipart=False)

    async def _get(self, path: str) -> bytes:
        found = await self._store.get_async(path)
        return bytes(await found.bytes_async())

    def _unusable(self, error: Exception) -> FilesPlaceError:
        said = f"MINWON_ATTACHMENTS is {S3}{self._name}"
        if _NO_BUCKET in str(error):
            why = "there is no such bucket: make it, or set the name of one that is there"
        elif isinstance(error, PermissionDeniedError | UnauthenticatedError):
            why = (
                "we are refused: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to a key that "
                "may put and get objects there"
            )
        elif self._keyless or "Missing" in str(error):
            why = "no credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        else:
            where = self._endpoint or "Amazon's address"
            why = (
                f"no S3 answers at {where}: set AWS_ENDPOINT_URL (https://host) and AWS_REGION to "
                "the service that has the bucket"
            )
        return FilesPlaceError(f"{said}, but {why}.")


def files_at(place: Path | str) -> SealedFiles:
    """The place that MINWON_ATTACHMENTS names; of a bucket the service, its region and the key are
    in the environment variables of every S3 client. Raises FilesPlaceError."""
    if isinstance(place, str) and place.startswith(S3):
        parts = urlsplit(place)
        return Bucket(parts.netloc, parts.path.strip("/"), os.environ)
    return Directory(Path(place))
