"""What every answer carries, and whose forms are taken."""

import pytest

from tests.web.conftest import City

CREDENTIALS = {"login": "nobody", "password": "nothing at all"}


async def test_every_page_carries_the_security_headers(city: City) -> None:
    """No inline script, no framing, no sniffing, nothing personal left in a cache."""
    for path in ("/", "/petitions/new", "/cases", "/staff/sign-in", "/no-such-page"):
        headers = (await city.browser().get(path)).headers
        assert "script-src 'self'" in headers["content-security-policy"], path
        assert "unsafe" not in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["cache-control"] == "no-store", path


@pytest.mark.parametrize("path", ["/", "/petitions/new", "/cases", "/staff/sign-in"])
async def test_no_page_has_anything_inline(city: City, path: str) -> None:
    """A page works under its own policy: no style, script or handler inside the HTML."""
    html = (await city.browser().get(path)).text
    assert "<style" not in html
    assert " style=" not in html
    assert " onclick=" not in html
    assert "<script>" not in html


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 401),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "", "origin": "http://minwon.test"}, 403),
    ],
)
async def test_a_form_of_another_site_is_refused(
    city: City, headers: dict[str, str], status: int
) -> None:
    """Another site cannot act with somebody's cookies, nor sign somebody in."""
    answer = await city.browser().post("/staff/sign-in", data=CREDENTIALS, headers=headers)
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("origin", "status"), [("http://minwon.test", 401), ("https://evil.example", 403)]
)
async def test_where_the_browser_sends_only_an_origin_that_decides(
    city: City, origin: str, status: int
) -> None:
    """Older browsers send no Sec-Fetch-Site."""
    browser = city.browser()
    del browser.headers["sec-fetch-site"]
    answer = await browser.post("/staff/sign-in", data=CREDENTIALS, headers={"origin": origin})
    assert answer.status_code == status


async def test_departments_sites_may_embed_the_form(city: City) -> None:
    """The petition API takes no cookie as authority, so another site's page may post to it."""
    answer = await city.browser().post(
        "/api/v1/petitions",
        json={"text": "공원 의자가 부서졌습니다"},
        headers={"sec-fetch-site": "cross-site"},
    )
    assert answer.status_code == 201, answer.text


async def test_static_files_are_kept_by_their_hash(city: City) -> None:
    """An address with a hash may be cached for ever, for its content never changes."""
    page = (await city.browser().get("/")).text
    address = page.split('rel="stylesheet" href="')[-1].split('"')[0]
    answer = await city.browser().get(address)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    bare = await city.browser().get(address.partition("?")[0])
    assert bare.headers["cache-control"] == "no-cache"


async def test_the_own_sheet_stays_small() -> None:
    """The pages stay quick on a slow telephone."""
    from web.site import STATIC

    assert (STATIC / "app.css").stat().st_size < 20_000


async def test_a_language_chosen_stays(city: City) -> None:
    """?lang=en is remembered, and the page says its language to a reader's machine."""
    browser = city.browser()
    assert '<html lang="ko">' in (await browser.get("/")).text
    assert '<html lang="en">' in (await browser.get("/?lang=en")).text
    assert '<html lang="en">' in (await browser.get("/cases")).text


async def test_what_is_away_is_listed(city: City) -> None:
    """Web is ready without Temporal, and says that it is away."""
    answer = await city.browser().get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["parts"]["temporal"]["ok"] is False
    assert (await city.browser().get("/healthz")).status_code == 200
    metrics = (await city.browser().get("/metrics")).text
    assert "minwon_web_requests" in metrics
