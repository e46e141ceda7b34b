"""The sign-on service (OpenID Connect): authorization code with PKCE, and the checks of its answer.

Discovery, keys and the exchange go over the network when they are first needed, so that web starts
while the service is away. The browser is bound to its attempt by a cookie, and an attempt is used
once (`storage/sign_on.py`).
"""

import base64
import hashlib
import hmac
import secrets
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from authlib.common.security import generate_token
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from schema.model import Frozen

with warnings.catch_warnings():
    # Authlib warns at import that it will want another HTTP client one day.
    warnings.simplefilter("ignore")
    from authlib.integrations.httpx_client import AsyncOAuth2Client, OAuthError

SKEW_SECONDS = 60
"""How far the service's clock may be from ours."""
OLDEST_SECONDS = 600
"""How long ago an ID token may have been made: it is taken over within one sign-in."""
KNOWN_SECONDS = 3600.0
"""How long discovery and keys are kept; an unknown key is looked for before."""
LOOKED_AGAIN_SECONDS = 10.0
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
"""Signatures with a public key only: `none` and the secret's own HMAC are not among them."""
PATIENCE = 10.0
CALLBACK = "/staff/sign-in/callback"


class SignOnAwayError(Exception):
    """The service does not answer, or not with what it should."""


class SignOnRefusedError(Exception):
    """The service's answer was not accepted; the message is for the log, never for the page."""


class Metadata(Frozen):
    """What discovery says, as far as we use it."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None


class Attempt(Frozen):
    """What is remembered of somebody who is sent to the service."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Client:
    """What we are at the service."""

    issuer: str
    id: str
    secret: str
    scopes: str
    public_url: str

    @property
    def callback(self) -> str:
        """Where the service sends people back to."""
        return f"{self.public_url}{CALLBACK}"


