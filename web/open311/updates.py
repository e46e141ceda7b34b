"""servicerequestupdates, mySociety's extension: the public steps to poll, and partners' words.

What a partner posts is a note: it never moves the case or a deadline. Its status is kept as the
partner's word, for the department that has the case to read.
"""

import hashlib
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.masking import contains_rrn
from rules.taxonomy import groups, newest_leaves
from schema.codes import Action, Role, Visibility
from schema.events import Actor, CaseEvent
from schema.numbers import typed_receipt_number
from storage.cases import Case, event_of_request
from storage.open311 import masked_answers, partner_requests, public_events, requests_by_number
from storage.partner_photos import add_photos
from storage.partners import Partner, Right
from web.open311.filters import instant, page_of, span
from web.open311.formats import UPDATES, Formatted, Open311Error, answer, bad
from web.open311.forms import PostedUpdateView, UpdateExtras, UpdateView, stamp
from web.open311.media import Media, media_of, told_links
from web.open311.partners import PartnerRates, posting_partner
from web.open311.posted import PostedForm, posted_form
from web.open311.reading import no_request, reader_with
from web.open311.routes import ERROR_RESPONSES, POST_RESPONSES, fresh_router
from web.open311.services import TEST, asked_wording
from web.open311.shown import (
    MOST_LETTERS,
    PHOTO,
    TOLD_BESIDE,
    UPDATE_STATUS,
    Reader,
    answer_in,
    is_wordy,
    service_of,
)
from web.site import Site, SiteHere
from web.timeline import timeline
from web.wording import Wording

router = fresh_router()

LAST = timedelta(hours=24)
"""How far back a poll without dates looks."""
STATUSES = frozenset(
    {
        *("unchanged", "open", "closed", "fixed", "in_progress", "planned", "action_scheduled"),
        *("investigating", "duplicate", "not_councils_responsibility", "no_further_action"),
        *("internal_referral", "cancelled", "reopen", "for_triage"),
    }
)
NEEDED = ("service_request_id", "update_id", "status", "updated_datetime", "description")
ALIASES = {"update_id": "update_id_ext"}
"""An older name of a field, where FixMyStreet once had another."""
_PLAIN_ID = re.compile(r"[A-Za-z0-9._:-]{1,50}")


class UpdatesQuery(BaseModel):
    """The parameters of `GET servicerequestupdates`."""

    model_config = ConfigDict(extra="ignore")

    jurisdiction_id: str = Field("", description="보지 않습니다 / ignored")
    api_key: str = Field("", description="자기가 낸 것은 비공개도 / also one's own")
    start_date: str = Field("", description="end_date와 함께 / together with end_date")
    end_date: str = Field("", description="start_date부터 90일까지 / up to 90 days later")
    page: str = Field("", description="1부터 / from 1")
    page_size: str = Field("", description="1000까지 / up to 1000")
    lang: str = Field("", description="ko, en")


@router.get(
    "/servicerequestupdates.{extension}",
    response_model=list[UpdateView],
    responses=ERROR_RESPONSES,
    summary="Public steps of requests",
)
async def updates(
    request: Request, site: SiteHere, form: Formatted, query: Annotated[UpdatesQuery, Query()]
) -> Response:
    """What happened to public requests, oldest first, by when it was recorded; without dates in
    the last 24 hours. Ids never change, so that the same window may be asked for again."""
    since, until = instant(query.start_date, "start_date"), instant(query.end_date, "end_date")
    if (since is None) != (until is None):
        raise bad("start_date와 end_date는 함께 적습니다. / start_date and end_date go together.")
    begin, end = span(since, until, last=LAST, now=site.now())
    place = page_of(query.model_dump())
    reader = await reader_with(site, query.api_key)
    async with site.store.engine.connect() as conn:
        found = await public_events(
            conn,
            since=begin,
            until=end,
            partner=reader.name,
            limit=place.limit,
            offset=place.offset,
        )
        wordy = {case.number for _, case in found if is_wordy(case)}
        answers = await masked_answers(conn, sorted(wordy)) if wordy else {}
    wording = asked_wording(request)
    shown = [_update_view(event, case, answer_in(event, answers), wording) for event, case in found]
    return answer(form, UPDATES, shown)


def _update_view(event: CaseEvent, case: Case, words: str | None, wording: Wording) -> UpdateView:
    line = timeline((event,), {}, eyes=Visibility.PUBLIC, wording=wording)[0]
    leaf = newest_leaves().get(service_of(case))
    group = groups()[leaf.group] if leaf else None
    return UpdateView(
        update_id=str(event.id),
        service_request_id=event.case,
        status=UPDATE_STATUS[event.state],
        updated_datetime=stamp(event.recorded_at),
        description="\n\n".join(part for part in (line.title, line.note, words) if part),
        external_status_code=event.state,
        customer_reference=event.case,
        extras=UpdateExtras(
            category=wording.item(leaf.code) if leaf else None,
            group=(group.name_ko if wording.korean else group.name_en) if group else None,
        ),
    )


