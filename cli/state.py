"""The state directory of the embedded default: which addresses a running `minwon up` has."""

import json
from pathlib import Path

from settings import Settings

RUNNING = "running.json"
KEYS = "keys.json"


class CliError(Exception):
    """A verb cannot go on; the message is one sentence that says what to do."""


def write_running(directory: Path, addresses: dict[str, str]) -> None:
    """Keep the addresses of the running components, for verbs in other terminals."""
    path = directory / RUNNING
    path.touch(mode=0o600)
    path.write_text(json.dumps(addresses, indent=1))


def forget_running(directory: Path) -> None:
    """Nothing runs here any more."""
    (directory / RUNNING).unlink(missing_ok=True)


def embedded_settings(settings: Settings) -> Settings:
    """The settings, what is not set taken from the `minwon up` that runs in the state directory."""
    path = settings.state_dir / RUNNING
    if not path.exists():
        return settings
    running: dict[str, str] = json.loads(path.read_text())
    unset = {
        name: value
        for name, value in running.items()
        if name not in settings.model_fields_set and name in Settings.model_fields
    }
    return Settings.model_validate({**settings.model_dump(), **unset})
