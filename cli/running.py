"""Running a verb of `minwon`: its settings, a sentence where they are wrong, its exit code."""

import sys
from collections.abc import Callable
from typing import Any, NoReturn

import typer

from settings import Settings, SettingsError, read_settings


def settings_or_fail() -> Settings:
    """The settings; where they are missing or wrong, says so and ends with 2."""
    try:
        return read_settings()
    except SettingsError as error:
        fail(str(error))


def fail(message: str, code: int = 2) -> NoReturn:
    """Say what is wrong, and end with `code`."""
    typer.echo(message, err=True)
    raise typer.Exit(code)


def within(verb: Callable[[Settings], Any]) -> int:
    """Run an asynchronous verb with the settings; a wrong setting is one sentence, exit 2."""
    import asyncio

    from cli.state import CliError, embedded_settings
    from storage.sealed_files import FilesPlaceError

    try:
        return int(asyncio.run(verb(embedded_settings(settings_or_fail()))))
    except (SettingsError, CliError, FilesPlaceError) as error:
        fail(str(error))


def end(code: int) -> NoReturn:
    """End by flush and exit: see worker.end."""
    if "temporalio" in sys.modules:
        from worker import end as end_process

        end_process(code)
    raise typer.Exit(code)
