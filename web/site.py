"""What every route is given: storage, acting, the clock, the templates."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Annotated, cast

from fastapi import Depends, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from rules.book import RuleBook
from storage.calendars import Calendars
from storage.sessions import SessionLimits
from storage.staff import Account
from storage.store import Store
from web.addresses import Networks
from web.addresses import address_of as whose
from web.wording import Language, Wording

if TYPE_CHECKING:
    from storage.forms import CleanFile
    from web.acting import Acting
    from web.live import Live
    from web.passwords import SignIn
    from web.sign_on import SignOn

STATIC = FilePath(str(files("web"))) / "static"
LANGUAGE_COOKIE = "minwon_lang"


def utc_now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Site:
    """The one value that the routes depend on; made by `web.application.build`."""

    store: Store
    acting: "Acting"
    clean: "CleanFile"
    sign_in: "SignIn"
    live: "Live"
    public_url: str
    sign_on: "SignOn | None" = None
    local_sign_in: bool = True
    limits: SessionLimits = field(default_factory=SessionLimits)
    now: Callable[[], datetime] = utc_now
    trusted_proxies: Networks = ()
    calendars: Calendars = field(default_factory=Calendars)

    @property
    def book(self) -> RuleBook:
        """The rule book that acts are judged by."""
        return self.acting.book

    @property
    def secure(self) -> bool:
        """True where the pages are served over https, and cookies only there."""
        return self.public_url.startswith("https://")


def site_of(request: Request) -> Site:
    """The site that this application was built with."""
    return cast(Site, request.app.state.site)


RowId = Annotated[int, Path(ge=0, le=2**63 - 1)]
"""The id of a row in an address: no larger than the database counts."""
SiteHere = Annotated[Site, Depends(site_of)]


def address_of(request: Request) -> str:
    """Where a request came from, for limits."""
    return whose(request.scope, site_of(request).trusted_proxies)


@cache
def asset(name: str) -> str | None:
    """The address of a file under `static/`, with its hash so that it may be cached for ever;
    None where the build has not put it there."""
    path = STATIC / name
    if not path.is_file():
        return None
    return f"/static/{name}?v={hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = asset
    return environment


def language_of(request: Request) -> Language:
    """What the reader chose with `?lang=`, now or earlier."""
    chosen = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    return Language.EN if chosen == Language.EN else Language.KO


def wording_of(request: Request) -> Wording:
    """The wording of the reader's language."""
    return Wording(language_of(request))


WordingHere = Annotated[Wording, Depends(wording_of)]


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    account: Account | None = None,
    **context: object,
) -> HTMLResponse:
    """The page `template` in the reader's language; remembers a language chosen just now."""
    wording = wording_of(request)
    response = HTMLResponse(
        _environment()
        .get_template(template)
        .render(
            w=wording,
            t=wording.t,
            request=request,
            account=account,
            other_language=_in_other_language(request, wording.language),
            **context,
        ),
        status_code=status,
    )
    if "lang" in request.query_params:
        response.set_cookie(
            LANGUAGE_COOKIE,
            wording.language,
            max_age=31_536_000,
            httponly=True,
            samesite="lax",
            secure=site_of(request).secure,
        )
    return response


def _in_other_language(request: Request, language: Language) -> str:
    """This page's address in the other language; its query is kept, but never a key."""
    other = Language.KO if language is Language.EN else Language.EN
    url = request.url.remove_query_params(["key", "lang"]).include_query_params(lang=other.value)
    # A path that begins with two slashes would name another site.
    return f"/{url.path.lstrip('/')}?{url.query}"


def see(path: str) -> RedirectResponse:
    """Go on with a GET of `path`, so that reloading does not post again."""
    return RedirectResponse(path, status_code=303)
