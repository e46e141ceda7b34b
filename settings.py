"""The one settings class: environment variables `MINWON_…`, checked before anything starts."""

import re
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

DEFAULT_STATE_DIR = Path(".minwon")


class SettingsError(Exception):
    """A setting is missing or wrong; the message is one sentence that says what to set."""


def _asyncpg_url(url: str) -> str:
    """The URL with the driver named: a bare `postgresql://` would pick another driver."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+asyncpg://" + url.removeprefix(prefix)
    if not url.startswith("postgresql+asyncpg://"):
        raise ValueError("must begin with postgresql://")
    return url


def _quiet_hours(text: str) -> str:
    hours = text.split("-")
    if text and (len(hours) != 2 or not all(h.isdigit() and int(h) < 24 for h in hours)):
        raise ValueError("must be two hours such as 21-8, or empty for none")
    return text


def _networks(listed: str) -> str:
    try:
        for one in filter(None, (part.strip() for part in listed.split(","))):
            ip_network(one, strict=False)
    except ValueError:
        raise ValueError("must be networks such as 10.0.0.0/8, separated by commas") from None
    return listed


def _issuer(url: str) -> str:
    """The issuer as it is: it is compared letter by letter."""
    parts = urlsplit(url)
    here = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and here):
        raise ValueError("must begin with https:// (http:// only on this machine)")
    if parts.query or parts.fragment:
        raise ValueError("must have no query and no fragment")
    return url


def _scopes(scopes: str) -> str:
    if "openid" not in scopes.split():
        raise ValueError("must have openid among the scopes")
    return scopes


_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[\w-][\w.-]*)*/?", re.ASCII)


def _place_of_files(place: str) -> str:
    if "://" in place and not _BUCKET.fullmatch(place):
        raise ValueError("must be a directory or s3://bucket/prefix")
    return place


class Settings(BaseSettings):
    """Every setting of every role. An address that is not set means the embedded component."""

    model_config = SettingsConfigDict(env_prefix="MINWON_", frozen=True, extra="ignore")

    database_url: Annotated[str, AfterValidator(_asyncpg_url)] | None = None
    """PostgreSQL, e.g. postgresql://minwon@db/minwon"""
    kafka_bootstrap: str | None = None
    """Kafka brokers, host:port, separated by commas"""
    kafka_idempotence: bool = True
    """Idempotent producers; off for the embedded broker, which has none"""
    temporal_address: str | None = None
    """Temporal frontend, host:port"""
    temporal_namespace: str = "minwon"
    """Temporal namespace"""
    http_host: str = "127.0.0.1"
    """Address that web listens on"""
    http_port: int = 8080
    """Port that web listens on"""
    public_url: str | None = None
    """Address of the pages as citizens see it; default http://HOST:PORT"""
    ops_port: int | None = None
    """Port of /healthz, /readyz and /metrics of a role; web serves them on its own port too"""
    trusted_proxies: Annotated[str, AfterValidator(_networks)] = ""
    """Networks of the proxies whose X-Forwarded-For is believed, e.g. 10.0.0.0/8; none: nobody's"""
    rate_limits: bool = True
    """Limits of requests per address and per contact; `make demo` replays its day without them"""
    state_dir: Path = DEFAULT_STATE_DIR
    """Directory of the embedded components' data, keys and attachments"""
    attachments: Annotated[str, AfterValidator(_place_of_files)] | None = None
    """Directory of attachments, or s3://bucket/prefix with AWS_ENDPOINT_URL, AWS_REGION, \
AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY; default STATE_DIR/attachments"""
    keys_file: Path | None = None
    """File of the sealing and citizen keys (JSON); embedded: made at first start"""
    sms_120_key: str | None = None
    """Key that the 120 centre and the carrier sign with"""
    smart_report_key: str | None = None
    """Key that the smart-report app's server signs with"""
    x_consumer_secret: str | None = None
    """X app's consumer secret: CRC answers and webhook signatures"""
    meta_app_secret: str | None = None
    """Facebook app's secret: X-Hub-Signature-256"""
    meta_verify_token: str | None = None
    """Token that Facebook repeats when a webhook is set up"""
    carrier_url: str | None = None
    """SMS carrier's API; not set: the stand-in of the outside world"""
    push_url: str | None = None
    """Push service's API; not set: the stand-in"""
    x_api_url: str | None = None
    """X API; not set: the stand-in"""
    meta_api_url: str | None = None
    """Facebook Graph API; not set: the stand-in"""
    smtp_url: str | None = None
    """Mail server, smtp://host:port; not set: the stand-in"""
    carrier_api_key: str | None = None
    """API key at the SMS carrier"""
    carrier_api_secret: str | None = None
    """API secret at the SMS carrier"""
    sender_phone: str = "0212000120"
    """Number that short messages come from"""
    sender_mail: str = "no-reply@minwon.example"
    """Address that mail comes from"""
    push_token: str | None = None
    """Bearer token of the push service"""
    x_token: str | None = None
    """Bearer token of the city's X account"""
    meta_token: str | None = None
    """Access token of the city's Facebook page"""
    oidc_issuer: Annotated[str, AfterValidator(_issuer)] | None = None
    """Sign-on service (OpenID Connect) of the staff: its issuer; not set: local accounts only"""
    oidc_client_id: str | None = None
    """Client id at the sign-on service"""
    oidc_client_secret: str | None = None
    """Client secret at the sign-on service"""
    oidc_scopes: Annotated[str, AfterValidator(_scopes)] = "openid profile"
    """Scopes to ask for, separated by blanks"""
    local_sign_in: bool = True
    """Whether staff may sign in with a local account too; off needs MINWON_OIDC_ISSUER"""
    session_idle_minutes: int = Field(default=30, ge=5, le=480)
    """Minutes after which an unused session of staff ends; the page warns before"""
    session_hours: int = Field(default=10, ge=1, le=24)
    """Hours after which a session of staff ends in any case"""
    outside_port: int | None = None
    """Port of the stand-ins' own page; not set: any free port"""
    quiet_hours: Annotated[str, AfterValidator(_quiet_hours)] = "21-8"
    """Hours in Seoul in which citizens are not told; empty: none"""
    open311_demo: bool = False
    """Open311 key `demo` for whoever tries; on in the embedded default, nowhere else"""
    other_period: str = "agency"
    """Period of 기타민원: agency (the item's own, 영 §16③) or statute (3 working hours)"""

    @property
    def pages_url(self) -> str:
        """The address of the pages, without a slash at the end."""
        return (self.public_url or f"http://{self.http_host}:{self.http_port}").rstrip("/")

    @property
    def attachments_place(self) -> str:
        """Where attachments are kept: a directory, or s3://bucket/prefix."""
        return self.attachments or str(self.state_dir / "attachments")

    def required(self, name: str) -> str:
        """The setting `name`; raises SettingsError with what to set where it is missing."""
        value = getattr(self, name)
        if value is None:
            raise SettingsError(f"Set MINWON_{name.upper()}: {SETTING_TEXTS[name]}.")
        return str(value)


SETTING_TEXTS: dict[str, str] = {
    "database_url": "the PostgreSQL to use, e.g. postgresql://minwon@localhost/minwon",
    "kafka_bootstrap": "the Kafka brokers, e.g. localhost:9092",
    "temporal_address": "the Temporal frontend, e.g. localhost:7233",
    "keys_file": "the file of keys; `minwon secrets --new FILE` makes one",
    "carrier_url": "the SMS carrier's API",
    "push_url": "the push service's API",
    "x_api_url": "the X API",
    "meta_api_url": "the Graph API",
    "oidc_client_id": "the client id that the sign-on service at MINWON_OIDC_ISSUER gave us",
    "oidc_client_secret": "the client secret that the sign-on service gave us",
    "oidc_issuer": "the sign-on service's issuer, or MINWON_LOCAL_SIGN_IN=true",
    "smtp_url": "the mail server, smtp://host:port",
}


def read_settings() -> Settings:
    """The settings of this process; raises SettingsError with one sentence for the first fault."""
    try:
        return Settings()
    except ValidationError as error:
        fault = error.errors()[0]
        variable = f"MINWON_{str(fault['loc'][0]).upper()}"
        reason = fault["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{variable} is wrong: {reason}. Set it right or unset it.") from None
