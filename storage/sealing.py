"""Sealing of personal data: AES-256-GCM under a data key, which a master key wraps.

One data key a record and its case. Erasure deletes the data key's row: what it sealed is then
noise for ever, in every backup of the sealed columns too.
"""

import secrets
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.model import Frozen
from storage.keys import Keyring
from storage.tables import data_key

NONCE_BYTES = 12


class ErasedError(Exception):
    """The data key is gone: what it sealed was erased."""


class DataKey(Frozen):
    """A key in the clear, for the length of one operation; never logged, never stored."""

    id: UUID
    secret: bytes

    def seal(self, plain: bytes) -> bytes:
        """`plain`, encrypted and authenticated; the key's id is bound in."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(self.secret).encrypt(nonce, plain, self.id.bytes)

    def open(self, sealed: bytes) -> bytes:
        """What `seal` was given; raises ErasedError where it was sealed under another key."""
        try:
            nonce, body = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
            return AESGCM(self.secret).decrypt(nonce, body, self.id.bytes)
        except InvalidTag:
            raise ErasedError(f"data key {self.id} does not open this") from None

    def seal_text(self, plain: str) -> bytes:
        """`seal` of UTF-8."""
        return self.seal(plain.encode())

    def open_text(self, sealed: bytes) -> str:
        """`open` of UTF-8."""
        return self.open(sealed).decode()


async def new_data_key(conn: AsyncConnection, keyring: Keyring) -> DataKey:
    """A fresh data key, its wrapped form stored in this transaction."""
    key = DataKey(id=uuid4(), secret=secrets.token_bytes(32))
    name, master = keyring.sealing_key()
    nonce = secrets.token_bytes(NONCE_BYTES)
    wrapped = nonce + AESGCM(master).encrypt(nonce, key.secret, key.id.bytes)
    await conn.execute(insert(data_key).values(id=key.id, master_key=name, wrapped=wrapped))
    return key


async def load_data_key(conn: AsyncConnection, keyring: Keyring, key_id: UUID) -> DataKey:
    """The data key `key_id`; raises ErasedError where it has been destroyed."""
    row = (await conn.execute(select(data_key).where(data_key.c.id == key_id))).one_or_none()
    if row is None:
        raise ErasedError(f"data key {key_id} was destroyed")
    return unwrap(keyring, key_id, row.master_key, row.wrapped)


def unwrap(keyring: Keyring, key_id: UUID, master_key: str, wrapped: bytes) -> DataKey:
    """The data key from its stored row."""
    master = AESGCM(keyring.opening_key(master_key))
    secret = master.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], key_id.bytes)
    return DataKey(id=key_id, secret=secret)
