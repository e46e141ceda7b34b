"""Signing in by the city's sign-on service: a certified OpenID provider, and one that lies."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI, Request
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from schema.audit import AuditKind
from schema.codes import Role
from schema.staff import Duty
from stack.processes import free_port, is_listening
from storage.audit import AuditFilter, entries
from storage.staff import Account, Source, add_account, disable_account, find_account, find_facts
from tests.web.conftest import FIRST_LINE, PAGES, ROADS, City
from tests.web.sign_on_service import SignOnService, sign_on_service
from web.serving import served
from web.sign_on import CALLBACK, Attempt, Client, SignOn, SignOnAwayError, SignOnRefusedError

OFFICER = {
    "preferred_username": "kim.officer",
    "name": "김주무",
    "groups": ["minwon-officer", "everybody"],
    "departments": [ROADS, "9999999.gone"],
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def service() -> AsyncIterator[SignOnService]:
    """One service for the module."""
    async with sign_on_service(f"{PAGES}{CALLBACK}", f"{PAGES}/staff/sign-in") as running:
        yield running


def client(issuer: str, secret: str = "test-secret") -> Client:
    return Client(
        issuer=issuer, id="minwon", secret=secret, scopes="openid profile", public_url=PAGES
    )


def connect(city: City, service: SignOnService, **changes: object) -> None:
    """Have the city sign its staff in by the service."""
    sign_on = SignOn(client(service.issuer))
    city.app.state.site = replace(city.app.state.site, sign_on=sign_on, **changes)


async def sign_in(
    city: City, service: SignOnService, browser: httpx.AsyncClient, next: str = "/staff"
) -> httpx.Response:
    """The whole way: to the service, through it, and back."""
    begun = await browser.get("/staff/sign-in/start", params={"next": next})
    assert begun.status_code == 303, begun.text
    return await browser.get(await service.visit(begun.headers["location"]))


async def noted(city: City, kind: AuditKind) -> list[dict[str, object]]:
    async with city.store.engine.connect() as conn:
        return [dict(one.detail) for one in await entries(conn, AuditFilter(kind=kind))]


async def account(city: City, login: str) -> Account | None:
    async with city.store.engine.connect() as conn:
        return await find_account(conn, login)


async def test_the_service_stands_first_on_the_sign_in_page(
    city: City, service: SignOnService
) -> None:
    """Its button comes before the local form, which can be switched off."""
    assert "sign-in/start" not in (await city.browser().get("/staff/sign-in")).text
    connect(city, service)
    page = (await city.browser().get("/staff/sign-in?next=/staff/inbox")).text
    assert page.index("sign-in/start?next=/staff/inbox") < page.index('name="password"')
    connect(city, service, local_sign_in=False)
    page = (await city.browser().get("/staff/sign-in")).text
    assert "sign-in/start" in page
    assert 'name="password"' not in page
    refused = await city.browser().post("/staff/sign-in", data={"login": "a", "password": "b"})
    assert refused.status_code == 403


async def test_whom_the_mapping_names_is_let_in(city: City, service: SignOnService) -> None:
    """The account is made with the duties that the groups give, and leads to the page wanted."""
    connect(city, service)
    await service.says("k1", k1=OFFICER)
    browser = city.browser()
    answer = await sign_in(city, service, browser, next="/staff/inbox")
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/inbox")
    assert (await browser.get("/staff/inbox")).status_code == 200
    made = await account(city, "kim.officer")
    assert made is not None
    assert (made.name, made.role, made.department) == ("김주무", Role.OFFICER, ROADS)
    assert await noted(city, AuditKind.ACCOUNT_ADDED) == [{"by": "directory"}]
    assert await noted(city, AuditKind.SIGNED_IN) == [{"means": "directory"}]


async def test_duties_follow_the_service_at_each_sign_in(
    city: City, service: SignOnService
) -> None:
    """Another group is another duty; no group left is no way in, and the account stays."""
    connect(city, service)
    await service.says("k1", k1=OFFICER)
    await sign_in(city, service, city.browser())
    more = OFFICER | {"groups": ["minwon-first-line", "minwon-officer"]}
    await service.says("k1", k1=more)
    await sign_in(city, service, city.browser())
    async with city.store.engine.connect() as conn:
        now = city.app.state.site.now()
        found = await find_account(conn, "kim.officer", now)
    assert found is not None
    assert (found.role, found.department) == (Role.FIRST_LINE, FIRST_LINE)
    assert found.duties == (Duty(role=Role.OFFICER, department=ROADS),)
    await service.says("k1", k1=OFFICER | {"groups": []})
    answer = await sign_in(city, service, city.browser())
    assert answer.status_code == 403
    assert await account(city, "kim.officer") is not None


async def test_an_unknown_person_is_told_so_and_gets_no_account(
    city: City, service: SignOnService
) -> None:
    """A clear page, no session, no account, a line in the log."""
    connect(city, service)
    await service.says("s1", s1={"preferred_username": "stranger", "name": "누구"})
    browser = city.browser()
    answer = await sign_in(city, service, browser)
    assert answer.status_code == 403
    assert "이용 권한이 없습니다" in answer.text
    assert "minwon_session" not in browser.cookies
    assert await account(city, "stranger") is None
    assert await noted(city, AuditKind.SIGN_IN_FAILED) == [
        {"means": "directory", "fault": "unknown"}
    ]


async def test_an_account_made_beforehand_is_bound_once(city: City, service: SignOnService) -> None:
    """Without a password it waits for its person; bound, no other of that name is let in."""
    connect(city, service)
    waiting = Account(login="lee", name="이주무", role=Role.OFFICER, department=ROADS)
    async with city.store.engine.begin() as conn:
        await add_account(conn, waiting, None)
    lee = {"preferred_username": "lee", "name": "다른 이름"}
    await service.says("l1", l1=lee)
    assert (await sign_in(city, service, city.browser())).status_code == 303
    assert await account(city, "lee") == waiting
    async with city.store.engine.connect() as conn:
        facts = await find_facts(conn, "lee")
    assert facts is not None
    assert (facts.source, facts.subject) == (Source.LOCAL, f"{service.issuer} l1")
    await service.says("l2", l2=lee)
    assert (await sign_in(city, service, city.browser())).status_code == 403


async def test_a_local_accounts_name_opens_nothing(city: City, service: SignOnService) -> None:
    """Whoever is called like a local account at the service does not become it."""
    connect(city, service)
    login = await city.account(Role.ADMINISTRATOR)
    await service.says("m1", m1=OFFICER | {"preferred_username": login})
    answer = await sign_in(city, service, city.browser())
    assert answer.status_code == 403
    assert "연결하지 않았습니다" in answer.text


async def test_a_closed_account_stays_closed(city: City, service: SignOnService) -> None:
    """The service's word does not open it again."""
    connect(city, service)
    await service.says("k1", k1=OFFICER)
    await sign_in(city, service, city.browser())
    async with city.store.engine.begin() as conn:
        assert await disable_account(conn, "kim.officer", city.app.state.site.now())
    answer = await sign_in(city, service, city.browser())
    assert answer.status_code == 403
    assert "중지된" in answer.text


