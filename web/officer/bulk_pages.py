"""One act on many cases: choose it, see what it would do to each, follow it to its end."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, HTTPException, Request, Response
from pydantic import Field, JsonValue
from starlette.background import BackgroundTask

from rules.quality import Remark, looked_over
from rules.transitions import TRANSITIONS
from schema.codes import Action
from schema.model import Frozen
from schema.numbers import is_receipt_number
from storage.bulk import MOST_CASES, BulkOutcome, items_of, job_of, jobs_of, keep_job, unsent
from storage.staff import accounts_of
from web.act_forms import STAFF, Typed, act_forms
from web.acts import ActForm, act_body
from web.filing import item_groups
from web.officer.acting_as import actor_for, note_deputy
from web.officer.bulk_preview import BULK_ACTIONS, Foreseen, foreseen
from web.officer.case_sheet import departments_by_agency, readable_case
from web.officer.own_form import check_own
from web.opened import OpenedCase
from web.sign_in import Staff, StaffHere
from web.site import Site, SiteHere, page, see, wording_of

router = APIRouter(prefix="/staff/bulk", include_in_schema=False)


class Chosen(Frozen):
    """The cases that were chosen in a list."""

    case: list[str] = Field(default_factory=list, max_length=MOST_CASES * 2)
    csrf: str = ""

    def numbers(self) -> tuple[str, ...]:
        """The cases, each once, in the order of the list."""
        return tuple(dict.fromkeys(one for one in self.case if is_receipt_number(one)))


class BulkForm(ActForm):
    """An act on the chosen cases; its `request_id` is the job's id."""

    case: list[str] = Field(default_factory=list, max_length=MOST_CASES * 2)
    action: Action

    def numbers(self) -> tuple[str, ...]:
        """The cases, each once, in the order of the list."""
        return tuple(dict.fromkeys(one for one in self.case if is_receipt_number(one)))

    def body(self) -> dict[str, JsonValue]:
        """The fields of the act."""
        return act_body(self.action, self)

    def job(self) -> UUID:
        """The job's id; HTTPException 422 for what is none."""
        try:
            return UUID(self.request_id)
        except ValueError:
            raise HTTPException(422) from None


@router.get("")
async def list_jobs(request: Request, site: SiteHere, staff: StaffHere) -> Response:
    """One's own newest jobs."""
    async with site.store.engine.connect() as conn:
        jobs = await jobs_of(conn, staff.account.login)
    return page(request, "staff/bulk_jobs.html", account=staff.account, staff=staff, jobs=jobs)


@router.post("")
async def choose(
    request: Request, site: SiteHere, staff: StaffHere, form: Annotated[Chosen, Form()]
) -> Response:
    """The chosen cases, and the acts that may be done to all of them."""
    check_own(staff, form.csrf)
    opened = await _opened(site, staff, form.numbers())
    return await _bulk_page(request, site, staff, opened)


@router.post("/preview")
async def preview(
    request: Request, site: SiteHere, staff: StaffHere, form: Annotated[BulkForm, Form()]
) -> Response:
    """What the act would do to each case, and which of them it would be refused on, and why."""
    check_own(staff, form.csrf)
    opened = await _opened(site, staff, form.numbers())
    if form.action not in BULK_ACTIONS:
        raise HTTPException(422)
    return await _bulk_page(request, site, staff, opened, form=form)


@router.post("/jobs")
async def begin(site: SiteHere, staff: StaffHere, form: Annotated[BulkForm, Form()]) -> Response:
    """Keep the job, once for its id, and begin to carry it out; what is kept is carried out to its
    end, whatever becomes of this process."""
    check_own(staff, form.csrf)
    job = form.job()
    if form.action not in BULK_ACTIONS or _held(form):
        raise HTTPException(422)
    opened = await _opened(site, staff, form.numbers())
    now = site.now()
    actors = {one.number: actor_for(staff, one, form.action, now) for one in opened}
    if not actors:
        return see("/staff/bulk")
    async with site.store.engine.begin() as conn:
        kept = await keep_job(
            conn,
            site.store,
            job=job,
            login=staff.account.login,
            action=form.action,
            body=form.body(),
            at=now,
            actors=actors,
        )
    if kept:
        for number, actor in actors.items():
            await note_deputy(site, staff, number, form.action, actor)
    answer = see(f"/staff/bulk/{job}")
    answer.background = BackgroundTask(_carry_out, site, job)
    return answer


