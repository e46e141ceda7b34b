"""The keys of the city: master keys for sealing, the citizen-key secret, the phone-hash secret."""

import hashlib
import hmac
import json
import os
import secrets
from base64 import b64decode, b64encode, urlsafe_b64encode
from pathlib import Path
from uuid import UUID

from pydantic import Field, ValidationError

from schema.model import Frozen

CITIZEN_KEY_BYTES = 16


class KeysFileError(Exception):
    """The keys file cannot be used; the message is one sentence that says what to do."""


class Keyring(Frozen):
    """Keys as base64 in one JSON file, mode 0600. The first master key seals, all of them open."""

    master_keys: dict[str, str] = Field(min_length=1)
    citizen_key_secret: str
    phone_hash_secret: str
    gateway_keys: dict[str, str] = Field(default_factory=dict)
    """Secrets made for the embedded default, by the name of their setting."""

    def sealing_key(self) -> tuple[str, bytes]:
        """The id and bytes of the master key that wraps new data keys."""
        name = next(iter(self.master_keys))
        return name, b64decode(self.master_keys[name])

    def opening_key(self, name: str) -> bytes:
        """The master key `name`; raises KeyError where the file no longer has it."""
        return b64decode(self.master_keys[name])

    def citizen_key(self, number: str, version: int) -> str:
        """The petitioner's key to one case: HMAC over number and version, 22 characters."""
        message = f"{number}/{version}".encode()
        digest = hmac.digest(b64decode(self.citizen_key_secret), message, hashlib.sha256)
        return urlsafe_b64encode(digest[:CITIZEN_KEY_BYTES]).decode().rstrip("=")

    def opens_case(self, key: str, *, number: str, version: int) -> bool:
        """True when `key` is the petitioner's key; compared in constant time."""
        return hmac.compare_digest(key.encode(), self.citizen_key(number, version).encode())

    def phone_hash(self, phone: str) -> bytes:
        """A keyed hash of the digits of `phone`: finds a petitioner without storing the number."""
        digits = "".join(ch for ch in phone if ch.isdigit())
        return hmac.digest(b64decode(self.phone_hash_secret), digits.encode(), hashlib.sha256)

    def fingerprint(self, told: bytes) -> bytes:
        """A keyed hash by which the same words from the same person are known again."""
        return hmac.digest(b64decode(self.phone_hash_secret), b"same/" + told, hashlib.sha256)

    def address_hash(self, address: str) -> bytes:
        """A keyed hash of a network address, for limits."""
        return self._hash(f"address/{address}")

    def code_hash(self, code: str, request: UUID) -> bytes:
        """A keyed hash of a code, good for one request only."""
        return self._hash(f"code/{request}/{code}")

    def _hash(self, message: str) -> bytes:
        return hmac.digest(b64decode(self.phone_hash_secret), message.encode(), hashlib.sha256)


def _secret() -> str:
    return b64encode(secrets.token_bytes(32)).decode()


def new_keyring() -> Keyring:
    """Fresh random keys, with the gateway secrets of the embedded default."""
    names = (
        "sms_120_key",
        "smart_report_key",
        "x_consumer_secret",
        "meta_app_secret",
        "meta_verify_token",
        "administrator_password",
    )
    return Keyring(
        master_keys={"m1": _secret()},
        citizen_key_secret=_secret(),
        phone_hash_secret=_secret(),
        gateway_keys={name: secrets.token_urlsafe(18) for name in names},
    )


def write_keyring(path: Path, keyring: Keyring) -> None:
    """Write a keys file that only its owner can read; raises FileExistsError, never replaces."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(keyring.model_dump_json(indent=1))
        file.flush()
        os.fsync(file.fileno())


def read_keyring(path: Path) -> Keyring:
    """The keys in `path`; raises KeysFileError with what to do where it is missing or broken."""
    try:
        return Keyring.model_validate(json.loads(path.read_text()))
    except FileNotFoundError:
        raise KeysFileError(
            f"Set MINWON_KEYS_FILE to a file of keys, or make one with "
            f"`minwon secrets --new {path}`; there is none at {path}."
        ) from None
    except (ValueError, ValidationError):
        raise KeysFileError(
            f"The keys file {path} is not readable as keys: restore it from its backup, "
            f"for without it nothing sealed can be opened."
        ) from None
