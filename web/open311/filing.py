"""POST requests: a partner's request becomes a petition like any other, and its number is told
when it is committed, whatever else is away."""

import base64
import hashlib
import json
import math
from collections.abc import Sequence
from typing import Annotated

from fastapi import Header, Request, Response
from pydantic import JsonValue

from rules.services import attributes_of
from rules.taxonomy import UNCLASSIFIED, Leaf
from schema.forms import FormRefusedError
from schema.plain_text import is_blank
from storage.forms import PreparedForm, prepare_form
from storage.journal import IdempotencyConflictError
from storage.open311 import PartnerRequest, file_request
from storage.partners import Partner, Right
from web.open311.attributes import PLATE, told_attributes, told_plate
from web.open311.filters import number
from web.open311.formats import REQUESTS, Formatted, Open311Error, answer, bad
from web.open311.forms import PostedView
from web.open311.media import Media, media_of, told_links
from web.open311.partners import PartnerRates, posting_partner
from web.open311.posted import PostedForm, posted_form
from web.open311.routes import POST_RESPONSES, fresh_router
from web.open311.services import TEST, find_service, today_in
from web.open311.shown import MOST_LETTERS, PHOTO, TOLD_BESIDE
from web.site import Site, SiteHere

router = fresh_router()

PERSON = ("account_id", "device_id", "deviceid", "email", "phone", "first_name", "last_name")
"""What tells one petitioner of a partner from another."""
PLACE = ("lat", "long", "address_string", "address_id")
MOST_ADDRESS = 500
NOT_PINPOINTED = "#NOTPINPOINTED#"
"""What FixMyStreet sends as address_id where nobody has said where it is."""

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="같은 키로 다시 보내면 한 번만 접수합니다 / sent again, it is filed once",
    ),
]
_FIELD = {"type": "string"}
REQUEST_BODY: dict[str, JsonValue] = {
    "required": True,
    "content": {
        kind: {
            "schema": {
                "type": "object",
                "required": ["api_key", "service_code"],
                "properties": {
                    name: dict(_FIELD)
                    for name in (
                        *("api_key", "jurisdiction_id", "service_code", *PLACE),
                        *("description", "media_url", "email", "phone", "first_name"),
                        *("last_name", "account_id", "device_id", "attribute[CODE]"),
                    )
                },
            }
        }
        for kind in ("application/x-www-form-urlencoded", "multipart/form-data")
    },
}


@router.post(
    "/requests.{extension}",
    response_model=list[PostedView],
    responses=POST_RESPONSES,
    summary="File a request",
    openapi_extra={"requestBody": REQUEST_BODY},
)
async def file(
    request: Request, site: SiteHere, form: Formatted, idempotency_key: IdempotencyKey = None
) -> Response:
    """Needs an api_key, a service_code and a place. Photos: `media_url` (a link, or a `data:` URI;
    may be repeated) or uploads under any name. A file that cannot be read refuses nothing:
    service_notice names it. The test endpoint checks all of it, and files nothing."""
    posted = await posted_form(request)
    rates: PartnerRates = request.app.state.partner_rates
    partner = await posting_partner(site.store, rates, posted.get("api_key"), Right.FILE)
    leaf = _service(posted, site)
    draft = _Draft(posted, leaf, partner)
    media = await media_of(posted, site.clean)
    body = draft.body(media)
    if request.url.path.startswith(TEST):
        await _prepared(body, media)
        return answer(form, REQUESTS, [_tested(body, media)])
    number_ = await _filed(site, draft, media, body, idempotency_key)
    filed = PostedView(service_request_id=number_, service_notice=media.notice())
    return answer(form, REQUESTS, [filed])


def _service(posted: PostedForm, site: Site) -> Leaf:
    code = posted.get("service_code")
    if not code:
        raise bad("service_code를 적어 주세요. / service_code is required.")
    return find_service(code, today_in(site))