@router.post(
    "/servicerequestupdates.{extension}",
    response_model=list[PostedUpdateView],
    responses=POST_RESPONSES,
    summary="Tell something about a request",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                kind: {
                    "schema": {
                        "type": "object",
                        "required": ["api_key", *NEEDED],
                        "properties": {
                            name: {"type": "string"} for name in ("api_key", *NEEDED, "media_url")
                        },
                    }
                }
                for kind in ("application/x-www-form-urlencoded", "multipart/form-data")
            },
        }
    },
)
async def tell(request: Request, site: SiteHere, form: Formatted) -> Response:
    """Becomes a note of the case, once for each update_id; the status is kept as the partner's
    word. No deadline moves."""
    posted = await posted_form(request)
    rates: PartnerRates = request.app.state.partner_rates
    partner = await posting_partner(site.store, rates, posted.get("api_key"), Right.UPDATE)
    told = _Told(posted, partner)
    media = await media_of(posted, site.clean)
    if request.url.path.startswith(TEST):
        return answer(form, UPDATES, [PostedUpdateView(update_id=f"TEST-{told.request_id}")])
    number = await _case_told_of(site, told, partner)
    event = await _noted(site, number, told, media)
    return answer(form, UPDATES, [PostedUpdateView(update_id=str(event.id))])


class _Told:
    """A posted update, checked. Raises the 400 that names everything that is wrong with it."""

    def __init__(self, posted: PostedForm, partner: Partner) -> None:
        given = {name: posted.get(name) or posted.get(ALIASES.get(name, "")) for name in NEEDED}
        faults = [
            f"{name}을(를) 적어 주세요. / {name} is required."
            for name, value in given.items()
            if not value
        ]
        self.partner = partner
        self.number = given["service_request_id"]
        self.status = given["status"].lower()
        self.words = given["description"]
        faults += _faults(self.status, self.words)
        said_at = None
        try:
            said_at = instant(given["updated_datetime"], "updated_datetime")
        except Open311Error as error:
            faults += [one.description for one in error.faults]
        if faults or said_at is None:
            raise bad(*faults)
        self.said_at = said_at
        self.request_id = f"open311/{partner.name}/{_short(given['update_id'])}"

    def body(self, links: Sequence[str]) -> dict[str, JsonValue]:
        """What the note says."""
        text = self.words
        if links:
            text += TOLD_BESIDE + "\n".join(told_links(links, PHOTO))
        return {
            "text": text,
            "partner": self.partner.title,
            "partner_status": self.status,
            "said_at": self.said_at.isoformat(),
        }


def _faults(status: str, words: str) -> list[str]:
    found = []
    if status and status not in STATUSES:
        known = ", ".join(sorted(STATUSES)).upper()
        found.append(f"status는 다음 가운데 하나입니다: {known}. / status is one of {known}.")
    if len(words) > MOST_LETTERS:
        found.append(
            f"description은 {MOST_LETTERS:,}자까지입니다. / "
            f"description may have up to {MOST_LETTERS:,} characters."
        )
    if contains_rrn(words):
        found.append(
            "주민등록번호는 받을 수 없습니다. 지우고 보내 주세요. / "
            "A resident registration number must not be sent; take it out and send again."
        )
    return found


def _short(update_id: str) -> str:
    """The caller's id as part of a request id, which has a length."""
    if _PLAIN_ID.fullmatch(update_id):
        return update_id
    return hashlib.sha256(update_id.encode("utf-8", "replace")).hexdigest()[:40]


async def _case_told_of(site: Site, told: _Told, partner: Partner) -> str:
    """The number of a case that the partner may tell something about: a public one, or its own.
    Raises the 404, or the 409 while the case is not registered yet."""
    number = typed_receipt_number(told.number)
    if number is None:
        raise no_request(told.number)
    async with site.store.engine.connect() as conn:
        found = (await requests_by_number(conn, (number,))).get(number)
        filed = (await partner_requests(conn, (number,))).get(number)
    reader = Reader(partner.name)
    if found is not None and reader.sees(found.case, filed):
        return number
    if found is None and filed is not None and reader.sees_waiting(filed):
        raise Open311Error(
            409,
            "접수를 확인하는 중입니다. 잠시 뒤에 다시 보내 주세요. / "
            "The request is being registered; send the same again in a moment.",
            headers={"retry-after": "5"},
        )
    raise no_request(told.number)


async def _noted(site: Site, number: str, told: _Told, media: Media) -> CaseEvent:
    """The note of the case; what was told before under the same update_id is not told again."""
    async with site.store.engine.connect() as conn:
        earlier = await _earlier(conn, number, told)
    if earlier is not None:
        return earlier
    photos = [(name, media.clean(content, name)) for name, content in media.kept]
    await add_photos(site.store, number, photos)
    acted = await site.acting.act(
        number,
        Action.COMMENT,
        request_id=told.request_id,
        actor=Actor(role=Role.CHANNEL, account=told.partner.name),
        at=site.now(),
        body=told.body(media.links),
    )
    if acted.event is not None:
        return acted.event
    async with site.store.engine.connect() as conn:
        earlier = await _earlier(conn, number, told)
    if earlier is None:
        raise Open311Error(
            409,
            "지금은 적을 수 없습니다. 잠시 뒤에 다시 보내 주세요. / "
            "This cannot be noted just now; send the same again in a moment.",
            headers={"retry-after": "5"},
        )
    return earlier


async def _earlier(conn: AsyncConnection, number: str, told: _Told) -> CaseEvent | None:
    return await event_of_request(conn, number, told.request_id)
