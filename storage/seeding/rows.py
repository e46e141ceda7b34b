"""The rows of a life, as COPY reads them: sealed and masked as the engine writes them."""

import json
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import lru_cache
from random import Random
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rules.masking import mask
from rules.measures.case import measures_of
from rules.search_terms import index_terms
from schema.codes import ENDED_STATES, CaseKind, Channel, ReplyBy
from schema.submission import Contact
from storage.cases import Petitioner
from storage.event_log import logged_values, turn_values
from storage.keys import Keyring
from storage.record import case_values
from storage.sealing import NONCE_BYTES, DataKey
from storage.seeding.life import Life

TABLES = (
    *("data_key", "cases", "petitioner", "case_text", "case_event", "registered_revision"),
    "case_measure",
)
"""In the order in which they are filled: what is referred to stands first."""
SOURCE = "seed/"
"""How the external id of a made-up case begins."""
REPLY_BY = {
    Channel.SNS: ReplyBy.THREAD,
    Channel.SMART_REPORT: ReplyBy.PUSH,
    Channel.SMS_120: ReplyBy.SMS,
    Channel.WEB_FORM: ReplyBy.SMS,
}


@dataclass
class Rows:
    """What is to be copied, by table: its columns, and a line of text for each row."""

    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    lines: dict[str, list[str]] = field(default_factory=dict)

    def add(self, table: str, values: dict[str, object]) -> None:
        """One row; every row of a table has the same columns."""
        if table not in self.columns:
            self.columns[table] = tuple(values)
            self.lines[table] = []
        self.lines[table].append("\t".join(_text(value) for value in values.values()))


def add_life(rows: Rows, life: Life, keyring: Keyring, *, dong: str, address: str) -> None:
    """All rows of `life`."""
    rng = life.rng
    key = DataKey(id=UUID(int=rng.getrandbits(128), version=4), secret=secrets.token_bytes(32))
    rows.add("data_key", _wrapped(key, keyring))
    rows.add("cases", _case(life, key, dong=dong, address=address))
    rows.add("petitioner", _petitioner(life, key, keyring, address))
    for text in life.texts:
        rows.add(
            "case_text",
            {
                "id": text.id,
                "case_number": life.number,
                "kind": text.kind,
                "sealed": key.seal_text(text.words),
                "masked": masked(text.words)[0],
                "created_at": text.at,
            },
        )
    for event in life.log:
        rows.add("case_event", logged_values(event))
    measures = measures_of(life.log, kind=life.facts.kind, calendar=life.town.calendar)
    rows.add("case_measure", asdict(measures))
    rows.add(
        "registered_revision",
        {
            "channel": life.channel,
            "external_id": f"{SOURCE}{life.number}",
            "revision": 0,
            "record": "filed",
            "case_number": life.number,
            "registered_at": life.log[0].recorded_at,
        },
    )


def _wrapped(key: DataKey, keyring: Keyring) -> dict[str, object]:
    name, master = keyring.sealing_key()
    nonce = secrets.token_bytes(NONCE_BYTES)
    wrapped = nonce + AESGCM(master).encrypt(nonce, key.secret, key.id.bytes)
    return {"id": key.id, "master_key": name, "wrapped": wrapped}


def _case(life: Life, key: DataKey, *, dong: str, address: str) -> dict[str, object]:
    summary, terms = masked(life.texts[0].words)
    first, newest = life.log[0], life.log[-1]
    moment = None if newest.state in ENDED_STATES else life.moment()
    return {
        "number": life.number,
        "channel": life.channel,
        "external_id": f"{SOURCE}{life.number}",
        "revision": 0,
        "opinion_kind": "improvement" if life.facts.kind is CaseKind.OPINION else None,
        "dong": dong,
        "submitted_at": first.at,
        "reply_by": REPLY_BY[life.channel],
        "public": life.channel is not Channel.SMS_120,
        "summary": summary,
        "search": " ".join(f"'{term}'" for term in terms),
        "data_key_id": key.id,
        "routing": {
            "claimed_item": life.facts.item,
            "channel_category": None,
            "address": mask(address).text,
            "extra_fields": [],
        },
        "created_at": first.recorded_at,
        **case_values(life.facts, newest, moment),
        **turn_values(life.turn()),
    }


def _petitioner(life: Life, key: DataKey, keyring: Keyring, address: str) -> dict[str, object]:
    phone = _phone(life.rng)
    opened = Petitioner(contact=Contact(phone=phone), address=address)
    return {
        "case_number": life.number,
        "sealed": key.seal(opened.model_dump_json(exclude_none=True).encode()),
        "phone_hash": keyring.phone_hash(phone),
    }


def _phone(rng: Random) -> str:
    """A number that no carrier gives out: 010-0…; few people file often."""
    return f"0100{int(rng.paretovariate(0.7) * 1000) % 10_000_000:07d}"


@lru_cache(maxsize=200_000)
def masked(words: str) -> tuple[str, tuple[str, ...]]:
    """The masked words and their terms, as `storage.searching.masked_values` has them."""
    found = mask(words).text
    return found, index_terms(found)


def _text(value: object) -> str:
    """A value in PostgreSQL's text form of COPY."""
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, bytes):
        return f"\\\\x{value.hex()}"
    if isinstance(value, datetime):
        return value.isoformat()
    said = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)
    return said.translate(_ESCAPED)


_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def as_bytes(lines: Iterable[str]) -> bytes:
    """The lines of a table, as COPY takes them."""
    return ("\n".join(lines) + "\n").encode()
