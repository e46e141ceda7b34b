"""`minwon secrets`: what the embedded default made at its first start, and new keys files."""

from pathlib import Path

from cli.state import KEYS, CliError
from settings import Settings
from storage.keys import KeysFileError, new_keyring, read_keyring, write_keyring

SHOWN = {
    "sms_120_key": "MINWON_SMS_120_KEY",
    "smart_report_key": "MINWON_SMART_REPORT_KEY",
    "x_consumer_secret": "MINWON_X_CONSUMER_SECRET",
    "meta_app_secret": "MINWON_META_APP_SECRET",
    "meta_verify_token": "MINWON_META_VERIFY_TOKEN",
    "administrator_password": "sign-in admin",
}


def show_secrets(settings: Settings) -> int:
    """Print the gateway keys and the first sign-in; never the sealing keys."""
    path = settings.keys_file or settings.state_dir / KEYS
    try:
        keyring = read_keyring(path)
    except KeysFileError as error:
        print(error)
        return 2
    for name, label in SHOWN.items():
        value = getattr(settings, name, None) or keyring.gateway_keys.get(name)
        print(f"{label:26} {value or '(not set)'}")
    return 0


def make_keys(path: Path) -> int:
    """Write a new keys file; an existing one is never replaced."""
    try:
        write_keyring(path, new_keyring())
    except FileExistsError:
        raise CliError(f"{path} exists; its keys may be in use, so it is left alone.") from None
    print(f"Keys written to {path}; keep a copy: without it nothing sealed can be opened.")
    return 0
