"""The monthly report as a page that prints, and as a workbook."""

from dataclasses import replace

from fastapi import APIRouter, Request, Response

from storage.figures import Step, one_snapshot
from web.manager.asking import Asked, as_of, read_asked
from web.manager.frame import board_page
from web.manager.report import ON_PAPER, Report, make_report
from web.manager.report_sheet import MEDIA_TYPE, as_workbook
from web.manager.saying import Saying
from web.sign_in import Staff, StaffHere
from web.site import Site, SiteHere, wording_of

router = APIRouter(prefix="/staff/board", include_in_schema=False)


@router.get("/report")
async def show(request: Request, site: SiteHere, staff: StaffHere) -> Response:
    """The month's report; the month is the one that holds the day asked for."""
    saying = Saying(wording_of(request))
    now = site.now()
    asked, report = await _report(request, site, staff, saying)
    return board_page(
        request,
        "staff/board_report.html",
        staff=staff,
        asked=asked,
        saying=saying,
        now=now,
        report=report,
        tables={by: report.tables[by] for by in ON_PAPER},
        sheet=asked.address("/staff/board/report.xlsx"),
    )


@router.get("/report.xlsx")
async def load(request: Request, site: SiteHere, staff: StaffHere) -> Response:
    """The same numbers as a workbook."""
    saying = Saying(wording_of(request))
    asked, report = await _report(request, site, staff, saying)
    title = f"{saying.w.t('board.report')} {saying.period(asked)}"
    said = saying.w.t("board.as_of", at=saying.w.when(site.now()))
    name = f"minwon-report-{asked.since:%Y-%m}.xlsx"
    return Response(
        as_workbook(report, saying, title=title, as_of=said),
        media_type=MEDIA_TYPE,
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


async def _report(
    request: Request, site: Site, staff: Staff, saying: Saying
) -> tuple[Asked, Report]:
    now = site.now()
    asked = replace(read_asked(request, staff, now), step=Step.MONTH)
    async with one_snapshot(site.store.engine) as conn:
        return asked, await make_report(conn, asked, as_of(now), saying)
