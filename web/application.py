"""The web application: our pages and API, and beside them the channels' gateways."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, cast

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from storage.sessions import SessionLimits
from storage.store import Store
from web.addresses import Networks
from web.bodies import Bodies
from web.citizen import (
    act_pages,
    case_pages,
    credit_pages,
    embed_pages,
    filing_pages,
    form_api,
    live_pages,
    my_pages,
    public_feeds,
    public_list,
    public_page,
    suggestions,
)
from web.citizen import api as citizen_api
from web.compression import Compression
from web.guard import Guard
from web.limits import Limits
from web.live import Live
from web.manager import (
    board,
    figure_pages,
    map_page,
    people_page,
    report_pages,
    system_page,
)
from web.officer import api as officer_api
from web.officer import (
    audit_pages,
    bulk_pages,
    calendar_pages,
    city_pages,
    drafts_pages,
    entry_pages,
    exception_pages,
    export_pages,
    first_line_pages,
    me_pages,
    moderation_pages,
    paper_pages,
    people_pages,
    queue_pages,
    register_pages,
    search_pages,
    sign_in_pages,
    undo_pages,
)
from web.officer import case_pages as officer_case_pages
from web.officer import live_pages as officer_live_pages
from web.officer import pages as officer_pages
from web.open311.partners import PartnerRates
from web.open311.router import open311_routers
from web.ops import Parts, ops_router
from web.passwords import SignIn
from web.problems import add_handlers
from web.route_rights import check_routes
from web.sign_in import WAYS_IN
from web.sign_on import SignOn
from web.site import STATIC, Site, utc_now

if TYPE_CHECKING:
    from storage.forms import CleanFile
    from web.acting import Acting

ROUTERS = (
    filing_pages.router,
    embed_pages.router,
    live_pages.router,
    my_pages.router,
    case_pages.router,
    act_pages.router,
    public_list.router,
    credit_pages.router,
    public_page.router,
    officer_live_pages.router,
    sign_in_pages.router,
    me_pages.router,
    people_pages.router,
    city_pages.router,
    calendar_pages.router,
    audit_pages.router,
    queue_pages.router,
    first_line_pages.router,
    bulk_pages.router,
    undo_pages.router,
    officer_pages.router,
    officer_case_pages.router,
    drafts_pages.router,
    entry_pages.router,
    exception_pages.router,
    moderation_pages.router,
    paper_pages.router,
    register_pages.router,
    search_pages.router,
    export_pages.router,
    board.router,
    figure_pages.router,
    map_page.router,
    people_page.router,
    report_pages.router,
    system_page.router,
)
API_ROUTERS = (
    form_api.router,
    suggestions.router,
    citizen_api.router,
    officer_api.router,
    search_pages.api_router,
    public_feeds.router,
)


def build(
    *,
    store: Store,
    acting: "Acting",
    clean: "CleanFile",
    public_url: str,
    parts: Parts,
    gateways: Sequence[APIRouter] = (),
    sign_on: SignOn | None = None,
    local_sign_in: bool = True,
    limits: SessionLimits = SessionLimits(),  # noqa: B008 - frozen
    now: Callable[[], datetime] = utc_now,
    limited: bool = True,
    trusted_proxies: Networks = (),
    intake_lag: system_page.IntakeLag | None = None,
) -> FastAPI:
    """The application on `store`; the composition root opens and closes what it is given.

    `clean` frees a photo of its metadata (see `storage.forms`); `public_url` is the pages'
    address without a slash at the end; `parts` gives the state of database, Kafka, Temporal for
    /readyz (only the database needed); `gateways` are mounted as they are, with
    `POST /api/v1/petitions` among them; `limited`: requests are limited per address, which
    `trusted_proxies` tell of others. `sign_on` is the staff's sign-on service; without one, or
    where `local_sign_in` says so, they sign in with local accounts.
    """
    app = FastAPI(
        title="minwon",
        summary="민원·제안 / petitions and proposals",
        version="1",
        docs_url=None,
        redoc_url=None,
    )
    app.state.site = Site(
        store=store,
        acting=acting,
        clean=clean,
        sign_in=SignIn(store, now, limits),
        sign_on=sign_on,
        local_sign_in=local_sign_in,
        limits=limits,
        live=Live(store),
        public_url=public_url,
        trusted_proxies=trusted_proxies,
        now=now,
    )
    app.state.partner_rates = PartnerRates()
    app.state.intake_lag = intake_lag
    apis = (*API_ROUTERS, *open311_routers())
    for router in (*gateways, ops_router("web", parts), *apis, *ROUTERS):
        app.include_router(router)
    check_routes(app, WAYS_IN)
    app.mount("/static", _Static(directory=STATIC))
    app.add_middleware(Bodies)
    if limited:
        app.add_middleware(Limits, trusted=trusted_proxies)
    app.add_middleware(Compression)
    app.add_middleware(Guard, public_url=public_url)
    add_handlers(app)
    return app


async def end_streams(app: FastAPI) -> None:
    """Let go of the pages that are kept up to date, so that the server can end at once."""
    await cast(Site, app.state.site).live.close()


class _Static(StaticFiles):
    """Our own files. An address with a hash names one content for ever."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, to be kept for a year where its address carries a hash."""
        response = await super().get_response(path, scope)
        hashed = "v" in Request(scope).query_params
        response.headers["cache-control"] = (
            "public, max-age=31536000, immutable" if hashed else "no-cache"
        )
        return response
