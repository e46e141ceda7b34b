"""A petitioner's case for programs, with the header X-Minwon-Key."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime

from schema.codes import Action, EventKind, State, Visibility
from schema.commands import Refusal
from schema.deadlines import Step
from schema.events import CaseEvent
from schema.grounds import Relation
from schema.model import Frozen
from schema.numbers import typed_receipt_number
from schema.submission import Attachment
from web.acts import ActBody, OnItsWay, act_body, foreign_fields
from web.citizen.access import open_with_key
from web.citizen.case_now import officer_of
from web.citizen.case_view import (
    CITIZEN,
    CITIZENS_ACTIONS,
    answered_at,
    asked_for,
    objection_until,
    offered_to_citizen,
    rating_of,
)
from web.due import why_due
from web.opened import OpenedCase
from web.photos import photo_response
from web.problems import ProblemError, ProblemView, no_such_case, refused, wrong_fields
from web.site import Site, SiteHere
from web.timeline import answer_of, timeline
from web.wording import Language, Wording

router = APIRouter(prefix="/api/v1/petitions", tags=["petitions"])

Key = Annotated[str, Header(alias="X-Minwon-Key", description="열람 번호 / the case's key")]


class DepartmentView(Frozen):
    """A department as the petitioner is told of it."""

    code: str
    name_ko: str
    name_en: str
    phone: str | None


class LineView(Frozen):
    """One entry of the timeline, in words."""

    seq: int
    kind: EventKind
    at: AwareDatetime
    title_ko: str
    title_en: str
    text: str | None


class LinkView(Frozen):
    """Another petition of the same petitioner: `relation` and whether it came from this one."""

    receipt_number: str
    relation: Relation
    came_from_this: bool


class FileView(Frozen):
    """A photo or video of the petition; `path` gives its content, with the same header."""

    id: UUID
    media_type: str
    size: int
    captured_at: AwareDatetime | None
    path: str


class PetitionView(Frozen):
    """A petition as its petitioner may see it. `due_at` is the legal due, else the target;
    `steps` say how the legal due was counted. While it is merged into another case,
    due and department are that one's."""

    receipt_number: str
    status: State
    status_ko: str
    status_en: str
    registered: bool
    submitted_at: AwareDatetime
    received_at: AwareDatetime | None = None
    due_at: AwareDatetime | None = None
    legal_due_at: AwareDatetime | None = None
    target_due_at: AwareDatetime | None = None
    due_reason_ko: str | None = None
    due_reason_en: str | None = None
    urgent: bool = False
    item: str | None = None
    department: DepartmentView | None = None
    officer: str | None = None
    """The name of whoever has it (민원처리법 시행령 §31); told to its petitioner only."""
    next_ko: str | None = None
    next_en: str | None = None
    """What comes next, and what there is to do."""
    answer: str | None = None
    answered_at: AwareDatetime | None = None
    timeline: tuple[LineView, ...] = ()
    extended: bool = False
    merged: bool = False
    steps: tuple[Step, ...] = ()
    supplement_until: AwareDatetime | None = None
    supplement_asked: str | None = None
    rated: int | None = None
    attachments: tuple[FileView, ...] = ()
    objection_until: AwareDatetime | None = None
    allowed_actions: tuple[Action, ...] = ()
    linked: tuple[LinkView, ...] = ()


@router.get("/{number}", summary="Follow a petition", responses={404: {"model": ProblemView}})
async def show(site: SiteHere, number: str, key: Key = "") -> PetitionView:
    """State, timeline, deadline, department and answer. A wrong key is 404, as no petition is."""
    opened = await _opened(site, number, key)
    view = view_of(opened, site)
    if opened.case is None:
        return view
    root = opened.around.root if opened.around else None
    merged = opened.case.state is State.MERGED and root is not None
    officer = await officer_of(site, root if merged and root else opened.case)
    return view.model_copy(update={"officer": officer})


@router.get(
    "/{number}/attachments/{attachment}",
    summary="A photo or video of a petition",
    response_class=Response,
    responses={404: {"model": ProblemView}},
)
async def attachment(
    request: Request, site: SiteHere, number: str, attachment: str, key: Key = ""
) -> Response:
    """The content of one of its files, free of what it said of device and place."""
    opened = await _opened(site, number, key)
    return await photo_response(request, site, opened.attachments, attachment)