class SignOn:
    """One service, for one process. `now` is in seconds since the epoch."""

    def __init__(self, client: Client, *, now: Callable[[], float] = time.time) -> None:
        self.client = client
        self._now = now
        self._metadata: Metadata | None = None
        self._keys: KeySet | None = None
        self._read_at = self._keys_at = float("-inf")

    async def metadata(self) -> Metadata:
        """What the service says of itself. Raises SignOnAwayError."""
        if self._metadata is None or self._now() - self._read_at > KNOWN_SECONDS:
            url = f"{self.client.issuer.rstrip('/')}/.well-known/openid-configuration"
            found = await self._json(url)
            try:
                told = Metadata.model_validate(
                    {name: found.get(name) for name in Metadata.model_fields}
                )
            except ValueError:
                raise SignOnAwayError("discovery lacks an endpoint") from None
            if told.issuer != self.client.issuer:
                raise SignOnAwayError(f"discovery names another issuer: {told.issuer}")
            self._metadata, self._read_at = told, self._now()
        return self._metadata

    async def begin(self) -> tuple[str, Attempt]:
        """Where to send the browser, and what to remember. Raises SignOnAwayError."""
        told = await self.metadata()
        attempt = Attempt(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=generate_token(64),
        )
        async with self._oauth() as oauth:
            url, _ = oauth.create_authorization_url(
                told.authorization_endpoint,
                state=attempt.state,
                nonce=attempt.nonce,
                code_verifier=attempt.verifier,
            )
        return str(url), attempt

    async def finish(self, code: str, attempt: Attempt) -> Mapping[str, Any]:
        """The claims of who has signed in. Raises SignOnAwayError and SignOnRefusedError."""
        told = await self.metadata()
        try:
            async with self._oauth() as oauth:
                token = await oauth.fetch_token(
                    told.token_endpoint, code=code, code_verifier=attempt.verifier
                )
        except OAuthError as error:
            raise SignOnRefusedError(f"the code was not taken: {error.error}") from None
        except (httpx.HTTPError, ValueError) as error:
            raise SignOnAwayError(f"no token: {type(error).__name__}") from None
        access_token = str(token.get("access_token", ""))
        claims = await self._checked(
            str(token.get("id_token", "")), attempt.nonce, access_token, told
        )
        if told.userinfo_endpoint is None:
            return claims
        more = await self._json(
            told.userinfo_endpoint, headers={"authorization": f"Bearer {access_token}"}
        )
        if more.get("sub") != claims["sub"]:
            raise SignOnRefusedError("userinfo is another person's")
        return {**more, **claims}

    async def _checked(
        self, id_token: str, nonce: str, access_token: str, told: Metadata
    ) -> Mapping[str, Any]:
        """The claims of the ID token, its signature and each of its claims checked."""
        token = await self._decoded(id_token, told)
        claims = CodeIDToken(
            token.claims,
            token.header,
            {
                "iss": {"essential": True, "value": self.client.issuer},
                "aud": {"essential": True, "value": self.client.id},
                "nonce": {"essential": True, "value": nonce},
            },
            {"nonce": nonce, "client_id": self.client.id, "access_token": access_token},
        )
        now = int(self._now())
        try:
            claims.validate(now=now, leeway=SKEW_SECONDS)
        except (JoseError, ValueError, TypeError) as error:
            raise SignOnRefusedError(f"ID token: {type(error).__name__} {error}") from None
        issued = claims["iat"]
        if not isinstance(issued, (int, float)) or now - issued > OLDEST_SECONDS + SKEW_SECONDS:
            raise SignOnRefusedError("ID token: made too long ago")
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
            raise SignOnRefusedError("ID token: no subject")
        return dict(claims)

    async def _decoded(self, id_token: str, told: Metadata) -> jwt.Token:
        """The token with its signature checked; the keys are read again where its key is new."""
        for last in (False, True):
            keys = await self._key_set(told, again=last)
            try:
                return jwt.decode(id_token, keys, algorithms=ALGORITHMS)
            except (JoseError, ValueError) as error:
                if last:
                    raise SignOnRefusedError(f"ID token: {type(error).__name__}") from None
        raise AssertionError

    async def _key_set(self, told: Metadata, *, again: bool) -> KeySet:
        age = self._now() - self._keys_at
        if self._keys is None or age > KNOWN_SECONDS or (again and age > LOOKED_AGAIN_SECONDS):
            found = await self._json(told.jwks_uri)
            try:
                self._keys = KeySet.import_key_set(found)  # type: ignore[arg-type]
            except (JoseError, ValueError, KeyError, TypeError):
                raise SignOnAwayError("the keys cannot be read") from None
            self._keys_at = self._now()
        return self._keys

    async def way_out(self) -> str | None:
        """Where to sign out of the service too; None where it offers none or is away."""
        try:
            told = await self.metadata()
        except SignOnAwayError:
            return None
        if told.end_session_endpoint is None:
            return None
        query = urlencode(
            {
                "client_id": self.client.id,
                "post_logout_redirect_uri": f"{self.client.public_url}/staff/sign-in",
            }
        )
        joined = "&" if "?" in told.end_session_endpoint else "?"
        return f"{told.end_session_endpoint}{joined}{query}"

    def _oauth(self) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            client_id=self.client.id,
            client_secret=self.client.secret,
            redirect_uri=self.client.callback,
            scope=self.client.scopes,
            code_challenge_method="S256",
            timeout=PATIENCE,
        )

    async def _json(self, url: str, *, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        try:
            async with httpx.AsyncClient(timeout=PATIENCE) as http:
                answer = await http.get(url, headers=headers)
                answer.raise_for_status()
                found = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise SignOnAwayError(f"{url}: {type(error).__name__}") from None
        if not isinstance(found, dict):
            raise SignOnAwayError(f"{url}: no object")
        return found


def browser_mark() -> str:
    """A word that a cookie keeps while its browser is at the service."""
    return base64.urlsafe_b64encode(secrets.token_bytes(24)).decode()


def same(one: bytes, other: bytes) -> bool:
    """Compared in the same time wherever they differ."""
    return hmac.compare_digest(one, other)


def hashed(word: str) -> bytes:
    """What is stored of a word that opens something."""
    return hashlib.sha256(word.encode()).digest()
