"""A life that was told once, printed for many petitioners.

What costs is the telling: every act judged, every deadline counted. So on a day of many cases each
life is told for some, who file the same matter at the same second; what is a petitioner's own
(number, place, words, telephone, keys, ids) is filled into its rows. A district's life is printed
for another district only where the same desk of that one would have had it.
"""

import os
import re
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rules.organisation import districts
from schema.submission import Contact
from storage.cases import Petitioner
from storage.keys import Keyring
from storage.sealing import NONCE_BYTES
from storage.seeding.filing import Filing, district_codes
from storage.seeding.life import Life
from storage.seeding.rows import TABLES, Rows, bytes_text, copy_text, hole, rows_with_holes
from storage.seeding.story import owner_of

_HOLE = re.compile("\ue000([a-z_0-9]+)\ue001")
_AGENCY = re.compile(r"(?<!\d)\d{7}(?!\d)")
KEY_BYTES = 32


class Sealer:
    """Seals for made-up people with the city's own keys, a data key a case as everywhere, so that
    the pages open what they open of anybody."""

    def __init__(self, keyring: Keyring) -> None:
        self.keyring = keyring
        self.master, secret = keyring.sealing_key()
        self._wrapping = AESGCM(secret)

    def sealed(self, key_id: UUID, plain: list[bytes]) -> tuple[str, list[str]]:
        """The wrapped key, and each of `plain` sealed by it, as COPY takes them."""
        noise = os.urandom(KEY_BYTES + NONCE_BYTES * (len(plain) + 1))
        secret, name = noise[:KEY_BYTES], key_id.bytes
        nonces = [noise[at : at + NONCE_BYTES] for at in range(KEY_BYTES, len(noise), NONCE_BYTES)]
        wrapped = nonces[0] + self._wrapping.encrypt(nonces[0], secret, name)
        seal = AESGCM(secret).encrypt
        return bytes_text(wrapped), [
            bytes_text(nonce + seal(nonce, one, name))
            for nonce, one in zip(nonces[1:], plain, strict=True)
        ]


@dataclass(frozen=True)
class _Form:
    """The lines of one table, to be filled in by name."""

    columns: tuple[str, ...]
    lines: str


class Pattern:
    """The rows of a life with holes. `districts` are those whose petitioners it can be of."""

    def __init__(self, life: Life, item: str, district: str) -> None:
        self._answers = [text.words.encode() for text in life.texts[1:]]
        own_ids = [*(text.id for text in life.texts), *(event.id for event in life.log)]
        self._ids = len(own_ids)
        org = districts()[district].org_code
        own = {life.number: "number", **{str(one): f"id{n}" for n, one in enumerate(own_ids)}}
        places = {f"\t{district}\t": "\t%s\t", f'"{district}"': '"%s"'}
        agencies = {f"\t{org}\t": "\t%s\t", f'"{org}"': '"%s"', f"{org}.": "%s."}
        self._forms: dict[str, _Form] = {}
        others: set[str] = set()
        for table, rows in rows_with_holes(life).items():
            text = "\n".join("\t".join(map(copy_text, row.values())) for row in rows)
            for words, name in own.items():
                text = text.replace(words, hole(name))
            for words, form in places.items():
                text = text.replace(words, form % hole("district"))
            for words, form in agencies.items():
                text = text.replace(words, form % hole("org"))
            others |= set(_AGENCY.findall(text))
            lines = _HOLE.sub(r"%(\1)s", text.replace("%", "%%"))
            self._forms[table] = _Form(tuple(rows[0]), lines)
        month = f"{life.log[0].at:%Y-%m}"
        self.districts = tuple(
            code
            for code in movable(item, district, month)
            if code == district or districts()[code].org_code not in others | {org}
        )
        if org in others:
            self.districts = (district,)

    def print(self, rows: Rows, filing: Filing, sealer: Sealer, rng: Random) -> None:
        """Add the rows of the life as `filing`'s."""
        ids = _uuids(rng, self._ids + 1)
        key = UUID(ids[-1])
        plain = [_petitioner(filing), filing.words.encode(), *self._answers]
        wrapped, sealed = sealer.sealed(key, plain)
        values: dict[str, object] = {
            "number": filing.number,
            "district": filing.district,
            "org": districts()[filing.district].org_code,
            "dong": filing.dong,
            "long": filing.place[0],
            "lat": filing.place[1],
            "summary": filing.summary,
            "terms": filing.terms,
            "masked_address": filing.masked_address,
            "key": ids[-1],
            "master": sealer.master,
            "wrapped": wrapped,
            "petitioner": sealed[0],
            "phone_hash": bytes_text(sealer.keyring.phone_hash(filing.phone)),
        }
        values.update((f"id{n}", one) for n, one in enumerate(ids))
        values.update((f"sealed{n}", one) for n, one in enumerate(sealed[1:]))
        for table in TABLES:
            form = self._forms[table]
            rows.columns[table] = form.columns
            rows.lines.setdefault(table, []).append(form.lines % values)


@lru_cache(maxsize=50_000)
def movable(item: str, district: str, month: str) -> tuple[str, ...]:
    """The districts in which the same desk has `item` as in `district`."""
    own, org = owner_of(item, district, month), districts()[district].org_code
    return tuple(
        code
        for code in district_codes()
        if owner_of(item, code, month) == own.replace(org, districts()[code].org_code)
    )


def _uuids(rng: Random, many: int) -> list[str]:
    """Random UUIDs (version 4) as text."""
    digits = rng.randbytes(16 * many).hex()
    return [
        f"{one[:8]}-{one[8:12]}-4{one[13:16]}-a{one[17:20]}-{one[20:]}"
        for one in (digits[at : at + 32] for at in range(0, len(digits), 32))
    ]


_OPENED = Petitioner(contact=Contact(phone="%s"), address="%s").model_dump_json(exclude_none=True)


def _petitioner(filing: Filing) -> bytes:
    """Who filed, as the engine seals it."""
    return (_OPENED % (filing.phone, filing.address)).encode()