class _Draft:
    """A posted request on its way to the form that every petition is. Raises the 400 that names
    everything that is wrong with it."""

    def __init__(self, posted: PostedForm, leaf: Leaf, partner: Partner) -> None:
        self._posted = posted
        self.leaf = leaf
        self.partner = partner
        self._told, faults = told_attributes(posted, leaf.code)
        asked = any(one.code == PLATE for one in attributes_of(leaf.code))
        self._plate = told_plate(posted) if asked else None
        self._place, more = _place(posted, needed=leaf.location_required)
        self._words = posted.get("description")
        if len(self._words) > MOST_LETTERS:
            more.append(
                f"description은 {MOST_LETTERS:,}자까지입니다. / "
                f"description may have up to {MOST_LETTERS:,} characters."
            )
        if faults or more:
            raise bad(*faults, *more)

    def body(self, media: Media) -> bytes:
        """The form as JSON: the same fields as of any petition."""
        form: dict[str, JsonValue] = {
            "text": self._text(media.links),
            "location": self._place,
            "contact": self._contact(),
            "plate": self._plate,
            "site": self.partner.site,
            "attachments": [
                {"name": name, "content_base64": base64.b64encode(content).decode()}
                for name, content in media.kept
            ],
        }
        if self.leaf.code != UNCLASSIFIED:
            form["item"] = self.leaf.code
        return json.dumps(form, ensure_ascii=False).encode("utf-8", "replace")

    def _text(self, links: Sequence[str]) -> str:
        words = self.leaf.name_ko if is_blank(self._words) else self._words
        beside = [*self._told, *told_links(links, PHOTO)]
        return words + TOLD_BESIDE + "\n".join(beside) if beside else words

    def _contact(self) -> dict[str, JsonValue]:
        posted = self._posted
        names = (posted.get(name) for name in ("first_name", "last_name"))
        full = " ".join(name for name in names if name not in ("", "-"))
        return {"name": full or None, **{n: posted.get(n) or None for n in ("phone", "email")}}

    def same_as(self, links: Sequence[str]) -> bytes | None:
        """What makes two posts one request: who, what and where; None where nobody is named."""
        person = [self._posted.get(name) for name in PERSON]
        if not any(person):
            return None
        where = [self._posted.get(name) for name in PLACE]
        told = [self.leaf.code, self._words, *self._told, self._plate, *links]
        return json.dumps([person, where, told], ensure_ascii=False).encode("utf-8", "replace")


def _place(posted: PostedForm, *, needed: bool) -> tuple[dict[str, JsonValue], list[str]]:
    """The place of the form, and what is wrong with it."""
    faults: list[str] = []
    found: dict[str, float | None] = {}
    for name, most in (("lat", 90.0), ("long", 180.0)):
        try:
            found[name] = number(posted.get(name), name, most=most)
        except Open311Error as error:
            found[name] = math.inf
            faults += [fault.description for fault in error.faults]
    if (found["lat"] is None) != (found["long"] is None):
        faults.append("lat과 long을 함께 적어 주세요. / lat and long go together.")
    address = posted.get("address_string") or posted.get("address_id")
    if needed and not address and not faults and found["lat"] is None:
        faults.append(
            "위치가 필요합니다: lat과 long, 또는 address_string이나 address_id. / "
            "A place is required: lat and long, or address_string, or address_id."
        )
    words = "" if address == NOT_PINPOINTED else address[:MOST_ADDRESS]
    return {**found, "address": words or None}, faults


async def _filed(
    site: Site, draft: _Draft, media: Media, body: bytes, idempotency_key: str | None
) -> str:
    same = draft.same_as(media.links)
    request = PartnerRequest(
        partner=draft.partner.name,
        service_code=draft.leaf.code,
        fingerprint=site.store.keyring.fingerprint(same) if same else None,
        filed_at=site.now(),
    )
    try:
        return await file_request(
            site.store,
            await _prepared(body, media),
            request,
            scope=draft.partner.site,
            idempotency_key=idempotency_key,
        )
    except IdempotencyConflictError:
        raise Open311Error(
            409,
            "같은 Idempotency-Key로 다른 내용이 이미 접수되었습니다. / "
            "This Idempotency-Key was used with another request.",
        ) from None


async def _prepared(body: bytes, media: Media) -> PreparedForm:
    """The form, checked as every petition's is; raises the 400 that says what to mend."""
    try:
        return await prepare_form(body, clean=media.clean)
    except FormRefusedError as refused:
        said = (f"{one.field}: {one.message_ko} / {one.message_en}" for one in refused.faults)
        raise bad(*said) from None


def _tested(body: bytes, media: Media) -> PostedView:
    """What the test endpoint answers: the same request has the same id, and nothing was filed."""
    notice = "시험 접수입니다. 처리하지 않습니다. / A test; nothing was filed."
    return PostedView(
        service_request_id=f"TEST-{hashlib.sha256(body).hexdigest()[:12].upper()}",
        service_notice=" ".join(part for part in (notice, media.notice()) if part),
    )
