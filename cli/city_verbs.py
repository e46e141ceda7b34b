"""The verbs that change what deadlines are counted by: working days, outages, the city's data."""

from pathlib import Path
from typing import Annotated

import typer

from cli.running import end, within

calendar_app = typer.Typer(help="Working days: declare, withdraw, list, recompute.")
outage_app = typer.Typer(help="Outages of the system, which no deadline counts.")
data_app = typer.Typer(help="Departments, owners, ladders, texts: check, load, list.")

Source = Annotated[str, typer.Option(help="Where it is announced, for the record.")]
Wait = Annotated[bool, typer.Option("--wait/--no-wait", help="Until every case is recomputed.")]


@calendar_app.command("declare")
def calendar_declare(day: str, name: str, source: Source, wait: Wait = True) -> None:
    """Declare DAY a holiday called NAME, and recompute the open cases."""
    from cli.calendars import run_declare

    end(within(lambda settings: run_declare(settings, day, name, source=source, wait=wait)))


@calendar_app.command("withdraw")
def calendar_withdraw(day: str, source: Source, wait: Wait = True) -> None:
    """Make DAY a working day, and recompute the open cases."""
    from cli.calendars import run_withdraw

    end(within(lambda settings: run_withdraw(settings, day, source=source, wait=wait)))


@calendar_app.command("list")
def calendar_list() -> None:
    """Versions, declared days, outages, recomputations."""
    from cli.calendars import run_list

    end(within(run_list))


@calendar_app.command("recompute")
def calendar_recompute(
    reason: Annotated[str, typer.Option(help="What has changed; every moved case says it.")],
    wait: Wait = True,
) -> None:
    """Recompute the open cases after a change of rules or data."""
    from cli.calendars import run_recompute

    end(within(lambda settings: run_recompute(settings, reason=reason, wait=wait)))


@outage_app.command("record")
def outage_record(
    start: Annotated[str, typer.Argument(metavar="FROM")],
    until: Annotated[str, typer.Argument(metavar="TO")],
    source: Source = "",
    wait: Wait = True,
) -> None:
    """Record an outage FROM … TO (Seoul's time unless said), and recompute the open cases."""
    from cli.calendars import run_outage

    end(within(lambda settings: run_outage(settings, start, until, source=source, wait=wait)))


Directory = Annotated[
    Path, typer.Argument(exists=True, file_okay=False, metavar="DIR", help="Files to take over.")
]


@data_app.command("check")
def data_check(directory: Directory) -> None:
    """Look for faults in DIR, and show what loading it would change."""
    from cli.data import run_check

    end(within(lambda settings: run_check(settings, directory)))


@data_app.command("load")
def data_load(
    directory: Directory,
    source: Source,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    wait: Wait = True,
) -> None:
    """Check DIR, show the effect, and put it in force in every role."""
    from cli.data import run_load

    end(within(lambda settings: run_load(settings, directory, source=source, yes=yes, wait=wait)))


@data_app.command("list")
def data_list() -> None:
    """Versions of the city's data, newest first."""
    from cli.data import run_list

    end(within(run_list))
