"""The sign-on service's settings: half of them, or a wrong one, stops the start with a sentence."""

from pathlib import Path

import pytest

from settings import Settings, SettingsError, read_settings
from storage.keys import new_keyring, write_keyring
from worker import Composition, session_limits

ISSUER = "https://sign-on.example/realms/city"


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("OIDC_ISSUER", "sign-on.example", "https://"),
        ("OIDC_ISSUER", "http://sign-on.example", "https://"),
        ("OIDC_ISSUER", f"{ISSUER}?a=1", "no query"),
        ("OIDC_SCOPES", "profile", "openid"),
        ("SESSION_IDLE_MINUTES", "1", "greater than or equal to 5"),
        ("SESSION_HOURS", "100", "less than or equal to 24"),
    ],
)
def test_a_wrong_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, reason: str
) -> None:
    """The variable, and what it has to be."""
    monkeypatch.setenv(f"MINWON_{variable}", value)
    with pytest.raises(SettingsError, match=f"MINWON_{variable} is wrong: .*{reason}"):
        read_settings()


@pytest.mark.parametrize(
    ("chosen", "missing"),
    [
        ({"oidc_issuer": ISSUER}, "MINWON_OIDC_CLIENT_ID"),
        ({"oidc_issuer": ISSUER, "oidc_client_id": "minwon"}, "MINWON_OIDC_CLIENT_SECRET"),
        ({"local_sign_in": False}, "MINWON_OIDC_ISSUER"),
    ],
)
def test_half_a_service_is_none(tmp_path: Path, chosen: dict[str, object], missing: str) -> None:
    """What lacks is said before anything is served."""
    made = composition(tmp_path, **chosen)
    with pytest.raises(SettingsError, match=f"Set {missing}"):
        made.sign_on()


def composition(directory: Path, **chosen: object) -> Composition:
    keys = directory / "keys.json"
    write_keyring(keys, new_keyring())
    settings = Settings.model_validate(
        {"database_url": "postgresql://nowhere/minwon", "keys_file": keys, **chosen}
    )
    return Composition(settings, "test")


def test_a_whole_service_is_used_with_the_pages_own_address(tmp_path: Path) -> None:
    """People come back to the public address; sessions last as set."""
    made = composition(
        tmp_path,
        oidc_issuer=ISSUER,
        oidc_client_id="minwon",
        oidc_client_secret="secret",
        public_url="https://minwon.example/",
        session_idle_minutes=20,
    )
    sign_on = made.sign_on()
    assert sign_on is not None
    assert sign_on.client.callback == "https://minwon.example/staff/sign-in/callback"
    assert session_limits(made.settings).idle.total_seconds() == 1200
    other = tmp_path / "other"
    other.mkdir()
    assert composition(other).sign_on() is None