async def _carry_out(site: Site, job: UUID) -> None:
    """Send what is not answered yet, one after the other; what this process does not come to, the
    housekeeping sends."""
    async with site.store.engine.connect() as conn:
        waiting = await unsent(conn, job)
    for command in waiting:
        await site.acting.carry_out(command)


@router.get("/{job}")
async def follow(request: Request, site: SiteHere, staff: StaffHere, job: str) -> Response:
    """How far a job of one's own has come, and what became of each case."""
    try:
        job_id = UUID(job)
    except ValueError:
        raise HTTPException(404) from None
    async with site.store.engine.connect() as conn:
        found = await job_of(conn, job_id, staff.account.login)
        items = await items_of(conn, job_id) if found else ()
    if found is None:
        raise HTTPException(404)
    by_outcome = {outcome: sum(one.outcome is outcome for one in items) for outcome in BulkOutcome}
    return page(
        request,
        "staff/bulk_job.html",
        account=staff.account,
        staff=staff,
        job=found,
        items=items,
        many=by_outcome,
        settled=len(items) - by_outcome[BulkOutcome.ON_ITS_WAY],
    )


async def _opened(site: Site, staff: Staff, numbers: Sequence[str]) -> tuple[OpenedCase, ...]:
    """The cases; HTTPException 403 where one is another department's, 422 for too many."""
    if len(numbers) > MOST_CASES:
        raise HTTPException(422)
    return tuple([await readable_case(site, staff, number) for number in numbers])


def _held(form: BulkForm) -> tuple[Remark, ...]:
    """An answer to many holds nobody's personal data: there is nobody whose own it could be."""
    return tuple(one for one in _remarks(form) if one.holds_back)


def _remarks(form: BulkForm) -> tuple[Remark, ...]:
    text = form.text if form.action is Action.ANSWER else None
    return looked_over(text, petition="") if text else ()


async def _bulk_page(
    request: Request,
    site: Site,
    staff: Staff,
    opened: tuple[OpenedCase, ...],
    *,
    form: BulkForm | None = None,
) -> Response:
    wording, now = wording_of(request), site.now()
    departments = {one.case.department for one in opened if one.case is not None}
    async with site.store.engine.connect() as conn:
        colleagues = [
            account
            for code in sorted(code for code in departments if code)
            for account in await accounts_of(conn, code)
        ]
    seen: tuple[Foreseen, ...] = ()
    if form is not None:
        seen = tuple(
            foreseen(
                one,
                actor_for(staff, one, form.action, now),
                form.action,
                form.body(),
                book=site.book,
                now=now,
                wording=wording,
            )
            for one in opened
        )
    rows = [TRANSITIONS[action] for action in BULK_ACTIONS]
    typed = Typed(form.action, form) if form is not None else None
    return page(
        request,
        "staff/bulk.html",
        account=staff.account,
        staff=staff,
        opened=opened,
        forms=act_forms(rows, wording, STAFF, typed=typed).values(),
        form=form,
        seen=seen,
        allowed=[one for one in seen if one.refusal is None],
        refused=[one for one in seen if one.refusal is not None],
        remarks=_remarks(form) if form is not None else (),
        held=bool(form is not None and _held(form)),
        fields=form.body() if form is not None else {},
        job=str(uuid4()),
        colleagues=colleagues,
        departments=departments_by_agency(site, wording),
        groups=item_groups(site, wording),
        most=MOST_CASES,
    )