async def test_who_gives_up_at_the_service_comes_back_to_the_sign_in_page(
    city: City, service: SignOnService
) -> None:
    """Denied there is said here, and the way on is kept."""
    connect(city, service)
    await service.says("")
    answer = await sign_in(city, service, city.browser(), next="/staff/inbox")
    assert answer.status_code == 401
    assert "거부" in answer.text
    assert "next=/staff/inbox" in answer.text


async def test_the_way_back_belongs_to_one_browser_and_holds_once(
    city: City, service: SignOnService
) -> None:
    """Another browser with the same address gets nothing, and neither does the second time."""
    connect(city, service)
    await service.says("k1", k1=OFFICER)
    browser = city.browser()
    begun = await browser.get("/staff/sign-in/start")
    back = await service.visit(begun.headers["location"])
    assert (await city.browser().get(back)).status_code == 400
    assert (await browser.get(back)).status_code == 303
    assert (await browser.get(back)).status_code == 400


async def test_the_request_carries_pkce_state_and_nonce(city: City, service: SignOnService) -> None:
    """Each time anew, and the verifier itself never leaves us before the exchange."""
    connect(city, service)
    asked = []
    for _ in range(2):
        begun = await city.browser().get("/staff/sign-in/start")
        asked.append(parse_qs(urlsplit(begun.headers["location"]).query))
    for query in asked:
        assert query["code_challenge_method"] == ["S256"]
        assert query["response_type"] == ["code"]
        assert query["redirect_uri"] == [f"{PAGES}{CALLBACK}"]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]


async def test_new_keys_of_the_service_are_found(city: City, service: SignOnService) -> None:
    """A token signed with a key that we do not know makes us read the keys again, not at once."""
    clock = [time.time()]
    sign_on = SignOn(client(service.issuer), now=lambda: clock[0])
    city.app.state.site = replace(city.app.state.site, sign_on=sign_on)
    await service.says("k1", k1=OFFICER)
    assert (await sign_in(city, service, city.browser())).status_code == 303
    await service.says("k1", new_keys=True, k1=OFFICER)
    clock[0] += 30
    assert (await sign_in(city, service, city.browser())).status_code == 303


async def test_signing_out_leads_to_the_services_own_way_out(
    city: City, service: SignOnService
) -> None:
    """The session ends here first; the page then leads to the service, which leads back."""
    connect(city, service)
    await service.says("k1", k1=OFFICER)
    browser = city.browser()
    await sign_in(city, service, browser)
    page = (await browser.get("/staff")).text
    csrf = page.split('name="csrf" value="')[1].split('"')[0]
    out = await browser.post("/staff/sign-out", data={"csrf": csrf})
    assert out.headers["location"] == "/staff/sign-in/out"
    assert (await browser.get("/staff")).status_code == 303
    left = (await browser.get("/staff/sign-in/out")).text
    assert f"{service.issuer}/session/end?client_id=minwon" in left
    way_out = await SignOn(client(service.issuer)).way_out()
    assert way_out is not None
    asked = await service.http.get(way_out)
    assert asked.status_code == 200


