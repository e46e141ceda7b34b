"""The rows of a life, as COPY reads them, with holes for what is each petitioner's own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from rules.masking import mask
from rules.measures.case import measures_of
from schema.codes import ENDED_STATES, CaseKind, Channel, ReplyBy
from storage.event_log import logged_values, turn_values
from storage.record import case_values
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
    """What is to be copied, by table: its columns, and text of one or more lines."""

    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    lines: dict[str, list[str]] = field(default_factory=dict)

    def bytes_of(self, table: str) -> bytes:
        """The lines of a table, as COPY takes them."""
        return ("\n".join(self.lines[table]) + "\n").encode()


def hole(name: str) -> str:
    """What stands in a row for something of the petitioner's own: letters that no text has, and
    that neither COPY nor JSON writes otherwise."""
    return f"\ue000{name}\ue001"


def rows_with_holes(life: Life) -> Mapping[str, list[dict[str, object]]]:
    """The rows of `life` by table. Number, ids, district and agency still stand as they are."""
    first = life.log[0]
    measures = measures_of(life.log, kind=life.facts.kind, calendar=life.town.calendar)
    return {
        "data_key": [{"id": hole("key"), "master_key": hole("master"), "wrapped": hole("wrapped")}],
        "cases": [_case(life)],
        "petitioner": [
            {
                "case_number": life.number,
                "sealed": hole("petitioner"),
                "phone_hash": hole("phone_hash"),
            }
        ],
        "case_text": _texts(life),
        "case_event": [logged_values(event) for event in life.log],
        "case_measure": [measures.values()],
        "registered_revision": [
            {
                "channel": life.channel,
                "external_id": f"{SOURCE}{life.number}",
                "revision": 0,
                "record": "filed",
                "case_number": life.number,
                "registered_at": first.recorded_at,
            }
        ],
    }


def _texts(life: Life) -> list[dict[str, object]]:
    return [
        {
            "id": text.id,
            "case_number": life.number,
            "kind": text.kind,
            "sealed": hole(f"sealed{place}"),
            "masked": mask(text.words).text if place else hole("summary"),
            "created_at": text.at,
        }
        for place, text in enumerate(life.texts)
    ]


def _case(life: Life) -> dict[str, object]:
    first, newest = life.log[0], life.log[-1]
    moment = None if newest.state in ENDED_STATES else life.moment()
    return {
        "number": life.number,
        "channel": life.channel,
        "external_id": f"{SOURCE}{life.number}",
        "revision": 0,
        "opinion_kind": "improvement" if life.facts.kind is CaseKind.OPINION else None,
        "dong": hole("dong"),
        "long": hole("long"),
        "lat": hole("lat"),
        "submitted_at": first.at,
        "reply_by": REPLY_BY[life.channel],
        "public": life.channel is not Channel.SMS_120,
        "summary": hole("summary"),
        "search": hole("terms"),
        "data_key_id": hole("key"),
        "routing": {
            "claimed_item": life.facts.item,
            "channel_category": None,
            "address": hole("masked_address"),
            "extra_fields": [],
        },
        "created_at": first.recorded_at,
        **case_values(life.facts, newest, moment),
        **turn_values(life.turn()),
    }


def copy_text(value: object) -> str:
    """A value in PostgreSQL's text form of COPY."""
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, bytes):
        return bytes_text(value)
    if isinstance(value, datetime):
        return value.isoformat()
    said = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)
    return said.translate(_ESCAPED)


def bytes_text(value: bytes) -> str:
    """Bytes in PostgreSQL's text form of COPY."""
    return f"\\\\x{value.hex()}"


_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
