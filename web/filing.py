"""A form as a browser posts it, made into the one JSON body of the journal."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fastapi import HTTPException, Request
from pydantic import JsonValue
from starlette.datastructures import UploadFile

from rules.organisation import districts
from schema.codes import CaseKind
from schema.form_fields import CONSENT_VERSION, MAX_FILE_BYTES, MAX_FILES, PERSONAL
from schema.forms import FieldFault
from schema.party import MOST_REPRESENTATIVES, FiledAs
from schema.plain_text import is_blank
from web.form_schema import FormSchema, form_schema
from web.site import Site
from web.wording import SEOUL, Wording

CONTACT = ("name", "phone", "email")
REPRESENTATIVES = tuple(f"representative_{n}" for n in range(1, MOST_REPRESENTATIVES + 1))
COUNTS = ("households", "signatures")
MOST_BYTES = MAX_FILES * MAX_FILE_BYTES + 1024 * 1024
MOST_FILES_READ = 4 * MAX_FILES
INSIDE = {
    "location.address": "address",
    "location.lat": "address",
    "location.long": "address",
    "party.principal": "principal",
    "party.filed_as": "filed_as",
    "party.households": "households",
    "party.signatures": "signatures",
    "party.representatives": "representative_1",
    "contact.name": "name",
    "contact.phone": "phone",
    "contact.email": "email",
    "attachments": "photos",
}
"""The field of the page that a part of the body is typed into."""

WITHOUT_CONSENT = FieldFault(
    field="consent",
    message_ko="연락처나 이름, 차량번호를 적으셨다면 개인정보 수집·이용에 동의해 주세요.",
    message_en="To leave a contact, a name or a number plate, agree to the use of personal data.",
)

SENT_ALREADY = FieldFault(
    field="text",
    message_ko="이 화면에서 이미 다른 내용을 보냈습니다. 한 번 더 누르면 새 민원으로 접수됩니다.",
    message_en="Something else was sent from this page; send again to file a new petition.",
)


@dataclass(frozen=True)
class FilledForm:
    """What was typed, kept to show it again beside its faults, and the photos."""

    values: Mapping[str, str] = field(default_factory=dict)
    photos: Sequence[tuple[str, str, bytes]] = ()

    def typed(self, name: str, otherwise: str = "") -> str:
        """What stands in the field `name`."""
        return self.values.get(name, otherwise)

    def faults(self) -> tuple[FieldFault, ...]:
        """What the page asks beyond the form itself: consent where there is personal data."""
        personal = any(not is_blank(self.typed(name)) for name in PERSONAL)
        return (WITHOUT_CONSENT,) if personal and not self.typed("consent") else ()

    def body(self, *, language: str, site: str | None = None) -> bytes:
        """The JSON body of the API for what was typed."""
        form: dict[str, JsonValue] = {
            "text": self.typed("text"),
            "kind": self.typed("kind", CaseKind.PETITION),
            "item": self.typed("item") or None,
            "location": {
                "address": self.place_in_words() or None,
                **{name: self.typed(name) or None for name in ("lat", "long")},
            },
            "contact": {name: self.typed(name) or None for name in CONTACT},
            "reply_by": self.typed("reply_by") or None,
            "public": bool(self.typed("public")),
            "language": language,
            "attachments": [
                {
                    "name": name,
                    "media_type": media_type,
                    "content_base64": base64.b64encode(content).decode(),
                }
                for name, media_type, content in self.photos
            ],
        }
        if party := self._party():
            form["party"] = party
        beside = {"site": site, **{name: self.typed(name).strip() for name in ("same_as", "plate")}}
        form |= {name: value for name, value in beside.items() if value}
        if self.typed("consent"):
            given: list[JsonValue] = [name for name in PERSONAL if not is_blank(self.typed(name))]
            form["consent"] = {"version": CONSENT_VERSION, "items": given}
        return json.dumps(form, ensure_ascii=False).encode()

    def place_in_words(self) -> str:
        """The address, and before it the district and dong chosen from the list (as
        «11440/서교동»), where it does not begin with them."""
        address = self.typed("address").strip()
        code, _, dong = self.typed("area").partition("/")
        chosen = districts().get(code)
        if chosen is None:
            return address
        before = [part for part in (chosen.name_ko, dong.strip()) if part and part not in address]
        return " ".join([*before, address]).strip()

    def _party(self) -> dict[str, JsonValue]:
        """Those who stand behind it; empty for a matter of one's own."""
        party: dict[str, JsonValue] = {}
        if self.typed("filed_as", FiledAs.SELF) != FiledAs.SELF:
            party["filed_as"] = self.typed("filed_as")
        if not is_blank(self.typed("principal")):
            party["principal"] = {"name": self.typed("principal")}
        if self.typed("under_14"):
            party["under_14"] = True
        party |= {name: self.typed(name).strip() for name in COUNTS if self.typed(name).strip()}
        named = [self.typed(name) for name in REPRESENTATIVES if not is_blank(self.typed(name))]
        if named:
            party["representatives"] = [{"name": name} for name in named]
        return party


async def filled_form(request: Request) -> FilledForm:
    """The posted form; raises HTTPException 413 where it is larger than any form may be."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > MOST_BYTES:
        raise HTTPException(413)
    async with request.form(max_files=MOST_FILES_READ, max_fields=40) as posted:
        # No database stores a NUL, neither in a text nor in the name of a form.
        values = {
            name: value.replace("\0", "")
            for name, value in posted.items()
            if isinstance(value, str)
        }
        photos = [
            (part.filename, part.content_type or "", await part.read())
            for part in posted.getlist("photos")
            if isinstance(part, UploadFile) and part.filename
        ]
    return FilledForm(values, photos)


def form_here(site: Site) -> FormSchema:
    """The form of our own pages, as it is today."""
    return form_schema(site.now().astimezone(SEOUL).date())


def faults_by_field(faults: Sequence[FieldFault], wording: Wording) -> dict[str, str]:
    """What to say beside each field of the page: the parts of a field speak for the whole."""
    said: dict[str, list[str]] = {}
    for fault in faults:
        words = fault.message_ko if wording.korean else fault.message_en
        beside = said.setdefault(_typed_into(fault.field), [])
        if words not in beside:
            beside.append(words)
    return {name: " ".join(words) for name, words in said.items()}


def _typed_into(path: str) -> str:
    parts = path.split(".")
    two, first = ".".join(parts[:2]), parts[0]
    return INSIDE.get(two) or INSIDE.get(first) or first


def item_groups(site: Site, wording: Wording) -> list[tuple[str, list[tuple[str, str]]]]:
    """The items that may be chosen, by group, as (name, [(code, name)])."""
    return [
        (group.label.said(wording), [(item.code, item.label.said(wording)) for item in group.items])
        for group in form_here(site).items
    ]