async def test_a_service_that_is_away_is_said_and_stops_nobody_else(city: City) -> None:
    """503 with words; the local form stays on the page."""
    sign_on = SignOn(client("http://127.0.0.1:9"))
    city.app.state.site = replace(city.app.state.site, sign_on=sign_on)
    answer = await city.browser().get("/staff/sign-in/start")
    assert answer.status_code == 503
    assert "응답하지 않습니다" in answer.text
    assert 'name="password"' in answer.text


KEY, OTHER_KEY = (
    RSAKey.generate_key(2048, {"kid": kid, "use": "sig"}, private=True) for kid in ("a", "a")
)
SECRET = "a secret of at least thirty-two letters"
ATTEMPT = Attempt(state="s", nonce="the nonce", verifier="v" * 64)


class Lying:
    """A service that signs whatever a test wants: what no certified one can be made to do."""

    def __init__(self) -> None:
        self.issuer = ""
        self.header: dict[str, object] = {"alg": "RS256", "kid": "a"}
        self.key: RSAKey | OctKey = KEY
        self.claims: dict[str, object] = {}
        self.userinfo: dict[str, object] = {"sub": "k1"}
        self.named_issuer: str | None = None
        self.app = FastAPI()
        self.app.get("/.well-known/openid-configuration")(self._discovery)
        self.app.get("/jwks")(self._jwks)
        self.app.post("/token")(self._token)
        self.app.get("/me")(self._me)

    def sign_with(self, key: RSAKey | OctKey, *, alg: str = "RS256") -> None:
        """Sign with another key than the one that is published."""
        self.key, self.header = key, {"alg": alg, "kid": "a"}

    async def _discovery(self) -> dict[str, str]:
        return {
            "issuer": self.named_issuer or self.issuer,
            "authorization_endpoint": f"{self.issuer}/auth",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/me",
        }

    async def _jwks(self) -> object:
        return KeySet([KEY]).as_dict(private=False)

    async def _token(self, request: Request) -> dict[str, object]:
        now = int(time.time())
        right = {
            "iss": self.issuer,
            "aud": "minwon",
            "sub": "k1",
            "nonce": ATTEMPT.nonce,
            "iat": now,
            "exp": now + 300,
        }
        claims = {name: value for name, value in (right | self.claims).items() if value != ""}
        token = jwt.encode(self.header, claims, self.key, algorithms=["RS256", "HS256"])
        return {"access_token": "t", "token_type": "Bearer", "id_token": token}

    async def _me(self) -> dict[str, object]:
        return self.userinfo


async def finished(lying: Lying) -> object:
    """What we make of its answer."""
    port = free_port()
    lying.issuer = f"http://127.0.0.1:{port}"
    async with served(lying.app, port=port):
        while not is_listening("127.0.0.1", port):  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.02)
        return await SignOn(client(lying.issuer, SECRET)).finish("code", ATTEMPT)


NOW = int(time.time())
WRONG: dict[str, Callable[[Lying], None]] = {
    "another issuer": lambda one: one.claims.update(iss="https://evil.example"),
    "another audience": lambda one: one.claims.update(aud="another"),
    "several audiences, for another": lambda one: one.claims.update(
        aud=["minwon", "another"], azp="another"
    ),
    "no nonce": lambda one: one.claims.update(nonce=""),
    "another nonce": lambda one: one.claims.update(nonce="another"),
    "expired": lambda one: one.claims.update(exp=NOW - 3600, iat=NOW - 3700),
    "from the future": lambda one: one.claims.update(iat=NOW + 3600, exp=NOW + 7200),
    "not valid yet": lambda one: one.claims.update(nbf=NOW + 3600),
    "made too long ago": lambda one: one.claims.update(iat=NOW - 3600),
    "no subject": lambda one: one.claims.update(sub=""),
    "another access token": lambda one: one.claims.update(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "another key": lambda one: one.sign_with(OTHER_KEY),
    "signed with the secret": lambda one: one.sign_with(OctKey.import_key(SECRET), alg="HS256"),
    "another person's userinfo": lambda one: one.userinfo.update(sub="k2"),
}


@pytest.mark.parametrize("how", sorted(WRONG))
async def test_a_wrong_answer_is_refused(how: str) -> None:
    """Whatever is not signed, not for us, not of this attempt or not of now opens nothing."""
    lying = Lying()
    WRONG[how](lying)
    with pytest.raises(SignOnRefusedError):
        await finished(lying)


@pytest.mark.parametrize("seconds", [-50, 0, 50])
async def test_clocks_may_differ_a_little(seconds: int) -> None:
    """A minute either way is no fault."""
    lying = Lying()
    now = int(time.time())
    lying.claims = {"iat": now + seconds, "nbf": now + seconds, "exp": now + 20 + seconds}
    claims = await finished(lying)
    assert isinstance(claims, dict)
    assert claims["sub"] == "k1"


async def test_discovery_has_to_name_the_issuer_that_was_set() -> None:
    """Letter by letter: a service that speaks for another is not used."""
    lying = Lying()
    lying.named_issuer = "https://another.example"
    with pytest.raises(SignOnAwayError, match="another issuer"):
        await finished(lying)
