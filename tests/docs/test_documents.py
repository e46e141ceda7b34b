"""The documents say what the code does."""

from pathlib import Path

import pytest

from adapters.kafka import topics
from bench.generated import ROOT, asyncapi, setting_texts, stale
from cli.program import app
from settings import Settings
from worker import ROLES

README = (Path(ROOT) / "README.md").read_text(encoding="utf-8")


def test_generated_files_are_up_to_date() -> None:
    """`python -m bench.generated` would change nothing."""
    assert stale() == []


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_in_the_readme_with_its_meaning(name: str) -> None:
    """A setting that nobody can find is not there."""
    assert f"`MINWON_{name.upper()}`" in README
    assert setting_texts()[name]


def test_every_verb_and_role_is_in_the_readme() -> None:
    """Each verb of `minwon` is named."""
    verbs = {str(command.name) for command in app.registered_commands if command.name}
    verbs |= {command.callback.__name__ for command in app.registered_commands if command.callback}
    verbs -= {"run"}
    assert [verb for verb in sorted(verbs | set(ROLES)) if f"`{verb}" not in README] == []


def test_every_topic_is_in_the_asyncapi_document() -> None:
    """The contract names each topic."""
    document = asyncapi()
    assert [name for name in topics() if f'"{name}"' not in document] == []
