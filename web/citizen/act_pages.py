"""What a petitioner does on the page of the own case: with words, with files, with a question
before what cannot be undone."""

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from schema.codes import Action
from schema.commands import Refusal, RefusalCode
from schema.forms import FormRefusedError
from storage.commands import keep_command
from storage.handed_in import cleaned_files, hand_in
from storage.sealing import ErasedError
from web.act_forms import Typed
from web.acting import Acted
from web.acts import ActForm, act_body
from web.citizen.access import key_in_cookie, open_with_key
from web.citizen.case_pages import case_page, enter, not_found
from web.citizen.case_view import CITIZEN, TAKE_FILES, citizens_forms
from web.filing import FilledForm, filled_form
from web.opened import OpenedCase
from web.site import Site, SiteHere, page, see, wording_of
from web.wording import Wording

router = APIRouter(include_in_schema=False)

LOWEST_WITHOUT_REASON = 3
"""매우 불만족 and 불만족 are asked why."""

WHY_NOT_SATISFIED = Refusal(
    code=RefusalCode.MISSING_FIELD,
    message_ko="어떤 점이 불만족스러우셨는지 적어 주세요. 다음 답변에 반영합니다.",
    message_en="Please say what was not good, so that it can be done better.",
)
ERASED = Refusal(
    code=RefusalCode.CASE_ENDED,
    message_ko="내용이 파기된 민원에는 더 적을 수 없습니다. 새로 신청해 주세요.",
    message_en="The contents of this case were erased; nothing can be added. Please file anew.",
)


@router.get("/cases/{number}/withdraw")
async def ask_before_withdrawing(
    request: Request, site: SiteHere, number: str, key: str | None = None
) -> Response:
    """What withdrawing means, before it is done."""
    if key is not None:
        return await enter(request, site, number, key, "/withdraw")
    opened = await open_with_key(site, number, key_in_cookie(request))
    if opened is None or opened.case is None:
        return not_found(request, number)
    forms = citizens_forms(opened, site, wording_of(request), None)
    if Action.WITHDRAW not in forms:
        return see(f"/cases/{number}")
    return page(
        request,
        "citizen/withdraw.html",
        case=opened.case,
        form=forms[Action.WITHDRAW],
        may_change=Action.CHANGE in forms,
    )


@router.post("/cases/{number}/{action}")
async def act(request: Request, site: SiteHere, number: str, action: Action) -> Response:
    """Do what the petitioner may do, once however often the form is sent."""
    opened = await open_with_key(site, number, key_in_cookie(request))
    if opened is None or opened.case is None:
        return not_found(request, number)
    filled = await filled_form(request)
    form = _form(filled, action, wording_of(request))
    typed = Typed(action, form)
    if _owes_a_reason(action, form):
        return await _refused(request, site, opened, typed, WHY_NOT_SATISFIED, status=422)
    try:
        acted = await _carried_out(site, number, action, form, filled)
    except FormRefusedError as refused:
        return await _refused(request, site, opened, typed, _said(refused), status=422)
    except ErasedError:
        return await _refused(request, site, opened, typed, ERASED)
    if acted.refusal is not None:
        return await _refused(request, site, opened, typed, acted.refusal)
    return see(f"/cases/{number}?act={form.request_id}")


def _form(filled: FilledForm, action: Action, wording: Wording) -> ActForm:
    values = {name: filled.typed(name) for name in ActForm.model_fields if name in filled.values}
    if action is Action.ADD and filled.photos and not values.get("text", "").strip():
        values["text"] = wording.t("mine.only_files")
    try:
        return ActForm.model_validate(values)
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from None


def _owes_a_reason(action: Action, form: ActForm) -> bool:
    low = form.grade is not None and form.grade < LOWEST_WITHOUT_REASON
    return action is Action.RATE and low and form.text is None


async def _carried_out(
    site: Site, number: str, action: Action, form: ActForm, filled: FilledForm
) -> Acted:
    body = act_body(action, form)
    at = site.now()
    if action in TAKE_FILES and filled.photos:
        files = [(name, content) for name, _, content in filled.photos]
        cleaned = await cleaned_files(files, site.clean)
        async with site.store.engine.begin() as conn:
            ids = await hand_in(conn, site.store, number, form.request_id, cleaned)
            body |= {"attachments": list(ids)}
            # With the files, so that the same form sent twice finds both.
            await keep_command(
                conn,
                site.store,
                number=number,
                request_id=form.request_id,
                action=action,
                actor=CITIZEN,
                at=at,
                body=body,
            )
    return await site.acting.act(
        number, action, request_id=form.request_id, actor=CITIZEN, at=at, body=body
    )


async def _refused(
    request: Request,
    site: Site,
    opened: OpenedCase,
    typed: Typed,
    refusal: Refusal,
    *,
    status: int = 409,
) -> Response:
    return await case_page(request, site, opened, refusal=refusal, typed=typed, status=status)


def _said(refused: FormRefusedError) -> Refusal:
    fault = refused.faults[0]
    return Refusal(
        code=RefusalCode.WRONG_FIELD, message_ko=fault.message_ko, message_en=fault.message_en
    )