@router.post(
    "/{number}/actions/{action}",
    summary="Act on a petition",
    response_model=CaseEvent,
    responses={
        202: {"model": OnItsWay},
        404: {"model": ProblemView},
        409: {"model": Refusal | ProblemView},
    },
)
async def act(
    site: SiteHere, number: str, action: Action, body: ActBody, key: Key = ""
) -> Response:
    """What its petitioner may do: `add`, `supplement`, `extend_supplement`, `change`, `consent`,
    `withdraw`, `ask_again`, `object`, `reopen`, `demand_correction`, `rate`; `allowed_actions` of
    the petition names those that are open now."""
    opened = await _opened(site, number, key)
    if opened.case is None:
        raise not_registered_yet()
    if action not in CITIZENS_ACTIONS or foreign_fields(action, body):
        raise wrong_fields(foreign_fields(action, body))
    acted = await site.acting.act(
        opened.number,
        action,
        request_id=body.request_id,
        actor=CITIZEN,
        at=site.now(),
        body=act_body(action, body),
    )
    if acted.refusal is not None:
        return refused(acted.refusal)
    if acted.event is None:
        return JSONResponse(OnItsWay(request_id=body.request_id).model_dump(), status_code=202)
    return JSONResponse(acted.event.model_dump(mode="json"))


async def _opened(site: Site, number: str, key: str) -> OpenedCase:
    opened = await open_with_key(site, typed_receipt_number(number) or number, key)
    if opened is None:
        raise no_such_case()
    return opened


def not_registered_yet() -> ProblemError:
    """409: the petition is in the journal and becomes a case in a moment."""
    return ProblemError(
        409,
        "not_registered_yet",
        "아직 접수 확인 중입니다. 잠시 뒤에 다시 해 주세요.",
        "The petition is being registered; try again in a moment.",
    )


def view_of(opened: OpenedCase, site: Site) -> PetitionView:
    """What the petitioner may see of an opened case."""
    ko, en = Wording(Language.KO), Wording(Language.EN)
    case, around = opened.case, opened.around
    if case is None or around is None:
        return PetitionView(
            receipt_number=opened.number,
            status=State.SUBMITTED,
            status_ko=ko.state(State.SUBMITTED),
            status_en=en.state(State.SUBMITTED),
            registered=False,
            next_ko=ko.t(f"next.{State.SUBMITTED}"),
            next_en=en.t(f"next.{State.SUBMITTED}"),
            submitted_at=opened.submitted_at,
        )
    explained, asked = site.book.explained(opened.facts, around.calendar), asked_for(opened, site)
    rating = rating_of(opened)
    together = around.root if case.state is State.MERGED else None
    handled = together or case
    return PetitionView(
        receipt_number=case.number,
        status=case.state,
        status_ko=ko.state(case.state),
        status_en=en.state(case.state),
        registered=True,
        submitted_at=case.submitted_at,
        received_at=case.received_at,
        due_at=handled.due_at(),
        legal_due_at=case.legal_due_at,
        target_due_at=case.target_due_at,
        due_reason_ko=why_due(opened, site.book, ko),
        due_reason_en=why_due(opened, site.book, en),
        urgent=case.urgent,
        item=case.item,
        department=department_view(handled.department),
        next_ko=ko.t(f"next.{case.state}"),
        next_en=en.t(f"next.{case.state}"),
        answer=answer_of(opened.events, opened.texts or {}, eyes=Visibility.PETITIONER),
        answered_at=answered_at(opened),
        timeline=_lines(opened, ko, en),
        extended=case.extended,
        merged=case.state is State.MERGED,
        steps=explained.steps if explained else (),
        supplement_until=asked.until if asked else None,
        supplement_asked=asked.words if asked else None,
        rated=int(rating.grade) if rating else None,
        attachments=tuple(_file(opened.number, facts) for facts in opened.attachments),
        objection_until=objection_until(opened, site),
        allowed_actions=tuple(row.action for row in offered_to_citizen(opened, site)),
        linked=tuple(
            LinkView(
                receipt_number=link.number,
                relation=link.relation,
                came_from_this=link.came_from_this,
            )
            for link in around.links
        ),
    )


def _file(number: str, facts: Attachment) -> FileView:
    return FileView(
        id=facts.id,
        media_type=facts.media_type,
        size=facts.size,
        captured_at=facts.captured_at,
        path=f"{router.prefix}/{number}/attachments/{facts.id}",
    )


def department_view(code: str | None) -> DepartmentView | None:
    """The department `code` in words, or None."""
    if code is None:
        return None
    ko, en = Wording(Language.KO), Wording(Language.EN)
    return DepartmentView(
        code=code,
        name_ko=ko.department(code),
        name_en=en.department(code),
        phone=ko.phone(code),
    )


def _lines(opened: OpenedCase, ko: Wording, en: Wording) -> tuple[LineView, ...]:
    texts, eyes = opened.texts or {}, Visibility.PETITIONER
    korean = timeline(opened.events, texts, eyes=eyes, wording=ko)
    english = timeline(opened.events, texts, eyes=eyes, wording=en)
    return tuple(
        LineView(
            seq=line.seq,
            kind=line.kind,
            at=line.at,
            title_ko=line.title,
            title_en=other.title,
            text=line.body,
        )
        for line, other in zip(korean, english, strict=True)
    )
